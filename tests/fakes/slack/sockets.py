"""Delivery in Socket Mode: envelopes over one random socket of those that the app has open."""

import asyncio
import json
import random
import uuid
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.fakes.slack.http_delivery import ACK_SECONDS, Answer, Kind
from tests.fakes.slack.workspace import APP, Json, Refused

MOST_SOCKETS = 10
HEARTBEAT_SECONDS = 10.0
LOOK_SECONDS = 0.02


@dataclass
class SocketRoad:
    """Open sockets, tickets for new ones, and the envelopes that wait for their acknowledgement."""

    app_token: str
    base: str = ""
    ack_seconds: float = ACK_SECONDS
    opened: int = 0
    dice: random.Random = field(default_factory=random.Random)
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, "asyncio.Future[Answer]"] = field(default_factory=dict)

    def open(self, token: str) -> Json:
        """apps.connections.open: an address for one socket."""
        if not token:
            raise Refused("not_authed")
        if token != self.app_token:
            raise Refused("invalid_auth" if token.startswith("xapp-") else "not_allowed_token_type")
        if len(self._sockets) >= MOST_SOCKETS:
            raise Refused("too_many_websockets")
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return {"ok": True, "url": f"{self.base.replace('http', 'ws', 1)}/link?ticket={ticket}"}

    @property
    def connected(self) -> int:
        return len(self._sockets)

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One socket, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="ticket is unknown or was used")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        self._sockets.append(socket)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._forget(socket)
        return socket

    async def send(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Answer:
        envelope: Json = {"type": kind, "envelope_id": str(uuid.uuid4()), "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        try:
            async with asyncio.timeout(self.ack_seconds):
                await (await self._some_socket()).send_json(envelope)
                return await waiting
        except (TimeoutError, ConnectionError):
            return Answer(0)
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def refresh(self) -> None:
        """Ask every socket to be opened anew, as Slack does every few hours."""
        for socket in list(self._sockets):
            self._forget(socket)
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def drop(self) -> None:
        """Lose every connection without a word."""
        for socket in list(self._sockets):
            self._forget(socket)
            await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    async def _some_socket(self) -> web.WebSocketResponse:
        """One of the open sockets; while there is none (a socket is being replaced), the next."""
        while not self._sockets:
            await asyncio.sleep(LOOK_SECONDS)
        return self.dice.choice(self._sockets)

    def _hello(self) -> Json:
        hello: Json = {"type": "hello", "num_connections": len(self._sockets)}
        hello["debug_info"] = {"host": "fake", "approximate_connection_time": 18060}
        return hello | {"connection_info": {"app_id": APP}}

    def _acknowledge(self, text: str) -> None:
        if not text.startswith("{"):
            return
        said = json.loads(text)
        waiting = self._waiting.get(said.get("envelope_id", ""))
        if waiting and not waiting.done():
            payload = said.get("payload")
            body = payload if isinstance(payload, str) else json.dumps(payload or {})
            waiting.set_result(Answer(200, "" if body == "{}" else body))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
