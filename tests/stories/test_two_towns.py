"""One process serves Slack and Discord: two people at once, an orderly end, and nothing lost."""

import contextlib
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.stories.chatting import ASK_SECONDS, BOT, WORDS, messages, replies, wait_for_card
from tests.stories.serving import Served
from tests.stories.somebody import Anyone

LATE_SECONDS = 1.5


class Leaving:
    """Watches a bot that ends: when its web server was gone, and when its line to Discord."""

    def __init__(self, bot: Served, discord: FakeDiscord) -> None:
        self._bot, self._discord = bot, discord
        self.web = self.discord = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._thread.join(ASK_SECONDS)

    def _watch(self) -> None:
        while not (self.web and self.discord):
            self.web = self.web or (0.0 if self._serves() else time.monotonic())
            connected = bool(self._discord.gateway.lines)
            self.discord = self.discord or (0.0 if connected else time.monotonic())
            time.sleep(0.005)

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._bot.url}/health", timeout=1):  # noqa: S310 - loopback
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


@pytest.fixture
def towns() -> Iterator[tuple[FakeSlack, FakeDiscord]]:
    with contextlib.ExitStack() as open_towns:
        yield open_towns.enter_context(FakeSlack()), open_towns.enter_context(FakeDiscord())


def test_two_platforms_in_one_process_end_in_order_and_lose_nothing(
    towns: tuple[FakeSlack, FakeDiscord], tmp_path: Path, environments: Path
) -> None:
    slack, discord = towns
    ann: Anyone = slack.person("ann")
    ben: Anyone = discord.person("ben")
    with Served(towns, tmp_path, environments) as bot:
        trained = [(one, one.mention("C1", WORDS, files=[messages()])) for one in (ann, ben)]
        for person, said in trained:
            wait_for_card(person, said, "codegen")
        asked = [(one, one.mention("C2", "make me a model")) for one in (ann, ben)]
        slack.settle()
        time.sleep(LATE_SECONDS)  # Discord tells nobody that a message was taken
        discord.delay("POST /channels/…/messages", LATE_SECONDS)
        with Leaving(bot, discord) as leaving:
            assert bot.stop() == 0
        assert leaving.web < leaving.discord
        bot.restart()
        for person, said in asked:
            wait_for_card(person, said, "waiting for your answer", ASK_SECONDS)
        for person, said in trained:
            wait_for_card(person, said, ": done")
        assert bot.stop() == 0
    for person, said in [*trained, *asked]:
        cards = [one for one in replies(person, said) if one.startswith("Job j-")]
        assert len(cards) == 1, person.everything()
        assert all(one.by == BOT for one in person.thread(said)[1:])
    assert slack.lost_events() == []
    assert discord.lost_events() == []
    assert "Traceback" not in bot.printed()
