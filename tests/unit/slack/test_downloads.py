"""Files that people attach, fetched from Slack: only a whole file under a safe name stays."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.downloads import Download
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.chat import Attachment, Mention
from tests.fakes.slack import LEAST_SCOPES, FakeSlack, Person, Upload
from tests.fakes.slack.workspace import File, Json, Workspace
from tests.unit.slack.desk import Desk, away, make_chat, opened

pytestmark = pytest.mark.anyio

LARGEST = 1_000_000
CONTENT = b"a,b\n1,2\n"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(pauses=()) as fake:
        yield fake


@pytest.fixture
async def desk(slack: FakeSlack, anyio_backend: str, ann: Person) -> AsyncIterator[Desk]:
    del anyio_backend, ann
    async with opened(slack) as one:
        yield one


async def attached(desk: Desk, ann: Person, content: bytes = CONTENT) -> Attachment:
    """A file on a mention, as the house hears of it."""
    await away(ann.mention, "C1", "use this", files=[Upload("d.csv", content)])
    said = await desk.hears()
    assert isinstance(said, Mention)
    return said.attachments[0]


def described(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """What Slack says of every file from now on."""
    plain = slack.workspace.file_wire

    def wire(self: Workspace, file: File) -> Json:
        del self
        return {**plain(file), **changes}

    monkeypatch.setattr(Workspace, "file_wire", wire)


def left_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_a_file_is_fetched_whole(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann)
    path = await desk.chat.download(found, tmp_path, LARGEST)

    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == ["d.csv"]
    assert path.stat().st_mode & 0o077 == 0


async def test_a_file_is_fetched_also_where_slack_does_not_describe_it(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    desk.slack.fail("files.info", "unknown_method")

    path = await desk.chat.download(found, tmp_path, LARGEST)

    assert path.read_bytes() == CONTENT


async def test_a_second_file_of_a_name_gets_a_number(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    await desk.chat.download(found, tmp_path, LARGEST)
    await desk.chat.download(found, tmp_path, LARGEST)

    assert sorted(left_in(tmp_path)) == ["d-2.csv", "d.csv"]


@pytest.mark.parametrize(
    "name", ["../../up.csv", "-rf.csv", ".hidden", "a\u202egpj.csv", "x" * 400]
)
async def test_a_name_leads_nowhere_else(
    desk: Desk, ann: Person, tmp_path: Path, name: str
) -> None:
    found = await attached(desk, ann)
    path = await desk.chat.download(found.model_copy(update={"name": name}), tmp_path, LARGEST)

    assert path.parent == tmp_path
    assert not path.name.startswith((".", "-"))
    assert len(path.name) < 200


@pytest.mark.parametrize("told", [True, False], ids=["announced", "hidden"])
async def test_a_file_that_is_too_large_is_refused(
    desk: Desk, ann: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    found = await attached(desk, ann, content=b"x" * 5000)
    if not told:
        described(desk.slack, monkeypatch, size=0)
        found = found.model_copy(update={"size": 0})
    with pytest.raises(PersonCanFix, match="too large"):
        await desk.chat.download(found, tmp_path, 4000)

    assert left_in(tmp_path) == []


async def test_without_its_scope_the_scope_is_named(tmp_path: Path) -> None:
    with FakeSlack(scopes=LEAST_SCOPES - {"files:read"}) as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            found = await attached(desk, ann)
            with pytest.raises(PersonCanFix, match="files:read"):
                await desk.chat.download(found, tmp_path, LARGEST)

    assert left_in(tmp_path) == []


async def test_a_sign_in_page_is_no_file(desk: Desk, ann: Person) -> None:
    found = await attached(desk, ann)
    desk.chat._line._token = "xoxb-another"  # noqa: S105  (opens nothing)
    address = f"{desk.slack.base}/files-pri/{found.id}/d.csv"
    wanted = Download("Slack", "d.csv", LARGEST)
    with pytest.raises(PersonCanFix, match="files:read"):
        await desk.chat._files._fetch(address, wanted, io.BytesIO())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "external", "is_external": True}, "lies at another service"),
        ({"mode": "tombstone"}, "was deleted"),
        ({"mode": "hidden_by_limit"}, "hidden"),
        ({"url_private": "", "url_private_download": ""}, "does not say where"),
        ({"url_private_download": "http://127.0.0.1:9/x"}, "outside of Slack"),
        ({"url_private_download": "https://files.slack.com.evil.example/x"}, "outside of Slack"),
        ({"url_private_download": "file:///etc/passwd"}, "outside of Slack"),
    ],
)
async def test_what_slack_does_not_hold_itself_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], words: str
) -> None:
    with FakeSlack() as slack:
        described(slack, monkeypatch, **changes)
        slack.workspace.files["F1"] = File("F1", "d.csv", "UANN", CONTENT)
        chat = make_chat(slack)
        with pytest.raises(PersonCanFix, match=words):
            await chat.download(Attachment(id="F1", name="d.csv"), tmp_path, LARGEST)
        await chat.close()

    assert left_in(tmp_path) == []


async def test_a_file_that_is_gone_is_refused(desk: Desk, tmp_path: Path) -> None:
    gone = Attachment(id="F404", name="d.csv")

    with pytest.raises(PersonCanFix, match="no longer in Slack"):
        await desk.chat.download(gone, tmp_path, LARGEST)


async def test_an_empty_file_is_refused(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann, content=b"")

    with pytest.raises(PersonCanFix, match="is empty"):
        await desk.chat.download(found, tmp_path, LARGEST)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_outage_is_waited_for(
    desk: Desk, ann: Person, tmp_path: Path, status: int
) -> None:
    found = await attached(desk, ann)
    desk.slack.fail("download", status=status)
    with pytest.raises(TryAgain):
        await desk.chat.download(found, tmp_path, LARGEST)

    assert left_in(tmp_path) == []


async def test_a_folder_that_refuses_is_told(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann)

    with pytest.raises(PersonCanFix, match="could not be saved"):
        await desk.chat.download(found, tmp_path / "missing", LARGEST)


async def test_a_cancelled_download_leaves_nothing(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann)
    desk.slack.delay("download", 5.0)
    fetching = asyncio.create_task(desk.chat.download(found, tmp_path, LARGEST))
    while not left_in(tmp_path):
        await asyncio.sleep(0.01)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    assert left_in(tmp_path) == []
