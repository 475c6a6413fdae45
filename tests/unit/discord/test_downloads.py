"""Files that people attach, fetched from Discord: only a whole file under a safe name stays."""

import asyncio
from pathlib import Path

import pytest

from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.chat import Attachment, Mention
from tests.fakes.discord import Person, Upload
from tests.unit.discord.desk import Desk, away

pytestmark = pytest.mark.anyio

LARGEST = 1_000_000
CONTENT = b"a,b\n1,2\n"
DAY = 86_400.0


async def attached(desk: Desk, ann: Person, name: str = "d.csv") -> Attachment:
    """A file on a mention, as the house hears of it."""
    await away(ann.mention, "C1", "use this", files=[Upload(name, CONTENT)])
    said = await desk.hears()
    assert isinstance(said, Mention)
    return said.attachments[0]


def left_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_a_file_is_fetched_whole_and_without_a_token(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    path = await desk.chat.download(found, tmp_path, LARGEST)

    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == ["d.csv"]
    assert path.stat().st_mode & 0o077 == 0
    assert desk.discord.cdn_tokens == []


async def test_a_second_file_of_a_name_gets_a_number(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    for _ in range(2):
        await desk.chat.download(found, tmp_path, LARGEST)

    assert sorted(left_in(tmp_path)) == ["d-2.csv", "d.csv"]


@pytest.mark.parametrize("name", ["../../evil.csv", "-rf", "a\u202ecsv.exe", ".hidden"])
async def test_a_name_leads_nowhere(desk: Desk, ann: Person, tmp_path: Path, name: str) -> None:
    found = (await attached(desk, ann)).model_copy(update={"name": name})
    path = await desk.chat.download(found, tmp_path, LARGEST)

    assert path.parent == tmp_path
    assert not path.name.startswith((".", "-"))
    assert "\u202e" not in path.name


async def test_an_address_that_is_over_is_asked_for_anew(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    desk.discord.pass_time(2 * DAY)
    path = await desk.chat.download(found, tmp_path, LARGEST)

    assert path.read_bytes() == CONTENT
    assert len(desk.discord.calls_of("GET /channels/…/messages/…")) == 1


async def test_a_file_whose_message_is_gone_is_gone(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    await away(desk.discord.remove, desk.discord.messages("C1")[0])
    desk.discord.pass_time(2 * DAY)
    with pytest.raises(PersonCanFix, match="no longer in Discord"):
        await desk.chat.download(found, tmp_path, LARGEST)

    assert left_in(tmp_path) == []


async def test_a_file_of_no_message_cannot_be_asked_for(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    desk.discord.pass_time(2 * DAY)
    with pytest.raises(PersonCanFix, match="no longer in Discord"):
        await desk.chat.download(found.model_copy(update={"id": "7"}), tmp_path, LARGEST)


@pytest.mark.parametrize("told", [0, 8])
async def test_a_file_that_is_too_large_is_not_kept(
    desk: Desk, ann: Person, tmp_path: Path, told: int
) -> None:
    found = (await attached(desk, ann)).model_copy(update={"size": told})
    with pytest.raises(PersonCanFix, match="too large"):
        await desk.chat.download(found, tmp_path, 5)

    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.csv",
        "http://cdn.discordapp.com/a.csv",
        "https://cdn.discordapp.com.evil.example/a.csv",
        "https://cdn.discordapp.com:8443/a.csv",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "not an address",
    ],
)
async def test_nothing_is_fetched_from_anywhere_else(
    desk: Desk, ann: Person, tmp_path: Path, url: str
) -> None:
    found = (await attached(desk, ann)).model_copy(update={"url": url})
    with pytest.raises(PersonCanFix, match="outside of Discord"):
        await desk.chat.download(found, tmp_path, LARGEST)

    assert left_in(tmp_path) == []


async def test_a_detour_is_not_followed(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann)
    desk.discord.fail("download", 302, "", {"Location": "http://169.254.169.254/"})
    with pytest.raises(PersonCanFix):
        await desk.chat.download(found, tmp_path, LARGEST)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_discord_cannot_give_now_is_tried_again(
    desk: Desk, ann: Person, tmp_path: Path, status: int
) -> None:
    found = await attached(desk, ann)
    desk.discord.fail("download", status)
    with pytest.raises(TryAgain):
        await desk.chat.download(found, tmp_path, LARGEST)

    assert left_in(tmp_path) == []


async def test_a_download_that_was_cut_off_leaves_nothing(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    found = await attached(desk, ann)
    desk.discord.delay("download", 30.0)
    fetching = asyncio.create_task(desk.chat.download(found, tmp_path, LARGEST))
    await asyncio.sleep(0.1)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    assert left_in(tmp_path) == []


async def test_a_folder_that_takes_nothing_is_told(desk: Desk, ann: Person, tmp_path: Path) -> None:
    found = await attached(desk, ann)
    with pytest.raises(PersonCanFix, match="disk refused"):
        await desk.chat.download(found, tmp_path / "missing", LARGEST)
