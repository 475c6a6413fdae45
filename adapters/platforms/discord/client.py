"""discord.py's client as we use it: what it may hear, where Discord is, and how little it logs."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from traceback import format_tb
from typing import Any

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters.proxies import proxy

_READY_SECONDS = 0.2
_LONGEST_WAIT = 30.0  # for a rate limit; what takes longer is for the outbox
_HEARTBEAT_SECONDS = 60.0
_log = logging.getLogger(__name__)


@dataclass
class Ears:
    """Who is told of what arrives; nobody before the platform is started."""

    message: Callable[[discord.Message], Awaitable[None]]
    edited: Callable[[discord.RawMessageUpdateEvent], Awaitable[None]]
    pressed: Callable[[discord.Interaction], Awaitable[None]]
    failed: Callable[[discord.Interaction], Awaitable[None]]


class Client(discord.Client):
    """Hears guilds, messages of guilds and direct messages; no privileged intent.

    `live` is set while the gateway tells us things.
    """

    def __init__(self, api_url: str) -> None:
        quieten()
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=_READY_SECONDS,
            heartbeat_timeout=_HEARTBEAT_SECONDS,
            max_ratelimit_timeout=_LONGEST_WAIT,
            proxy=proxy(api_url),
        )
        self.live = asyncio.Event()
        self.ears: Ears | None = None

    async def on_ready(self) -> None:
        """The gateway tells us things from now on."""
        self.live.set()

    async def on_resumed(self) -> None:
        """The same, after a drop; what was missed has been told."""
        self.live.set()

    async def on_disconnect(self) -> None:
        """The client connects again by itself."""
        self.live.clear()

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something somewhere."""
        if self.ears is not None:
            await self.ears.message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed what they wrote."""
        if self.ears is not None:
            await self.ears.edited(payload)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A button, a form, a command, or a word that is being typed into one."""
        if self.ears is not None:
            await self.ears.pressed(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Say where an error came from, never its text: that may repeat what somebody typed."""
        del kwargs
        kind, _, trace = sys.exc_info()
        name = kind.__name__ if kind else "an error"
        _log.error("%s failed with %s:\n%s", event_method, name, "".join(format_tb(trace)))
        if self.ears is not None and args and isinstance(args[0], discord.Interaction):
            await self.ears.failed(args[0])


def point_at(api_url: str) -> None:
    """Say where Discord's API is; discord.py keeps that for the whole process."""
    Route.BASE = api_url.rstrip("/")


def listen_to(gateway_url: str) -> None:
    """The same for its gateway."""
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


class _OnlyWarnings(logging.Filter):
    """Below a warning, discord.py writes whole payloads: tokens and what a modal held.

    What is left is one line: a trace of its insides would help nobody who runs a bot.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return record.levelno >= logging.WARNING


def quieten() -> None:
    """Keep discord.py's loggers at warnings, whatever level the root has or they are given."""
    names = [name for name in logging.root.manager.loggerDict if f"{name}.".startswith("discord.")]
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _OnlyWarnings) for one in logger.filters):
            logger.addFilter(_OnlyWarnings())
