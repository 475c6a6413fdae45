"""Canaries: values planted at every door where a secret may come in are found nowhere afterwards.

The bot is `mltrainer serve --debug` in a process of its own, with its own settings planted as well.
One whole job trains to its end with a key in use, after the master key was changed under it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.accounts import huggingface
from tests.fakes.discord import FakeDiscord
from tests.fakes.people import Upload
from tests.fakes.slack import FakeSlack
from tests.stories.canaries import Canaries, Watcher, scratch
from tests.stories.chatting import WORDS, messages, wait_for_card
from tests.stories.depot import Depot
from tests.stories.doors import Doors
from tests.stories.plugged import plugged
from tests.stories.serving import DidNotStart, Served
from tests.stories.shell_doors import ShellDoors
from tests.stories.towns import Town
from tests.stories.worlds import world_in

WHOLE_JOB, START = 240.0, 120.0
LOOKED_IN = ("home", "tmp", "shell")
OPERATORS = {  # what an operator may have in the environment of a server, ours and others'
    "ANTHROPIC_API_KEY": "anthropic",
    "OPENAI_API_KEY": "openai",
    "GEMINI_API_KEY": "google",
    "GROQ_API_KEY": "groq",
    "HF_TOKEN": "hf",
    "KAGGLE_KEY": "kaggle",
    "MODAL_TOKEN_SECRET": "modal-secret",
    "GITHUB_TOKEN": "github",
    "AWS_SECRET_ACCESS_KEY": "hex",
}


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(
    params=["slack-socket", "discord", pytest.param("slack-http", marks=pytest.mark.lab)]
)
def town(request: pytest.FixtureRequest, canaries: Canaries) -> Iterator[Town]:
    """A platform whose tokens are canaries too."""
    if request.param == "discord":
        with FakeDiscord() as discord:
            canaries.keep("DISCORD_BOT_TOKEN", discord.token, discord.token.index(".") + 1)
            yield discord
        return
    with FakeSlack(
        socket_mode=request.param == "slack-socket",
        bot_token=canaries.plant("SLACK_BOT_TOKEN", "slack-bot"),
        app_token=canaries.plant("SLACK_APP_TOKEN", "slack-app"),
        signing_secret=canaries.plant("SLACK_SIGNING_SECRET", "hex"),
    ) as slack:
        yield slack


@pytest.fixture
def settings(depot: Depot, canaries: Canaries, tmp_path: Path) -> dict[str, str]:
    """A server's settings, as full of secrets as they can be."""
    return {
        "PYTHONPATH": str(plugged(tmp_path / "house")),
        "PARCEL_URL": depot.url,
        "MLTRAINER_APPROVAL": "always",
        "TMPDIR": scratch(tmp_path / "tmp"),
        **{name: canaries.plant(name, shape) for name, shape in OPERATORS.items()},
    }


@pytest.fixture
def bot(
    town: Town, settings: dict[str, str], tmp_path: Path, environments: Path
) -> Iterator[Served]:
    """Not started yet."""
    bot = Served(town, tmp_path, environments, **settings)
    yield bot
    bot.end()


def test_what_is_planted_at_any_door_is_found_nowhere(
    town: Town, depot: Depot, canaries: Canaries, bot: Served
) -> None:
    masters = Masters(canaries, in_file=isinstance(town, FakeSlack) and town.socket_mode)
    bot.environ |= masters.setting
    world = world_in(town, bot)
    doors, shell = Doors(world, world.person("ann"), canaries), ShellDoors(bot, canaries)
    bot.start("--debug", timeout=START)
    with Watcher(lambda: bot.pid) as watcher:
        said = doors.blurt_in_words()
        doors.connect_everything(said)
        doors.blurt_in_commands()
        doors.blurt_in_the_form()
        doors.blurt_later()
        shell.piped()
        shell.hidden()
        shell.in_words()
        shell.conversation(bot.folder / "shell")
        train(doors, shell, masters, depot)
    told = {
        **{path: bot.get(path) for path in ("/metrics", "/health", "/ready")},
        **{f"the environment of {one[:200]}": given for one, given in watcher.seen.items()},
        "arguments of programs": "\n".join(watcher.seen),
        "the shell": "\n".join(shell.shown),
    }
    assert any("train.py" in arguments for arguments in watcher.seen)
    found = searched(canaries, bot.folder, told)
    assert bot.stop() == 0
    told = {"prints": bot.printed(), "calls": town.everything_sent()}
    found += searched(canaries, bot.folder, told)
    assert not found, "\n".join(sorted(set(found)))
    assert '"level": "debug"' in (bot.home / "logs" / "mltrainer.log").read_text("utf-8")


