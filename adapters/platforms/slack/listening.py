"""How Slack reaches us: signed requests over HTTP, or a socket that we open.

Bolt carries both to one function, before it acknowledges anything. The signature is checked here
and not by Bolt, which would write the whole body of a request that fails into its log.
"""

import asyncio
import contextlib
import os
from collections.abc import Iterator

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from adapters.platforms.slack.answering import Answers
from adapters.platforms.slack.errors import translated
from adapters.platforms.slack.events import Payload
from adapters.platforms.slack.line import Identity, Line, quiet
from adapters.proxies import proxy
from pipeline.errors import TryAgain

_CONNECT_SECONDS = 20.0
_PING_SECONDS = 10
_OURS = "SLACK_"
_NO_PROXY = "none"  # anything, so that the client looks for none; the right one is set later


def make_app(line: Line, us: Identity, answers: Answers) -> AsyncApp:
    """Bolt with one listener. What else it would read from the environment is kept from it.

    SLACK_CLIENT_ID, for one, would turn it into another kind of app that forgets its token.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=us.team, bot_user_id=us.user, bot_id=us.bot
        )

    async def take(body: Payload) -> BoltResponse:
        return await answers.take(body)

    async def failed(error: Exception, body: Payload) -> BoltResponse | None:
        return await answers.failed(error, body)

    with _without_our_variables():
        app = AsyncApp(
            name="slack_bolt.mltrainer",  # which its loggers are named after
            logger=quiet(),
            client=line.client(None, []),
            signing_secret="",
            authorize=authorize,
            request_verification_enabled=False,
        )
    app.middleware(take)
    app.error(failed)
    return app


class HttpEndpoint:
    """What answers POST /slack/events."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)

    async def __call__(self, request: Request) -> Response:
        """Answer a request whose signature is right; 401 for any other."""
        body = await request.body()
        if not self._is_signed(request, body):
            return Response("wrong signature", status_code=401)
        asked = AsyncBoltRequest(
            body=body.decode(), query=request.url.query, headers=dict(request.headers)
        )
        answer = await self._app.async_dispatch(asked)
        return Response(
            answer.body,
            status_code=answer.status,
            headers=answer.first_headers_without_set_cookie(),
        )

    def _is_signed(self, request: Request, body: bytes) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError):  # a time that is no number, a sign that is no ASCII
            return False


class Socket:
    """Socket Mode: once open, the client reconnects by itself until `close`."""

    def __init__(self, app: AsyncApp, line: Line, app_token: str) -> None:
        self._app = app
        self._line = line
        self._token = app_token
        self._client: SocketModeClient | None = None

    @property
    def connected(self) -> bool:
        """Whether the socket is open now."""
        client = self._client
        session = client.current_session if client else None
        return bool(client and session and not session.closed and not client.stale)

    async def connect(self) -> None:
        """Open the socket; PersonCanFix when the token does not do, TryAgain when Slack is away.

        The first address is asked for here: the client would ask for ever.
        """
        web = self._line.client(None, [])
        with translated():
            answer = await web.apps_connections_open(app_token=self._token)
        self._client = self._make_client(web)
        self._client.wss_uri = answer["url"]
        self._client.proxy = proxy(answer["url"])
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._client.connect()  # type: ignore[no-untyped-call]  # not annotated there
        except TimeoutError:
            await self.close()
            raise TryAgain("Slack's socket could not be opened in time.", "Try again.") from None

    async def close(self) -> None:
        """Close the socket for good."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]  # not annotated there

    def _make_client(self, web: AsyncWebClient) -> SocketModeClient:
        return AsyncSocketModeHandler(
            self._app,
            self._token,
            logger=quiet(),
            web_client=web,
            proxy=_NO_PROXY,
            ping_interval=_PING_SECONDS,
        ).client


@contextlib.contextmanager
def _without_our_variables() -> Iterator[None]:
    """Hide every SLACK_… variable for the moment in which Bolt would read them."""
    hidden = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith(_OURS)}
    try:
        yield
    finally:
        os.environ.update(hidden)
