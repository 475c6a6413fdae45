"""Delivery over HTTP: signed requests to the app's one address."""

import hashlib
import hmac
import json
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Literal, Protocol

import aiohttp

from tests.fakes.slack.workspace import Json

ACK_SECONDS = 3.0
FORM, DOCUMENT = "application/x-www-form-urlencoded", "application/json"
Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True)
class Answer:
    """What the app said; status 0 when it could not be reached or took longer than 3 seconds."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status == 200

    def document(self) -> Json:
        """The answer as JSON; empty for anything else."""
        if not self.body.startswith("{"):
            return {}
        document: Json = json.loads(self.body)
        return document


class Road(Protocol):
    """A way to an app."""

    async def send(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Answer:
        """Bring one payload and wait for its acknowledgement."""
        ...


@dataclass
class HttpRoad:
    """Signed requests; `url` is the app's request URL."""

    url: str
    secret: str
    session: aiohttp.ClientSession
    ack_seconds: float = ACK_SECONDS

    async def send(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Answer:
        headers = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason} if retry else {}
        if kind == "events_api":
            return await self.post(json.dumps(payload), DOCUMENT, headers)
        form = {"payload": json.dumps(payload)} if kind == "interactive" else payload
        return await self.post(urllib.parse.urlencode(form), FORM, headers)

    async def post(
        self,
        body: str,
        content_type: str,
        headers: dict[str, str],
        *,
        secret: str = "",
        at: float | None = None,
    ) -> Answer:
        """One request, signed with the secret (or another) at the present (or another) time."""
        stamp = str(int(time.time() if at is None else at))
        signature = signed(secret or self.secret, stamp, body)
        ours = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp}
        ours |= {"X-Slack-Signature": signature, "User-Agent": "Slackbot 1.0", **headers}
        try:
            limit = aiohttp.ClientTimeout(total=self.ack_seconds)
            request = self.session.post(self.url, data=body.encode(), headers=ours, timeout=limit)
            async with request as response:
                return Answer(response.status, await response.text(), dict(response.headers))
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return Answer(0)


def signed(secret: str, stamp: str, body: str) -> str:
    """Slack's signature of a request."""
    whole = f"v0:{stamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), whole, hashlib.sha256).hexdigest()
