"""What Discord holds: people, guilds, channels, threads, messages, files, forms."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from tests.fakes.discord.permissions import IN_DIRECT_MESSAGES, INVITED
from tests.fakes.discord.refusals import Refused

Json = dict[str, Any]
Value = Any  # something of a JSON document that came over the wire, unchecked

EPOCH = 1420070400000
BOT_NAME = "mltrainer"
DEFAULT, STARTER, REPLY, COMMAND_ANSWER = 0, 21, 19, 20
EPHEMERAL, LOADING, HAS_THREAD, V2 = 1 << 6, 1 << 7, 1 << 5, 1 << 15
CDN_SECONDS = 24 * 3600.0


@dataclass
class Account:
    """Somebody on Discord; `admin_of` are ids of guilds."""

    id: str
    name: str
    bot: bool = False
    dms_open: bool = True
    admin_of: set[str] = field(default_factory=set)


@dataclass
class Guild:
    """A server; `permissions` are the bot's, while it is `inside`."""

    id: str
    name: str
    permissions: frozenset[str] = INVITED
    inside: bool = True


@dataclass
class Channel:
    """Where messages stand: a text channel, a thread below one, or direct messages.

    `handle` is what tests call it; `denied` is what the channel takes from the bot.
    """

    id: str
    name: str
    kind: Literal["text", "thread", "dm"] = "text"
    guild: str = ""
    parent: str = ""
    owner: str = ""
    handle: str = ""
    denied: set[str] = field(default_factory=set)
    archived: bool = False
    locked: bool = False
    gone: bool = False
    rests_after: int = 1440
    used_at: float = 0.0


@dataclass
class File:
    """A file as it lies at the CDN."""

    id: str
    channel: str
    name: str
    content: bytes
    alt: str = ""


@dataclass
class Message:
    """A message; `versions` are its bodies, oldest first. `to` is set on an ephemeral one.

    `pinged` is whom it notified when it was new; no edit ever does.
    """

    id: str
    channel: str
    author: str
    versions: list[Json]
    kind: int = DEFAULT
    files: list[File] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    pinged: list[str] = field(default_factory=list)
    reference: str = ""
    to: str = ""
    webhook: str = ""
    made_at: float = 0.0
    made_on: str = ""
    read_as: tuple[Json, Any] | None = None
    edited_on: str | None = None
    gone: bool = False

    @property
    def body(self) -> Json:
        return self.versions[-1]

    @property
    def flags(self) -> int:
        return int(self.body.get("flags") or 0)


@dataclass
class View:
    """A modal that a person looks at; `source` is the message it was opened from."""

    id: str
    user: str
    body: Json
    channel: str
    source: str = ""
    open: bool = True


@dataclass
class World:
    """Everything that is remembered. Time passes by itself, and by `passed` at a test's wish."""

    tell: Callable[[str, Json], None]
    accounts: dict[str, Account] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    passed: float = 0.0
    base: str = ""
    _said: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _nonces: dict[str, Message] = field(default_factory=dict)
    _directs: dict[str, Channel] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.bot = Account(self.flake(), BOT_NAME, bot=True)
        self.accounts[self.bot.id] = self.bot

    def now(self) -> float:
        return time.monotonic() + self.passed

    def wall(self) -> float:
        """Seconds since 1970, by the fake's clock."""
        return time.time() + self.passed

    def stamp(self) -> str:
        """The time of day as Discord writes it."""
        return datetime.fromtimestamp(self.wall(), UTC).isoformat()

    def flake(self) -> str:
        """A new id; the real clients read the time from it, so it is always of now."""
        made = int(time.time() * 1000) - EPOCH
        return str((made << 22) | (next(self._numbers) & 0x3FFFFF))

    def channel(self, name: str) -> Channel:
        """A channel by its id or its handle."""
        found = self.channels.get(name) or next(
            (one for one in list(self.channels.values()) if one.handle == name), None
        )
        if found is None or found.gone:
            raise Refused(10003)
        return found

    def direct(self, user: str) -> Channel:
        """The direct messages between the bot and somebody."""
        if user not in self.accounts:
            raise Refused(10013)
        made = Channel(self.flake(), self.accounts[user].name, "dm", owner=user)
        known = self._directs.setdefault(user, made)
        return self.channels.setdefault(known.id, known)

    def keep(self, message: Message) -> None:
        """Remember a message, by its id, its channel and its nonce."""
        self.messages[message.id] = message
        self._said[message.channel].append(message)
        nonce = message.body.get("nonce")
        if message.author == self.bot.id and nonce not in {None, ""}:
            self._nonces[str(nonce)] = message

    def of_nonce(self, nonce: str) -> Message | None:
        """The bot's newest message of this nonce, wherever it stands."""
        found = self._nonces.get(nonce)
        return None if found is None or found.gone else found

    def message(self, channel: str, message: str) -> Message:
        found = self.messages.get(message)
        if found is None or found.gone or found.channel != channel or found.to:
            raise Refused(10008)
        return found

    def standing(self, channel: str) -> list[Message]:
        """What stands in a channel for everybody, oldest first."""
        return [one for one in list(self._said[channel]) if not one.gone and not one.to]

    def newest(self, channel: str) -> str | None:
        """The id of the last message in a channel."""
        said = self._said[channel]
        return next((one.id for one in reversed(said) if not one.gone and not one.to), None)

    def thread_of(self, message: str) -> Channel | None:
        """The thread that was made from a message."""
        found = self.channels.get(message)
        return found if found and found.kind == "thread" and not found.gone else None

    def parent(self, channel: Channel) -> Channel:
        return self.channels[channel.parent] if channel.kind == "thread" else channel

    def permissions(self, channel: Channel) -> frozenset[str]:
        """What the bot may do in a channel."""
        if channel.kind == "dm":
            return IN_DIRECT_MESSAGES
        guild = self.guilds[channel.guild]
        given = guild.permissions if guild.inside else frozenset[str]()
        return given - self.parent(channel).denied

    def sees(self, channel: str) -> bool:
        """Whether the bot sees a channel."""
        return "VIEW_CHANNEL" in self.permissions(self.channels[channel])

    def need(self, channel: Channel, *permissions: str) -> None:
        """Refuse what the bot may not do here: first to see the channel at all."""
        granted = self.permissions(channel)
        if "VIEW_CHANNEL" not in granted:
            raise Refused(50001)
        if not granted.issuperset(permissions):
            raise Refused(50013)

    def handle(self, channel: Channel) -> str:
        """What tests call a channel; a thread is called as its parent."""
        parent = self.parent(channel)
        return parent.handle or parent.id