class Masters:
    """Master keys before and after they are changed: of a setting, or of the file in the home."""

    def __init__(self, canaries: Canaries, *, in_file: bool) -> None:
        self._in_file = in_file
        self._old, self._new = (
            canaries.plant(f"{one} master key", "master") for one in ("old", "new")
        )

    @property
    def setting(self) -> dict[str, str]:
        return {} if self._in_file else {"MLTRAINER_MASTER_KEYS": self._old}

    def change(self, bot: Served, shell: ShellDoors) -> None:
        """As an operator does it, while people's keys are kept and a job waits."""
        if self._in_file:
            shell.run("secrets", "rotate")
            return
        bot.stop()
        bot.environ["MLTRAINER_MASTER_KEYS"] = f"{self._new},{self._old}"
        assert "MLTRAINER_MASTER_KEYS" in shell.run("secrets", "rotate")
        bot.environ["MLTRAINER_MASTER_KEYS"] = self._new
        bot.start("--debug", timeout=START)


def train(doors: Doors, shell: ShellDoors, masters: Masters, depot: Depot) -> None:
    """One whole job with keys in its words, in its file's name and in a cell, and one in use."""
    words, name = doors.plant("words of a whole job", "groq"), doors.plant("name of a whole job")
    cell = doors.cell("cell of a whole job")
    rows = messages().content + f"chat,my token is {cell} my friend\n".encode()
    ann = doors.person
    doors.see("Forgotten: 1", lambda: ann.command("/mltrainer", "forget hf"))
    said = ann.mention(
        "C1",
        f"{WORDS}, and publish it to parcel, key {words}",
        files=[Upload(f"{name}.csv", rows)],
    )
    doors.world.told_alone(ann, "looks like a key")
    said = doors.world.thread_of(ann, said)
    card = wait_for_card(ann, said, "waiting for your Hugging Face account", WHOLE_JOB)
    panel = doors.see("not connected", lambda: ann.click(card, "Connect accounts"))
    (used,) = doors.paste(panel, huggingface.ACCOUNT, "card").values()
    plan = wait_for_card(ann, said, "waiting for your yes", WHOLE_JOB)
    masters.change(shell.bot, shell)
    ann.click(plan, "Approve")
    done = wait_for_card(ann, said, ": done", WHOLE_JOB)
    assert depot.keys == [used]
    doors.try_it(done, said)


def searched(canaries: Canaries, folder: Path, told: dict[str, str]) -> list[str]:
    """Every find in the home, in temporary files, beside them, and in what was told."""
    found = [find for one in LOOKED_IN for find in canaries.found_below(folder, one)]
    for where, text in told.items():
        found += canaries.found_in(where, text.encode())
    return found


def test_a_start_with_another_master_key_says_so_in_one_line(
    tmp_path: Path, environments: Path
) -> None:
    canaries = Canaries()
    right, wrong = (canaries.plant(one, "master") for one in ("right", "wrong"))
    with FakeSlack() as slack:
        bot = Served(slack, tmp_path, environments, MLTRAINER_MASTER_KEYS=right)
        token = canaries.plant("token")
        assert bot.run("connect", "huggingface", typed=f"{token}\n").returncode == 0
        bot.environ["MLTRAINER_MASTER_KEYS"] = wrong
        for command in ("serve", "worker"):
            ended = bot.run(command)
            assert ended.returncode == 2
            cause, cure = ended.stderr.splitlines()
            assert cause.startswith("error: Secrets here were stored with the master key")
            assert "MLTRAINER_MASTER_KEYS" in cause
            assert "Put that key back" in cure
            assert canaries.found_in(command, (ended.stdout + ended.stderr).encode()) == []
        bot.environ["MLTRAINER_MASTER_KEYS"] = "too-short"
        with pytest.raises(DidNotStart, match="not 32 bytes in base64"):
            bot.start()
        bot.environ["MLTRAINER_MASTER_KEYS"] = right
        bot.start()
        assert bot.stop() == 0
    assert searched(canaries, tmp_path, {}) == []
