"""The doctor: each planted misconfiguration is named with its cure, and no secret is shown."""

import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.checks import examine
from bot.checks.home import look as look_at_home
from bot.settings import Settings, variable
from bot.wiring import look_at, open_records
from pipeline.jobs import Actor
from pipeline.ports.check import Check
from tests.fakes.hub import FakeHub
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.modal import FakeModal
from tests.fakes.slack import FakeSlack

pytestmark = pytest.mark.anyio
Plant = Callable[[pytest.MonkeyPatch, Path, FakeSlack], None]
ANN = Actor(platform="slack", space="T1", id="UANN")
SHORT = "xoxb-short"
HIDDEN = "planted" + "s3cr3t" * 4


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The services outside, by the settings that name them."""
    folder = tmp_path_factory.mktemp("kaggle")
    with FakeHub() as hub, FakeKaggle(folder) as kaggle, FakeModal(Path(sys.executable)) as modal:
        yield {
            "HF_ENDPOINT": hub.url,
            "KAGGLE_API_URL": kaggle.url,
            "MODAL_SERVER_URL": modal.url,
        }


@pytest.fixture(autouse=True)
def well(
    tmp_path: Path,
    slack: FakeSlack,
    services: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A home and a Slack in which nothing is wrong; returns the home."""
    known = set(map(variable, Settings.model_fields))
    for name in [name for name in os.environ if name in known or name.startswith("MLTRAINER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PORT", "0")
    for name, address in services.items():
        monkeypatch.setenv(name, address)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", HIDDEN)
    return tmp_path / "home"


@pytest.fixture
def planting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, slack: FakeSlack
) -> Callable[[Plant], None]:
    return lambda plant: plant(monkeypatch, tmp_path, slack)


async def checks() -> list[Check]:
    return [check async for check in examine()]


def unwell(found: list[Check]) -> str:
    """What the doctor says is wrong, as a person reads it."""
    return "\n".join(f"{one.detail} {one.hint}" for one in found if not one.ok)


