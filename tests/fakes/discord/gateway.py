"""The gateway: sessions that are identified, resumed and replayed, and what nobody was told."""

import asyncio
import contextlib
import json
import secrets
import time
import zlib
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.fakes.discord import wire
from tests.fakes.discord.intents import EVERY, GUILDS, PRIVILEGED, readable, wanted
from tests.fakes.discord.world import STARTER, Json, World

DISPATCH = 0
INVALID_SESSION, HELLO, ACK = 9, 10, 11
BEAT_MILLISECONDS = 41250
LOOK_SECONDS, SETTLE_SECONDS, GOODBYE_SECONDS = 0.01, 5.0, 1.0
NOT_RESUMABLE = {1000, 1001}
TOLD_BY_PEOPLE = {"MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE"}


@dataclass
class Event:
    """Something that happened, as one session reads it; `reached` is when it went out."""

    name: str
    data: Json
    reached: list[float] = field(default_factory=list)


@dataclass
class Session:
    """What one IDENTIFY began. Its events are kept, so that a RESUME can have them again."""

    id: str
    intents: int
    events: list[Event] = field(default_factory=list)
    line: "Line | None" = None

    def tell(self, event: Event) -> None:
        self.events.append(event)
        if self.line:
            self.send(len(self.events))

    def send(self, number: int) -> None:
        """Send the event of this number; the first is 1."""
        event = self.events[number - 1]
        assert self.line is not None
        self.line.send({"op": DISPATCH, "s": number, "t": event.name, "d": event.data}, event)


