"""The fake Discord itself: starts and stops, arranges guilds, fails on demand, remembers."""

import asyncio
import base64
import json
import secrets
import string
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.fakes.discord import acts, wire
from tests.fakes.discord.asking import Call, Site
from tests.fakes.discord.faults import Fault, Faults
from tests.fakes.discord.gateway import Event, Gateway
from tests.fakes.discord.interactions import Interactions
from tests.fakes.discord.permissions import INVITED, named
from tests.fakes.discord.person import Person
from tests.fakes.discord.rates import Rates
from tests.fakes.discord.seeing import Seen, seen
from tests.fakes.discord.server import Server
from tests.fakes.discord.world import STARTER, Account, Channel, Guild, Json, World

T = TypeVar("T")
LONGEST = 30.0
LETTERS = string.ascii_letters + string.digits
PROXY = {"Via": "1.1 google"}


def drawn_token(application: str) -> str:
    """A token that looks like a bot's and opens nothing: drawn anew each time."""
    first = base64.urlsafe_b64encode(application.encode()).decode().rstrip("=")
    ends = ("".join(secrets.choice(LETTERS) for _ in range(size)) for size in (6, 38))
    return ".".join([first, *ends])


@dataclass
class FakeDiscord:
    """A guild with the channels "C1" and "C2", in which the bot is, and no people yet.

    `permissions` are the bot's, `privileged` the intents that the portal granted it (as bits),
    `token` is drawn when none is given.
    """

    permissions: frozenset[str] = INVITED
    rates: Rates = field(default_factory=Rates)
    token: str = field(default="", repr=False)
    privileged: int = 0

    def __enter__(self) -> Self:
        self.gateway = Gateway(self.token, self.privileged)
        self.world = World(self.gateway.tell)
        self.token = self.gateway.token = self.token or drawn_token(self.world.bot.id)
        self.gateway.attach(self.world)
        self.interactions = Interactions(self.world)
        self._faults = Faults()
        site = Site(self.world, self.gateway, self.interactions, self.rates)
        self._server = Server(site, self._faults)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.base = self.world.base = self.run(self._server.start())
        self.gateway.address = self.gateway_url
        self.guild = self.add_guild("workshop")
        self.add_channel("C1", "general")
        self.add_channel("C2", "random")
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

    async def _stop(self) -> None:
        await self._server.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the fake's own loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)

    def do(self, act: Callable[[], T]) -> T:
        """Change the world, in the fake's own thread, where the bot's calls change it too."""

        async def work() -> T:
            return act()

        return self.run(work())

    # Pointing at it, and arranging the world

    @property
    def api_url(self) -> str:
        """What DISCORD_API_URL must be."""
        return f"{self.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What DISCORD_GATEWAY_URL must be."""
        return self.base.replace("http", "ws", 1) + "/gateway/"

    def person(
        self, name: str, *, admin: bool = False, bot: bool = False, dms_open: bool = True
    ) -> Person:
        """Somebody who is a member of every guild, and an admin only of the first.

        With `bot` it is another app's bot, which can only write.
        """
        known = list(self.world.accounts.values())
        account = next((one for one in known if one.name == name), None)
        if account is None:
            account = Account(self.world.flake(), name, bot)
            self.world.accounts[account.id] = account
        account.dms_open = dms_open
        account.admin_of |= {self.guild} if admin else set()
        return Person(self, account.id)

    def promote(self, person: Person, guild: str) -> None:
        """Make somebody an admin of another guild."""
        self.world.accounts[person.id].admin_of.add(guild)

    def add_guild(self, name: str) -> str:
        """Another server with the bot; returns its id, for `add_channel`."""
        made = Guild(self.world.flake(), name, self.permissions)

        def join() -> None:
            self.world.guilds[made.id] = made
            self.gateway.tell("GUILD_CREATE", wire.guild(self.world, made))

        self.do(join)
        return made.id

    def add_channel(self, channel: str, name: str, *, guild: str = "", bot: bool = True) -> str:
        """A text channel that tests call `channel`; with or without the bot. Returns its id."""
        made = Channel(self.world.flake(), name, "text", guild or self.guild, handle=channel)
        made.denied = set() if bot else {"VIEW_CHANNEL"}

        def add() -> None:
            self.world.channels[made.id] = made
            if bot:
                self.gateway.tell("CHANNEL_CREATE", wire.channel(self.world, made))

        self.do(add)
        return made.id

    def remove(self, message: Seen) -> None:
        """Delete a message, as an admin may."""
        self.do(lambda: acts.delete(self.world, self.world.messages[message.ts]))

    def archive(self, thread: Seen | str, *, locked: bool = False) -> None:
        """Let a thread rest."""
        place = self._thread_of(thread)
        self.do(lambda: acts.set_archived(self.world, place, archived=True, locked=locked))

    def delete_thread(self, thread: Seen | str) -> None:
        place = self._thread_of(thread)
        self.do(lambda: acts.delete_thread(self.world, place))

    def rename(self, thread: Seen | str, name: str) -> None:
        """Give a thread another name, as whoever may manage threads can."""
        place = self._thread_of(thread)

        def change() -> None:
            place.name = name
            self.gateway.tell("THREAD_UPDATE", wire.channel(self.world, place))

        self.do(change)

    def _thread_of(self, thread: Seen | str) -> Channel:
        return self.world.channel(thread.root if isinstance(thread, Seen) else thread)

    def revoke(self, permission: str, channel: str) -> None:
        """Take a permission from the bot in one channel."""
        place = self.world.channel(channel)

        def take() -> None:
            place.denied.add(named(permission))
            self.gateway.tell("CHANNEL_UPDATE", wire.channel(self.world, place))

        self.do(take)

    def kick(self, guild: str = "") -> None:
        """Throw the bot out of a guild."""
        known = self.world.guilds[guild or self.guild]

        def leave() -> None:
            known.inside = False
            self.gateway.tell("GUILD_DELETE", {"id": known.id})

        self.do(leave)

    def invite(self, guild: str = "") -> None:
        """Let the bot in again."""
        known = self.world.guilds[guild or self.guild]

        def enter() -> None:
            known.inside = True
            self.gateway.tell("GUILD_CREATE", wire.guild(self.world, known))

        self.do(enter)

    def pass_time(self, seconds: float) -> None:
        """Let messages, tokens, nonces, rate windows and quiet threads grow older."""

        def grow() -> None:
            self.world.passed += seconds
            acts.let_threads_rest(self.world)

        self.do(grow)

    def wait_for_answers(self, seconds: float) -> None:
        """Wait this long for an answer to a click, instead of Discord's three seconds."""
        self.interactions.seconds = seconds

    # Failing on demand

    def fail(
        self,
        route: str,
        status: int = 500,
        body: str | Json = "",
        headers: Mapping[str, str] | None = None,
        *,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Answer the next calls of a route with an error: "POST /channels/…/messages", "download".

        With `after` the call is carried out, and answered so all the same.
        """
        shown = PROXY | dict(headers or {})
        self._faults.plan(route, Fault("refuse", 0, status, body, shown, after), times)

    def delay(self, route: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next calls of a route late."""
        self._faults.plan(route, Fault("slow", seconds), times)

    def lose_answer(self, route: str, *, times: int = 1) -> None:
        """Do what the next calls ask and drop the connection instead of answering."""
        self._faults.plan(route, Fault("lose"), times)

    def stop_failing(self) -> None:
        self._faults.clear()

    def drop_gateway(self, *, resumable: bool = True) -> None:
        """Cut the gateway's sockets; without a session to resume, what comes next is lost."""
        self.run(self.gateway.drop(resumable=resumable))

    # Looking

    @property
    def calls(self) -> list[Call]:
        """Everything the bot ever called, in order, as it came over the wire."""
        return list(self._server.calls)

    def calls_of(self, route: str) -> list[Call]:
        """Calls by their readable route: "PATCH /channels/…/messages/…"."""
        wanted = route.replace("...", "…")
        return [one for one in self.calls if one.route == wanted]

    def everything_sent(self) -> str:
        """All that left the bot, files too; for a search of secrets."""
        return "\n".join(
            f"{one.route} {one.path} {one.raw} {json.dumps(one.body)}" for one in self.calls
        )

    @property
    def cdn_tokens(self) -> list[str]:
        """Every Authorization that was shown to the CDN, which needs none."""
        return list(self._server.cdn_tokens)

    def messages(self, channel: str) -> list[Seen]:
        """Every message that stands in a channel, its threads too."""
        place = self.world.channel(channel)
        known = [one for one in list(self.world.messages.values()) if not one.gone and not one.to]
        shown = [one for one in known if one.kind != STARTER]
        homes = {one.id for one in list(self.world.channels.values()) if one.parent == place.id}
        return [seen(self.world, one) for one in shown if one.channel in {place.id, *homes}]

    def lost_events(self) -> list[Event]:
        """What people wrote, changed or pressed that no session of the bot was ever told."""
        self.settle()
        return self.do(self.gateway.lost)

    def settle(self) -> None:
        """Wait until what happened has gone out to the bot, where it is connected."""
        self.run(self.gateway.settle())
