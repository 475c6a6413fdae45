"""The fake Slack itself: starts and stops, points at the app, fails on demand, remembers."""

import asyncio
import json
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import aiohttp

from tests.fakes.slack import payloads
from tests.fakes.slack.deliveries import SLACKS_PAUSES, Deliveries, Delivery
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.http_delivery import DOCUMENT, Answer, HttpRoad
from tests.fakes.slack.person import Person
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.seeing import seen
from tests.fakes.slack.server import Server
from tests.fakes.slack.sockets import SocketRoad
from tests.fakes.slack.web_api import Call, WebApi
from tests.fakes.slack.workspace import (
    BOT_NAME,
    BOT_USER,
    HISTORY,
    LEAST_SCOPES,
    Account,
    Channel,
    Json,
    Message,
    Workspace,
)
from tests.fakes.watching import Seen

T = TypeVar("T")
LONGEST = 30.0


@dataclass
class FakeSlack:
    """A workspace with channels C1 and C2, in which the bot is, and no people yet.

    `scopes` were granted to the bot. With `socket_mode` the app is reached over its sockets only,
    otherwise at the address given to `listen_at`. `pauses` stand before each redelivery.
    """

    scopes: frozenset[str] = LEAST_SCOPES
    socket_mode: bool = False
    rates: Rates = field(default_factory=Rates)
    pauses: tuple[float, ...] = SLACKS_PAUSES
    bot_token: str = "xoxb-fake"  # noqa: S105 - opens nothing but this fake
    app_token: str = "xapp-fake"  # noqa: S105 - the same
    signing_secret: str = "signed-by-a-fake"  # noqa: S105 - the same

    def __enter__(self) -> Self:
        self.workspace = Workspace(scopes=self.scopes, posted=self._posted, changed=self._changed)
        self.workspace.accounts[BOT_USER] = Account(BOT_USER, BOT_NAME, bot=True)
        self.add_channel("C1", "general")
        self.add_channel("C2", "random")
        self._faults = Faults()
        self._api = WebApi(self.workspace, self.bot_token, self.rates)
        self.sockets = SocketRoad(self.app_token)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._server = Server(self._api, self._faults, self.sockets)
        self.base = self.workspace.base = self.sockets.base = await self._server.start()
        self._session = aiohttp.ClientSession()
        self._http = HttpRoad("", self.signing_secret, self._session)
        road = self.sockets if self.socket_mode else self._http
        self.deliveries = Deliveries(road, self.pauses)

    async def _stop(self) -> None:
        await self.deliveries.stop()
        await self._session.close()
        await self._server.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the fake's own loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)

    # Pointing at the app, and arranging the workspace

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL must be."""
        return f"{self.base}/api/"

    def listen_at(self, url: str) -> None:
        """The app's request URL, for events, interactions and commands alike."""
        self._http.url = url

    def verify_url(self) -> bool:
        """What Slack does when the request URL is set: a challenge that must come back."""
        challenge: Json = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "any"}
        answer = self.deliver_raw(json.dumps(challenge))
        return answer.ok and challenge["challenge"] in answer.body

    def person(self, name: str, *, admin: bool = False, bot: bool = False) -> Person:
        """Somebody with the id U and their name in capitals; a member of every channel.

        With `bot` it is another app's bot, which can only write.
        """
        return Person(self, "U" + name.upper(), name=name, admin=admin, bot=bot)

    def add_channel(
        self,
        channel: str,
        name: str,
        *,
        kind: Literal["channel", "group"] = "channel",
        bot: bool = True,
    ) -> None:
        """A channel of everybody, with or without the bot."""
        members = set(self.workspace.accounts) - (set() if bot else {BOT_USER})
        self.workspace.channels[channel] = Channel(channel, name, kind, members)

    def archive(self, channel: str) -> None:
        self.workspace.channels[channel].archived = True

    def uninstall(self) -> None:
        """The workspace throws the app out: its token is worth nothing any more."""
        self.event({"type": "app_uninstalled"})
        self._api.revoked = True

    def remove_bot(self, channel: str) -> None:
        self.workspace.channels[channel].members.discard(BOT_USER)

    def wait_for_answers(self, seconds: float) -> None:
        """Wait this long for the app's acknowledgements, instead of Slack's three seconds."""
        self._http.ack_seconds = self.sockets.ack_seconds = seconds

    def remove(self, message: Seen) -> None:
        """Delete a message, as an admin may."""
        self.workspace.delete(self.workspace.message(message.channel, message.ts))

    def pass_time(self, seconds: float) -> None:
        """Let triggers, response URLs and rate windows grow older."""
        self.workspace.passed += seconds

    # Failing on demand

    def fail(
        self,
        method: str,
        error: str = "internal_error",
        *,
        times: int = 1,
        status: int = 200,
        retry_after: int = 0,
        body: str | None = None,
    ) -> None:
        """Refuse the next calls of a method, "download" and "response_url" among them."""
        headers = {"Retry-After": str(retry_after)} if retry_after else {}
        shown: str | Json = {"ok": False, "error": error} if body is None else body
        self._faults.plan(method, Fault("refuse", 0, status, shown, headers), times)

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next calls of a method late."""
        self._faults.plan(method, Fault("slow", seconds), times)

    def lose_answer(self, method: str, *, times: int = 1) -> None:
        """Do what the next calls ask and drop the connection instead of answering."""
        self._faults.plan(method, Fault("lose"), times)

    def stop_failing(self) -> None:
        self._faults.clear()

    def refresh_sockets(self) -> None:
        self.run(self.sockets.refresh())

    def drop_sockets(self) -> None:
        self.run(self.sockets.drop())

    # Delivering by hand

    def deliver_raw(
        self,
        body: str,
        content_type: str = DOCUMENT,
        *,
        secret: str = "",
        at: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request to the app, signed rightly or with another secret or time."""
        post = self._http.post(body, content_type, headers or {}, secret=secret, at=at)
        return self.run(post)

    def event(self, body: Json) -> Delivery:
        """Bring an event of any shape; the same rules of redelivery."""
        return self.run(self._bring(payloads.event(self.workspace, body)))

    def bring_again(self, delivery: Delivery) -> Answer:
        """Deliver an event once more, though it was taken."""
        return self.run(self.deliveries.again(delivery.payload))

    def settle(self) -> None:
        """Wait until every event was taken by the app or given up."""
        self.run(self.deliveries.settle())

    async def _bring(self, payload: Json) -> Delivery:
        return self.deliveries.event(payload)

    def _posted(self, message: Message) -> None:
        """Tell the app of a message, as its scopes and its membership allow."""
        channel = self.workspace.channels[message.channel]
        if BOT_USER not in channel.members:
            return
        text = message.body.get("text") or ""
        if channel.kind != "im" and f"<@{BOT_USER}>" in text and message.user != BOT_USER:
            self._tell(message, mention=True)
        if HISTORY[channel.kind] in self.scopes:
            self._tell(message, mention=False)

    def _changed(self, message: Message, subtype: str) -> None:
        channel = self.workspace.channels[message.channel]
        if BOT_USER in channel.members and HISTORY[channel.kind] in self.scopes:
            self._send(payloads.changed_event(self.workspace, message, subtype))

    def _tell(self, message: Message, *, mention: bool) -> None:
        self._send(payloads.message_event(self.workspace, message, mention=mention))

    def _send(self, payload: Json) -> None:
        self._loop.call_soon_threadsafe(self.deliveries.event, payload)

    # Looking

    @property
    def calls(self) -> list[Call]:
        """Everything the app ever called, in order, bodies as they came over the wire."""
        return list(self._api.calls)

    def calls_of(self, method: str) -> list[Call]:
        return [one for one in self.calls if one.method == method]

    def everything_sent(self) -> str:
        """All that left the app: bodies, files and acknowledgements; for a search of secrets."""
        calls = [f"{one.method} {one.body} {json.dumps(one.arguments)}" for one in self.calls]
        acks = [answer.body for one in list(self.deliveries.all) for answer in one.answers]
        return "\n".join([*calls, *acks])

    def messages(self, channel: str) -> list[Seen]:
        """Every message that stands in a channel, its threads too."""
        standing = [one for one in list(self.workspace.messages.values()) if not one.deleted]
        return [seen(self.workspace, one) for one in standing if one.channel == channel]

    def lost_events(self) -> list[Delivery]:
        """Events that the app never took."""
        return self.deliveries.lost()
