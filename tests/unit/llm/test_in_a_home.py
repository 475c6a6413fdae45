"""The models of a real home: its vault, its settings, its log."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts import credentials
from bot.settings import Settings, variable
from bot.wiring import accounts, language_models, open_records
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.model import Question, Turn
from tests.fakes.llm import FakeProviders

pytestmark = pytest.mark.anyio
ANN = Actor(platform="slack", space="T1", id="UANN")
BEN = Actor(platform="slack", space="T1", id="UBEN")
QUESTION = Question(system="Be brief.", turns=(Turn(role="user", text="Hello?"),), seconds=20)


@pytest.fixture
def llm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProviders]:
    """The providers, pointed at by the environment, which holds a key of the server's as well."""
    for name in set(map(variable, Settings.model_fields)) & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    with FakeProviders() as providers:
        for name, value in {**providers.settings, **providers.keys("openai")}.items():
            monkeypatch.setenv(name, value)
        yield providers


async def test_a_connected_key_is_checked_kept_and_used_for_its_owner_alone(
    llm: FakeProviders, tmp_path: Path
) -> None:
    settings = Settings.load()
    async with open_records(settings) as records, language_models(records) as models:
        vault, key = records.vault(), llm.openai.new_key()
        service = accounts(settings)["openai"]
        now, know = records.clock.now(), records.sanitizer.know
        kept = await credentials.keep(vault, service, ANN, {"key": key}, now=now, know=know)

        for owner in (ANN, BEN):
            await (await models.choose(owner))[0].answer(QUESTION)

    assert kept is not None
    assert [one.key for one in llm.openai.asked] == [key, llm.openai.key]
    written = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert key.encode() not in written
    assert llm.openai.key.encode() not in written


async def test_a_key_that_is_refused_is_not_kept(llm: FakeProviders) -> None:
    settings = Settings.load()
    async with open_records(settings) as records:
        vault, key = records.vault(), llm.groq.new_key()
        llm.groq.keys.pop(key)
        now, know = records.clock.now(), records.sanitizer.know

        with pytest.raises(PersonCanFix, match="is not accepted"):
            await credentials.keep(
                vault, accounts(settings)["groq"], ANN, {"key": key}, now=now, know=know
            )

        assert await vault.held(ANN) == ()


async def test_what_the_vault_keeps_is_the_key_by_its_fields_name(llm: FakeProviders) -> None:
    settings = Settings.load()
    async with open_records(settings) as records:
        vault = records.vault()
        now, know = records.clock.now(), records.sanitizer.know
        for kind in ("anthropic", "openai", "google", "groq"):
            await credentials.keep(
                vault, accounts(settings)[kind], ANN, {"key": llm[kind].key}, now=now, know=know
            )
            ref = await vault.find(ANN, kind)
            assert ref is not None
            assert json.loads(await vault.reveal(ANN, ref, "test")) == {"key": llm[kind].key}