class Line:
    """One socket, with one compressor for as long as it lives."""

    def __init__(self, socket: web.WebSocketResponse, *, packed: bool) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._left, self._open = 0, True
        self._packer = zlib.compressobj() if packed else None
        self._waiting: asyncio.Queue[tuple[Json, Event | None]] = asyncio.Queue()

    @property
    def busy(self) -> bool:
        """Whether something is still to be sent to somebody who listens."""
        return self._left > 0 and self._open and not self.socket.closed

    def send(self, payload: Json, event: Event | None = None) -> None:
        self._left += 1
        self._waiting.put_nowait((payload, event))

    async def write(self) -> None:
        """Send what waits, in order, until the socket is closed."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                payload, event = await self._waiting.get()
                await self._write(json.dumps(payload))
                self._left -= 1
                if event:
                    event.reached.append(time.monotonic())
        self._open = False

    async def _write(self, text: str) -> None:
        if self._packer is None:
            await self.socket.send_str(text)
            return
        packed = self._packer.compress(text.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(packed)


@dataclass
class Gateway:
    """All sessions of the one token. `privileged` are intents that the portal granted."""

    token: str
    privileged: int = 0
    identified: int = 0
    resumed: int = 0
    sessions: dict[str, Session] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    address: str = ""
    flags: int = 0
    last_intents: int = EVERY & ~PRIVILEGED
    _world: World | None = None

    def attach(self, world: World) -> None:
        self._world = world

    @property
    def world(self) -> World:
        assert self._world is not None
        return self._world

    def tell(self, name: str, data: Json) -> None:
        """Tell every session that asked for such events; keep it for those that may resume."""
        if not self._reaches(name, data):
            return
        told = Event(name, data)
        if self._by_people(name, data) and wanted(name, data, self.last_intents):
            self.events.append(told)
        for session in self.sessions.values():
            if wanted(name, data, session.intents):
                shown = readable(data, session.intents, self.world.bot.id)
                session.tell(Event(name, shown, told.reached))

    def _by_people(self, name: str, data: Json) -> bool:
        """Whether somebody did it; threads and previews change messages by themselves."""
        if name == "MESSAGE_CREATE" and data["type"] == STARTER:
            return False
        if name == "MESSAGE_UPDATE" and not data["edited_timestamp"]:
            return False
        mine = data.get("author", {}).get("id") == self.world.bot.id
        return name in TOLD_BY_PEOPLE and not mine

    def _reaches(self, name: str, data: Json) -> bool:
        """The bot is told nothing of where it is not, or sees nothing."""
        guild = self.world.guilds.get(str(data.get("guild_id", "")))
        if guild and not guild.inside:
            return False
        if name.startswith("MESSAGE_"):
            return self.world.sees(data["channel_id"])
        return not name.startswith("THREAD_") or self.world.sees(data["parent_id"])

    async def settle(self) -> None:
        """Wait until all that is on its way has gone out to whoever is connected and reads."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while any(one.busy for one in self.lines):
                    await asyncio.sleep(LOOK_SECONDS)

    def lost(self) -> list[Event]:
        """What people did that never went out to any session."""
        return [one for one in self.events if not one.reached]

    async def drop(self, *, resumable: bool = True) -> None:
        """Cut every socket; a session that is not resumable is forgotten."""
        if not resumable:
            self._forget(*self.sessions)
        for line in list(self.lines):
            if line.session:  # it was cut off, and did not say goodbye
                line.session.line = None
            line.session = None
            await line.socket.close(code=4000, message=b"Unknown error")

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until either hangs up."""
        asked = request.query.get("compress")
        if asked not in {None, "zlib-stream"}:
            raise web.HTTPBadRequest(text=f"this gateway does not speak {asked}")
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS, max_msg_size=0, autoclose=False)
        await socket.prepare(request)
        line = Line(socket, packed=asked is not None)
        self.lines.append(line)
        hello = {"heartbeat_interval": BEAT_MILLISECONDS}
        line.send({"op": HELLO, "s": None, "t": None, "d": hello})
        writer = asyncio.create_task(line.write())
        try:
            await self._listen(line)
        finally:
            self.lines.remove(line)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _listen(self, line: Line) -> None:
        async for message in line.socket:
            if message.type is not WSMsgType.TEXT:
                break
            code = self._hear(line, json.loads(message.data))
            if code:
                await line.socket.close(code=code)
        self._hung_up(line)

    def _hung_up(self, line: Line) -> None:
        """Leave the session for a RESUME, unless the client said goodbye."""
        session = line.session
        if session is None:
            return
        if session.line is line:
            session.line = None
        if line.socket.close_code in NOT_RESUMABLE:
            self._forget(session.id)

    def _forget(self, *sessions: str) -> None:
        for one in sessions:
            self.sessions.pop(one, None)

    def _hear(self, line: Line, payload: Json) -> int:
        """Do what a client asks; returns a code when the socket must be closed for it."""
        match payload.get("op"):
            case 1:
                line.send({"op": ACK, "s": None, "t": None, "d": None})
            case 2:
                return self._identify(line, payload["d"])
            case 6:
                return self._resume(line, payload["d"])
            case 3 | 4 | 8:
                return 0 if line.session else 4003
            case _:
                return 4001
        return 0

    def _identify(self, line: Line, asked: Json) -> int:
        if line.session:
            return 4005
        if asked["token"].removeprefix("Bot ") != self.token:
            return 4004
        intents = int(asked["intents"])
        if intents & ~EVERY:
            return 4013
        if intents & PRIVILEGED & ~self.privileged:
            return 4014
        self.identified += 1
        self.last_intents = intents
        session = Session(secrets.token_hex(16), intents, line=line)
        self.sessions[session.id] = line.session = session
        self._greet(session, asked.get("shard") or [0, 1])
        return 0

    def _greet(self, session: Session, shard: list[int]) -> None:
        """READY, and then every guild; READY itself is never replayed."""
        world = self.world
        inside = [one for one in world.guilds.values() if one.inside]
        ready: Json = {"v": 10, "user": wire.user(world.bot), "session_id": session.id}
        ready |= {"guilds": [{"id": one.id, "unavailable": True} for one in inside]}
        ready |= {"resume_gateway_url": self.address, "shard": shard, "private_channels": []}
        ready |= {"application": {"id": world.bot.id, "flags": 0}, "relationships": []}
        session.tell(Event("READY", ready))
        if session.intents & GUILDS:
            for one in inside:
                session.tell(Event("GUILD_CREATE", wire.guild(world, one)))

    def _resume(self, line: Line, asked: Json) -> int:
        if asked["token"].removeprefix("Bot ") != self.token:
            return 4004
        session = self.sessions.get(asked["session_id"])
        if session is None:
            line.send({"op": INVALID_SESSION, "s": None, "t": None, "d": False})
            return 0
        heard = int(asked["seq"] or 0)
        if heard > len(session.events):
            return 4007
        self.resumed += 1
        line.session, session.line = session, line
        for number in range(heard + 1, len(session.events) + 1):
            session.send(number)
        session.tell(Event("RESUMED", {}))
        return 0