def change_version(home: Path, revision: str) -> None:
    with sqlite3.connect(home / "mltrainer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def environment(**variables: str) -> Plant:
    def plant(monkeypatch: pytest.MonkeyPatch, _: Path, __: FakeSlack) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return plant


def without(name: str) -> Plant:
    return lambda monkeypatch, _, __: monkeypatch.delenv(name)


def lacking_scope(_: pytest.MonkeyPatch, __: Path, slack: FakeSlack) -> None:
    slack.workspace.scopes = slack.workspace.scopes - {"files:write", "chat:write"}


def refusing(error: str) -> Plant:
    def plant(_: pytest.MonkeyPatch, __: Path, slack: FakeSlack) -> None:
        slack.fail("auth.test", error)

    return plant


def silent(monkeypatch: pytest.MonkeyPatch, _: Path, __: FakeSlack) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{port}/api/")


def elsewhere(monkeypatch: pytest.MonkeyPatch, _: Path, slack: FakeSlack) -> None:
    monkeypatch.setenv("SLACK_API_URL", f"{slack.base}/nowhere/")


def unwritable(monkeypatch: pytest.MonkeyPatch, folder: Path, _: FakeSlack) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("MLTRAINER_HOME", str(folder / "file" / "home"))


def open_key(_: pytest.MonkeyPatch, folder: Path, __: FakeSlack) -> None:
    (folder / "home").mkdir(mode=0o700)
    key = folder / "home" / "master.key"
    key.write_text("AAAA\n")
    key.chmod(0o644)


@pytest.mark.parametrize(
    ("plant", "cause", "cure"),
    [
        (without("SLACK_BOT_TOKEN"), "SLACK_BOT_TOKEN is not set", "OAuth & Permissions"),
        (without("SLACK_SIGNING_SECRET"), "SLACK_SIGNING_SECRET is not set", "SLACK_APP_TOKEN"),
        (
            environment(SLACK_BOT_TOKEN="xapp-1-" + HIDDEN),
            "looks like the value of SLACK_APP_TOKEN",
            "Bot User OAuth Token",
        ),
        (environment(SLACK_APP_TOKEN=HIDDEN), "SLACK_APP_TOKEN has the wrong shape", "App-Level"),
        (environment(SLACK_SIGNING_SECRET=SHORT), "SLACK_SIGNING_SECRET", "Signing Secret"),
        (environment(SLACK_BOT_TOKEN="xoxb-" + HIDDEN), "(invalid_auth)", "Copy it again"),
        (refusing("token_revoked"), "has revoked", "Install the app anew"),
        (lacking_scope, "lacks chat:write, files:write", "Reinstall"),
        (environment(SLACK_APP_TOKEN="xapp-" + HIDDEN), "SLACK_APP_TOKEN", "App-Level Tokens"),
        (silent, "does not answer", "SLACK_API_URL"),
        (elsewhere, "does not answer", "SLACK_API_URL"),
        (unwritable, "cannot be written", "MLTRAINER_HOME"),
        (open_key, "can be read by other people", "chmod 600"),
        (
            environment(MLTRAINER_SANDBX="full"),
            "MLTRAINER_SANDBX",
            "did you mean MLTRAINER_SANDBOX",
        ),
        (environment(PORT="http"), "PORT", ".env"),
        (
            environment(DATABASE_URL="postgresql://a:b@localhost/c"),
            "MLTRAINER_MASTER_KEYS is not set",
            "openssl rand",
        ),
        (environment(DATABASE_URL="mysql://x"), "DATABASE_URL", "sqlite:///PATH"),
    ],
)
async def test_a_planted_misconfiguration_is_named_with_its_cure(
    plant: Plant, cause: str, cure: str, planting: Callable[[Plant], None]
) -> None:
    planting(plant)
    found = await checks()
    assert cause in unwell(found)
    assert cure in unwell(found)
    assert HIDDEN not in "".join(map(repr, found))


async def test_where_nothing_is_wrong_it_says_so() -> None:
    found = await checks()
    assert unwell(found) == ""
    names = [one.name for one in found]
    assert names[:1] == ["settings"]
    assert {"home", "disk", "database", "secrets", "slack", "scopes", "port"} <= {*names}


async def test_without_slack_it_says_how_to_connect_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name)
    slack = next(one for one in await checks() if one.name == "slack")
    assert slack.ok
    assert "mltrainer setup slack" in slack.detail


async def test_a_taken_port_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104  (as the server does)
        other.listen()
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        found = await checks()
    assert "cannot be used" in unwell(found)
    assert "set PORT" in unwell(found)


async def test_a_newer_database_is_named_and_left_as_it_is(well: Path) -> None:
    async with open_records(Settings.load()):
        pass
    change_version(well, "r9999")
    found = await checks()
    assert "belongs to a newer mltrainer (tables r9999" in unwell(found)
    assert "Update mltrainer" in unwell(found)


async def test_an_older_database_is_left_for_the_next_start(well: Path) -> None:
    async with open_records(Settings.load()):
        pass
    change_version(well, "r0001")
    database = next(one for one in await checks() if one.name == "database")
    assert database.ok
    assert "at the next start" in database.detail


async def test_another_master_key_than_the_stored_ones_is_named(well: Path) -> None:
    async with open_records(Settings.load()) as records:
        await records.vault().put(ANN, "huggingface", HIDDEN, tail="t")
    key = well / "master.key"
    key.write_text("A" * 43 + "=\n")
    found = await checks()
    assert "master key" in unwell(found)
    assert "Put that key back" in unwell(found)
    assert HIDDEN not in unwell(found)


async def test_a_disk_with_too_little_room_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    room = type("Room", (), {"free": 200 * 1024**2})()
    # A small disk cannot be mounted without being root.
    monkeypatch.setattr("shutil.disk_usage", lambda _: room)
    found = await look_at_home(Settings.load())
    assert "0.2 GB free" in unwell(list(found))
    assert "free some space" in unwell(list(found))


async def test_slack_is_asked_only_with_values_that_can_be_right(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "nonsense")
    await checks()
    assert not slack.calls_of("auth.test")


async def test_in_socket_mode_it_is_tried_whether_slack_opens_one(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    found = await look_at("platforms.slack.checking", Settings.load())
    assert [one.name for one in found if one.ok] == ["slack", "scopes", "socket"]
