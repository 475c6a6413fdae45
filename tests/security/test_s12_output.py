"""S12: what strangers say pings nobody and links nowhere; no name of theirs leaves its folder.

More of it: tests/unit/model/test_injection_words.py, tests/unit/slack/test_text.py and
tests/unit/discord/test_text.py; archives: tests/unit/harness/test_unpack.py.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.file_names import clean, free
from adapters.platforms.discord import cards as discord
from adapters.platforms.slack import cards as slack
from adapters.platforms.slack import text as slack_text
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.errors import UnknownName
from pipeline.jobs import JobId
from pipeline.ports.chat import Action, Card, Row, StageLine
from pipeline.ports.store import Inbound
from tests.fakes.clock import FakeClock
from tests.fakes.discord import markdown
from tests.fakes.discord.limits import TEXT, walk
from tests.fakes.jobs import ANN, new_job
from tests.fakes.slack.seeing import LINK, LOUD_WORD, TO_EVERYBODY, TO_SOMEBODY, pinged
from tests.fakes.slack.workspace import Message

PINGS = (
    *(
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<!here|here>",
        "<!subteam^S1>",
        "<!subteam^S1|@team>",
    ),
    *(
        "<!chan\u200bnel>",
        "<\u202e!channel>",
        "<!\x00here>",
        "\u2060<!channel>",
        "&lt;!channel&gt;",
    ),
    *("&amp;lt;!channel&amp;gt;", "<<!channel>>", "<!channel", "@channel", "@here", "@everyone"),
    *("@EVERYONE", "@\u200beveryone", "@every\u00adone", "\\@everyone", "\\\\@everyone", "`@here`"),
    *("```@everyone```", "||@everyone||", "**@here**", "<@U1>", "<@U1|ben>", "<@W1>", "<@1>"),
    *(
        "<@!1>",
        "<@&1>",
        "\\<@1>",
        "<\\@1>",
        "<#1>",
        "<#C1>",
        "> @everyone",
        "# @here",
        "<@\u200b1>",
    ),
)
LINKS = (
    *("https://evil.example", "<https://evil.example>", "<https://evil.example|the report>"),
    *(
        "[here](https://evil.example)",
        '[x](https://evil.example "y")',
        "[x](<https://evil.example>)",
    ),
    *("![x](https://evil.example/a.png)", "<mailto:a@evil.example|mail>", "discord.gg/evil"),
    *(
        "https://discord.gg/evil",
        "[@everyone](https://evil.example)",
        "<\u200bhttps://evil.example>",
    ),
)
NAMES = (
    *(
        "..",
        ".",
        "",
        " ",
        "/",
        "\\",
        "../../etc/passwd",
        "..\\..\\windows",
        "/etc/passwd",
        "//host/x",
    ),
    *("a/../../b", "./a", "a/b/c", "C:\\x", "\\\\host\\share", "~/.ssh/id_rsa", "~root", ".bashrc"),
    *("...", "....//", ". .", "-rf", "--help", "a\x00b", "a\nb", "a\r\nb", "a\tb", "\x1b[2Jx"),
    *(
        "\u202egpj.exe",
        "a\u200bb",
        "\u2028x",
        "%2e%2e%2fx",
        "..%2f..%2fx",
        "\u2024\u2024/x",
        "\uff0e\uff0e/x",
    ),
    *(
        "a" * 5000,
        "é" * 400,
        "a." + "b" * 400,
        "file:///etc/passwd",
        "\ud800x",
        "x/",
        "/.",
        "-",
        "._",
    ),
)
QUERIES = (
    *(
        "' OR '1'='1",
        "'; DROP TABLE jobs; --",
        '" OR ""="',
        "1; DELETE FROM events",
        "%",
        "_",
        "\\",
    ),
    *("x' UNION SELECT * FROM secrets --", "$1", ":id", "{id}", "%(id)s", "?", "/*", "--", "j-%"),
)


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(set(PINGS + LINKS)) >= 40
    assert len(set(NAMES)) >= 40


def hostile(said: str) -> Card:
    """A card that says it in every place it has."""
    return Card(
        title=said,
        body=f"so: {said}",
        stages=(StageLine(title="dataset", state="done", note=said),),
        facts=(("data", said), (said, "1")),
        rows=(Row(title=said, text=said, actions=(Action(id="a", label=said, argument="1"),)),),
        log=(said, f"said {said}"),
        actions=(Action(id="b", label=said, argument="1", confirm=said),),
    )


def in_slack(said: str) -> set[str]:
    """Who is pinged, at worst, and what links, also where a client reads words alone."""
    body = slack.shown(hostile(said))
    found = pinged(Message("C1", "1.1", "UBOT", [body]), at_worst=True)
    text = str(body["text"])
    for what, sign in (("everybody", TO_EVERYBODY), ("somebody", TO_SOMEBODY), ("link", LINK)):
        found |= {what} if sign.search(text) else set()
    whole = json.dumps(body, ensure_ascii=False)
    found |= {"loud word"} if LOUD_WORD.search(whole) else set()
    return found | {kind for kind in ("mrkdwn", '"link"', '"broadcast"') if kind in whole}


def in_discord(said: str) -> set[str]:
    """Whom the client names, and where it leads."""
    found: set[str] = set()
    for one in walk([dict(part) for part in discord.components(hostile(said))]):
        if one.get("type") == TEXT:
            read = markdown.read(str(one["content"]), str)
            found |= {*read.mentions, *read.links}
    return found


@pytest.mark.parametrize("said", [*PINGS, *LINKS])
def test_nobody_is_pinged_and_nothing_links(said: str) -> None:
    assert in_slack(said) == set()
    assert in_discord(said) == set()


def test_without_the_escaping_the_same_words_ping_and_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack, "escaped", str)
    monkeypatch.setattr(slack, "plain", str)
    monkeypatch.setattr(discord, "fitted", lambda text, most: text[:most])
    assert in_slack("<!channel>") >= {"everybody"}
    assert in_slack("@channel") >= {"loud word"}
    assert in_discord("@everyone") == {"everybody"}
    assert in_discord("[here](https://evil.example)") == {"https://evil.example"}


def test_what_is_unseen_is_taken_out_before_anything_is_escaped() -> None:
    assert slack_text.escaped("<!chan\u200bnel>") == "&lt;!channel&gt;"


def escapes(folder: Path, name: str) -> bool:
    """Whether a file of this name lies anywhere but in the folder, or hides there."""
    path = folder / name
    inside = path.resolve().parent == folder.resolve() and path.name == name
    return not inside or name.startswith((".", "-")) or not name.isprintable()


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_no_name_of_a_file_leaves_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for _ in range(2):
        path = free(folder, clean(name))
        path.write_text("x", "utf-8")
        assert not escapes(folder, path.name), path
    assert len([*folder.iterdir()]) == 2
    assert [*tmp_path.iterdir()] == [folder]


def test_without_the_cleaning_names_would_leave(tmp_path: Path) -> None:
    openable = [name for name in NAMES if not {"\x00", "\ud800"} & {*name}]
    assert len([name for name in openable if escapes(tmp_path, name)]) >= 20


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite:///{tmp_path}/jobs.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    made = SqlStore(database=Database(url), clock=FakeClock())
    await made.database.open()
    yield made
    await made.database.close()


@pytest.mark.anyio
async def test_no_words_are_read_as_a_query(store: SqlStore) -> None:
    row = await store.create(new_job(FakeClock()), [])
    for said in QUERIES:
        with pytest.raises(UnknownName):
            await store.load(JobId(said))
        assert await store.list(owner=said) == ()
        await store.receive(row.id, Inbound(key=said, actor=said, text=said))
    assert [one.text for one in await store.unread(row.id)] == [*QUERIES]
    assert [one.id for one in await store.list(owner=ANN.key)] == [row.id]
    assert await store.load(row.id) == row
