"""What a Slack workspace holds: people, channels, messages, views, files."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Value = Any  # something of a JSON document that came over the wire, unchecked

TEAM = "T1"
APP = "A1"
BOT_USER = "UBOT"
BOT_ID = "BBOT"
BOT_NAME = "mltrainer"
TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_USES = 5
LEAST_SCOPES = frozenset(
    {"app_mentions:read", "chat:write", "commands", "files:read", "files:write"}
    | {"im:history", "im:write", "users:read"}
)
HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
THREAD_REPLIES = frozenset({"channels:history", "groups:history"})


class Refused(Exception):
    """Slack says no: `error` is its word, `more` what stands beside it in the answer."""

    def __init__(self, error: str, *, status: int = 200, retry_after: int = 0, **more: Any) -> None:
        super().__init__(error)
        self.error, self.status, self.retry_after, self.more = error, status, retry_after, more


@dataclass
class Account:
    """Somebody of the workspace."""

    id: str
    name: str
    admin: bool = False
    bot: bool = False


@dataclass
class Channel:
    """A place where messages stand; `members` are user ids."""

    id: str
    name: str
    kind: Literal["channel", "group", "im"] = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False


@dataclass
class Message:
    """A message; `versions` are its bodies, oldest first.

    `to` is set on an ephemeral one, `robot` on one of another bot.
    """

    channel: str
    ts: str
    user: str
    versions: list[Json]
    thread_ts: str = ""
    files: list[str] = field(default_factory=list)
    to: str = ""
    robot: bool = False
    deleted: bool = False

    @property
    def body(self) -> Json:
        return self.versions[-1]

    def wire(self) -> Json:
        """The message as Slack's answers and payloads show it."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "team": TEAM}
        shown["text"] = self.body.get("text") or ""
        if self.user == BOT_USER:
            shown |= {"bot_id": BOT_ID, "app_id": APP}
        elif self.robot:
            shown |= {"bot_id": "B" + self.user[1:], "app_id": "A2"}
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.body.get("blocks"):
            shown["blocks"] = self.body["blocks"]
        if len(self.versions) > 1:
            shown["edited"] = {"user": self.user, "ts": self.ts}
        return shown


@dataclass
class View:
    """A modal or a Home tab that `user` looks at; `under` is the modal it lies upon."""

    id: str
    user: str
    body: Json
    under: str = ""
    open: bool = True
    revision: int = 1

    def wire(self) -> Json:
        """The view as Slack's answers and payloads show it."""
        shown: Json = {"private_metadata": "", "callback_id": "", "state": {"values": {}}}
        shown |= {**self.body, "id": self.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID}
        return shown | {"hash": f"{self.revision}.{self.id}", "root_view_id": self.id}


@dataclass
class Trigger:
    """What a click leaves for three seconds, once."""

    user: str
    issued_at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction; `source` is the ts of the message it came from."""

    user: str
    channel: str
    issued_at: float
    source: str = ""
    thread_ts: str = ""
    uses: int = 0


@dataclass
class File:
    """A file; `shared` once it stands in a channel."""

    id: str
    name: str
    owner: str
    content: bytes = b""
    title: str = ""
    alt: str = ""
    shared: bool = False


@dataclass
class Workspace:
    """Everything that is remembered. Time passes by itself, and by `passed` at a test's wish."""

    scopes: frozenset[str] = LEAST_SCOPES
    accounts: dict[str, Account] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    passed: float = 0.0
    base: str = ""
    posted: Callable[[Message], None] | None = None
    changed: Callable[[Message, str], None] | None = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def now(self) -> float:
        return time.monotonic() + self.passed

    def next_id(self, letter: str) -> str:
        return f"{letter}{next(self._numbers):08d}"

    def next_ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def account(self, user: str) -> Account:
        if user not in self.accounts:
            raise Refused("user_not_found")
        return self.accounts[user]

    def channel(self, name: str) -> Channel:
        """A channel by its id; a person's id means the direct messages with them."""
        if name in self.accounts:
            return self.direct(name)
        if name not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[name]

    def direct(self, user: str) -> Channel:
        """The direct messages between the bot and somebody."""
        known = Channel(f"D{self.account(user).id[1:]}", user, "im", {BOT_USER, user})
        return self.channels.setdefault(known.id, known)

    def add(self, message: Message) -> Message:
        """Keep a message and tell whoever listens."""
        self.messages[message.channel, message.ts] = message
        if self.posted:
            self.posted(message)
        return message

    def change(self, message: Message, body: Json) -> None:
        """Show a message anew and tell whoever listens."""
        message.versions.append(body)
        if self.changed:
            self.changed(message, "message_changed")

    def delete(self, message: Message) -> None:
        message.deleted = True
        if self.changed:
            self.changed(message, "message_deleted")

    def message(self, channel: str, ts: str) -> Message:
        found = self.messages.get((channel, ts))
        if not found or found.deleted:
            raise Refused("message_not_found")
        return found

    def thread(self, channel: str, root: str) -> list[Message]:
        """A thread's messages, its root first, in the order in which they came."""
        return [
            one
            for one in list(self.messages.values())
            if one.channel == channel and root in {one.ts, one.thread_ts} and not one.deleted
        ]

    def trigger(self, user: str) -> str:
        """A new trigger of this person's click."""
        issued = f"{self.next_id('')}.{self.next_id('t')}"
        self.triggers[issued] = Trigger(user, self.now())
        return issued

    def spend(self, trigger: str) -> Trigger:
        """Use a trigger up."""
        known = self.triggers.get(trigger)
        if known is None:
            raise Refused("invalid_trigger_id")
        if known.used:
            raise Refused("exchanged_trigger_id")
        if self.now() - known.issued_at > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        known.used = True
        return known

    def response_url(self, user: str, channel: str, source: str = "", thread_ts: str = "") -> str:
        """An address at which an app may answer an interaction of this person."""
        issued = self.next_id("R")
        self.response_urls[issued] = ResponseUrl(user, channel, self.now(), source, thread_ts)
        return f"{self.base}/response/{issued}"

    def modals(self, user: str) -> list[View]:
        """The open modals of a person, the uppermost last."""
        return [one for one in list(self.views.values()) if one.user == user and one.open]

    def shared_files(self, ids: Iterable[str]) -> list[Json]:
        """Files as events and answers show them."""
        return [self.file_wire(self.files[one]) for one in ids]

    def file_wire(self, file: File) -> Json:
        address = f"{self.base}/files-pri/{file.id}/{file.name}"
        wire: Json = {"id": file.id, "name": file.name, "title": file.title or file.name}
        wire |= {"user": file.owner, "size": len(file.content), "mode": "hosted"}
        wire |= {"filetype": file.name.rpartition(".")[2], "mimetype": "application/octet-stream"}
        wire |= {"url_private": address, "url_private_download": address + "?download=1"}
        return wire | {"permalink": f"{self.base}/files/{file.id}", "file_access": "visible"}
