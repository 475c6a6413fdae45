"""Several `mltrainer serve` on one PostgreSQL: each can send, and one listens to Discord."""

import base64
import time
from collections.abc import Callable
from pathlib import Path

from bot.running import operating
from tests.fakes.discord import FakeDiscord
from tests.stories.serving import Served

LONGEST = 30.0


def test_one_replica_listens_to_discord_and_the_next_one_when_it_is_killed(
    tmp_path: Path, environments: Path, postgres: str
) -> None:
    key = base64.b64encode(bytes(32)).decode()
    shared = {"DATABASE_URL": postgres, "MLTRAINER_MASTER_KEYS": key}
    with (
        FakeDiscord() as town,
        Served(town, tmp_path, environments, **shared) as first,
        Served(town, tmp_path, environments, **shared) as second,
    ):
        assert not says(first, operating.STANDS_BY)
        assert says(second, operating.STANDS_BY)
        first.kill()
        until(lambda: says(second, f" {operating.CONNECTED}\n"))


def says(bot: Served, text: str) -> bool:
    return any("discord" in line and text in line for line in bot.output)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)
