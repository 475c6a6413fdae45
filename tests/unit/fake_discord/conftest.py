"""A fake Discord, and the real client that talks with it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord import FakeDiscord, Person, Rates
from tests.unit.fake_discord.small_app import SmallBot, running


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDiscord]:
    with FakeDiscord(rates=Rates.none()) as started:
        monkeypatch.setattr(Route, "BASE", started.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(started.gateway_url))
        yield started


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[SmallBot]:
    async with running(fake) as started:
        yield started


@pytest.fixture
def ann(fake: FakeDiscord) -> Person:
    return fake.person("ann")
