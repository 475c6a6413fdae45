"""S11: whatever address a person gives, and wherever it leads on to, no private machine is reached.

The addresses are those of tests/unit/runtime/test_url_source.py, which also tells what is said of
each. HF_ENDPOINT and its like are the operator's own word. Names of models:
tests/unit/weights/test_shelf.py; files of chats: tests/unit/slack/test_downloads.py and
tests/unit/discord/test_downloads.py.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from adapters.addresses import Guard, is_public
from adapters.platforms.discord import files as discord
from adapters.platforms.slack import files as slack
from adapters.share_links import DRIVE
from adapters.sources.huggingface import location as hub
from adapters.sources.url import UrlSource
from pipeline.errors import MLTrainerError, PersonCanFix
from tests.fakes.jobs import ANN
from tests.unit.runtime.test_url_source import _HOSTILE, resolve

HUB = "https://huggingface.co"
SHARED = (
    "https://drive.google.com/file/d/1aBcDeFgHiJkL/view",
    "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkL/edit",
    "https://www.dropbox.com/s/abc/rows.csv?dl=0",
    "https://github.com/ann/data/blob/main/rows.csv",
)
PUBLIC = ("93.184.216.34",)


class Wire:
    """Where connections go; each is answered with a redirect to `to`."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.to = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.reached.append(request.url.host)
        return httpx.Response(302, headers={"Location": self.to}, request=request)

    async def aclose(self) -> None:
        return None


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Every connection of the real client ends here."""
    made = Wire()
    monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda **_: made)
    yield made
    assert all(is_public(one) for one in made.reached)


async def named(host: str, port: int) -> Sequence[str]:
    """Names that share links use are public; others as the list has them."""
    known = ("google.com", "googleusercontent.com", "dropbox.com", "github.com")
    return PUBLIC if host.endswith(known) else await resolve(host, port)


def test_there_are_sixty_of_them() -> None:
    assert len(set(_HOSTILE)) >= 60


@pytest.mark.anyio
@pytest.mark.parametrize("address", _HOSTILE)
async def test_none_is_connected_to(wire: Wire, tmp_path: Path, address: str) -> None:
    with pytest.raises(PersonCanFix):
        await UrlSource(Guard(resolve=named)).fetch(address, tmp_path, ANN)
    assert wire.reached == []


@pytest.mark.anyio
@pytest.mark.parametrize("address", _HOSTILE)
async def test_none_is_followed_to(wire: Wire, tmp_path: Path, address: str) -> None:
    wire.to = address.encode("ascii", "backslashreplace").decode().replace("\n", "")
    with pytest.raises(MLTrainerError):
        await UrlSource(Guard(resolve=named)).fetch("https://ok.example/a", tmp_path, ANN)
    assert wire.reached
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
@pytest.mark.parametrize("page", SHARED)
async def test_a_share_link_leads_no_further_than_others(
    wire: Wire, tmp_path: Path, page: str
) -> None:
    for address in ("https://169.254.169.254/", "https://localhost/", "https://[fd00::1]/x"):
        wire.to = address
        with pytest.raises(PersonCanFix, match="private network"):
            await UrlSource(Guard(resolve=named)).fetch(page, tmp_path, ANN)
    assert len(wire.reached) == 3


@pytest.mark.anyio
async def test_a_name_that_changes_between_two_requests_is_never_believed(
    wire: Wire, tmp_path: Path
) -> None:
    answers = [PUBLIC, ("127.0.0.1",), PUBLIC, ("::1",)]

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    wire.to = "https://turns.example/again"
    for _ in range(2):
        with pytest.raises(PersonCanFix, match="private network"):
            await UrlSource(Guard(resolve=rebinding)).fetch(wire.to, tmp_path, ANN)
    assert wire.reached == [*PUBLIC, *PUBLIC]


class Line:
    """What files know of a platform."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url


LOOK_ALIKES = (
    "https://cdn.discordapp.com.evil.example/a",
    "https://cdn.discordapp.com@127.0.0.1/a",
    "https://evil.example/cdn.discordapp.com",
    "http://cdn.discordapp.com/a",
    "https://cdn.discordapp.com:8443/a",
    "https://files.slack.com.evil.example/a",
    "https://evilslack.com/a",
    "https://slack.com@10.0.0.5/a",
    "http://files.slack.com/a",
)


@pytest.mark.parametrize("address", [*_HOSTILE, *LOOK_ALIKES])
def test_no_file_of_a_chat_is_fetched_from_elsewhere(address: str) -> None:
    here = slack.Files(Line("https://slack.com/api/"))  # type: ignore[arg-type]  # all it asks
    there = discord.Files(Line("https://discord.com/api/v10"))  # type: ignore[arg-type]  # as above
    for is_theirs in (here._is_slack, there._is_discord):
        try:
            assert not is_theirs(address)
        except ValueError:  # no address at all
            continue


@pytest.mark.parametrize("address", _HOSTILE)
def test_no_address_hides_in_the_name_of_a_data_set(address: str) -> None:
    assert not hub.is_hub(address, HUB)
    for written in (f"hf:{address}", f"hf://{address}", f"hf:{address.partition('//')[2]}"):
        try:
            wanted = hub.read(written)
        except PersonCanFix:
            continue
        assert ":" not in wanted.repo  # a name below the operator's endpoint
        assert "//" not in wanted.repo
        assert ".." not in wanted.repo


def test_google_drive_is_moved_by_the_operator_alone() -> None:
    assert UrlSource(Guard()).drive == DRIVE
