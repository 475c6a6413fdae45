"""A platform by its name, with a bot at work on it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.stories.discord_world import DiscordWorld
from tests.stories.seat import Seats
from tests.stories.serving import Served
from tests.stories.slack_world import SlackWorld
from tests.stories.terminal_world import TerminalWorld
from tests.stories.towns import Town
from tests.stories.world import World


@contextlib.contextmanager
def world_of(platform: str, folder: Path, environments: Path, **settings: str) -> Iterator[World]:
    """A bot on a platform, at work until the block ends."""
    if platform == "terminal":
        with Seats(folder, environments, **settings) as seats:
            yield TerminalWorld(seats, seats)
        return
    town = FakeDiscord() if platform == "discord" else FakeSlack(socket_mode="socket" in platform)
    with town, Served(town, folder, environments, **settings) as bot:
        yield world_in(town, bot)


def world_in(town: Town, bot: Served) -> World:
    """A chat platform with a bot that somebody else starts and ends."""
    kind = DiscordWorld if isinstance(town, FakeDiscord) else SlackWorld
    return kind(town, bot)
