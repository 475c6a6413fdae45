"""S3: what people keep in the vault lies nowhere on a disk as it is, in no usual writing of it.

Every byte of the home and of the database is searched: SQLite with its log, and the data folder
of a PostgreSQL with its write-ahead log.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.records import Database
from adapters.sanitizer import KeySanitizer
from adapters.vault import SqlVault
from adapters.vault.master_keys import choose_source
from bot.journal import Journal
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobId, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN
from tests.fakes.postgres import PostgresServer
from tests.stories.canaries import Canaries

pytestmark = pytest.mark.anyio
KINDS = {"huggingface": "hf", "kaggle": "kaggle", "modal": "modal-secret", "groq": "groq"}


class Disk:
    """Folders whose every byte is searched."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def found(self, canaries: Canaries) -> list[str]:
        finds = [find for one in self.folders for find in canaries.found_below(one, ".")]
        return finds + [
            f"{one.door} in {path.name}"
            for path in self.files()
            for one in canaries.planted
            if _stands_in(path.read_bytes(), one.value)
        ]

    def files(self) -> Iterator[Path]:
        for folder in self.folders:
            yield from (one for one in folder.rglob("*") if one.is_file())


def _stands_in(content: bytes, value: str) -> bool:
    """As wide characters in both orders of bytes, backwards, or in capitals of hex."""
    writings = (value, value[::-1])
    forms = [one.encode(code) for one in writings for code in ("utf-16-le", "utf-16-be", "ascii")]
    return any(form in content for form in (*forms, value.encode().hex().upper().encode()))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/mltrainer.db"


def disk(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Disk:
    if url.startswith("sqlite"):
        return Disk(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return Disk(tmp_path, Path(server.data))


async def flushed(database: Database) -> None:
    """Let the server write its pages out; SQLite has its own in the log by now."""
    if database.sqlite is None:
        async with database.engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await plain.execute(sa.text("CHECKPOINT"))


async def test_no_value_of_the_vault_lies_on_a_disk(
    url: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    sanitizer: KeySanitizer,
    journal: Journal,
) -> None:
    canaries, database = Canaries(), Database(url)
    await database.open()
    source = choose_source(None, tmp_path, may_make=True)
    vault = SqlVault(database=database, clock=FakeClock(), keys=source, on_value=sanitizer.know)
    for kind, shape in KINDS.items():
        value = canaries.plant(f"{kind} of ann", shape)
        again = canaries.plant(f"{kind} of ann, put again", shape)
        await vault.put(ANN, kind, json.dumps({"token": value}), tail=value[-4:])
        ref = await vault.put(ANN, kind, json.dumps({"token": again}), tail=again[-4:])
        assert again in await vault.reveal(ANN, ref, "publish")
        with pytest.raises(PersonCanFix):
            await vault.reveal(BEN, ref, "publish")
        bens = canaries.plant(f"{kind} of ben", shape)
        await vault.put(BEN, kind, bens, tail=bens[-4:])
        journal.traceback(JobId("j-aaaaaaaa"), Stage.DEPLOY, ValueError(f"no: {again} {bens}"))
    await vault.rotate()
    await vault.forget(BEN)
    await flushed(database)
    searched = disk(url, tmp_path, request)

    finds = searched.found(canaries)
    await database.close()

    assert len(canaries.planted) == 12
    assert any(path.name == "mltrainer.log" for path in searched.files())
    assert finds == []


async def test_the_same_search_finds_what_is_kept_in_the_clear(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    canaries, database = Canaries(), Database(url)
    await database.open()
    value = canaries.plant("a plain table")
    await database.write(
        lambda connection: connection.execute(sa.text(f"CREATE TABLE plain AS SELECT '{value}' v"))
    )
    await flushed(database)
    finds = disk(url, tmp_path, request).found(canaries)
    await database.close()
    assert finds


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be", "hex", "backwards"])
def test_the_search_knows_the_writings(code: str, tmp_path: Path) -> None:
    canaries = Canaries()
    value = canaries.plant("a file")
    written = {"hex": value.encode().hex().upper().encode(), "backwards": value[::-1].encode()}
    (tmp_path / "file").write_bytes(written.get(code) or value.encode(code))
    assert Disk(tmp_path).found(canaries)
