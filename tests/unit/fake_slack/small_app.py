"""A small real Bolt app, over HTTP or Socket Mode, that remembers what it was told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.slack import FakeSlack
from tests.unit.fake_slack.refusing import actions, button, section

Body = dict[str, Any]
CARD = [
    section("Shall I?"),
    actions(
        button("Form", "form"),
        button("Cancel", "cancel", style="danger", confirm=None),
        button("Open", "open", url="https://example.com/model"),
    ),
]
CONFIRM = {
    "title": {"type": "plain_text", "text": "Cancel?"},
    "text": {"type": "plain_text", "text": "Training stops."},
}
CARD[1]["elements"][1]["confirm"] = CONFIRM  # type: ignore[index]


@dataclass
class Told:
    """Bodies of what arrived, and how often a listener shall fail before it acknowledges."""

    bodies: list[Body] = field(default_factory=list)
    headers: list[dict[str, Any]] = field(default_factory=list)
    failing: int = 0

    def of(self, kind: str) -> list[Body]:
        return [
            one for one in self.bodies if kind in {one["type"], one.get("event", {}).get("type")}
        ]


def form(title: str = "Your key") -> Body:
    label = {"type": "plain_text", "text": "Hugging Face token"}
    choices = [
        {"text": {"type": "plain_text", "text": one}, "value": one} for one in ("public", "private")
    ]
    return {
        "type": "modal",
        "callback_id": "key",
        "private_metadata": "state",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [
            {
                "type": "input",
                "block_id": "token",
                "label": label,
                "element": {"type": "plain_text_input", "action_id": "v", "max_length": 50},
            },
            {
                "type": "input",
                "block_id": "seen",
                "label": {"type": "plain_text", "text": "Seen by"},
                "element": {"type": "static_select", "action_id": "v", "options": choices},
            },
            {
                "type": "input",
                "block_id": "files",
                "optional": True,
                "label": {"type": "plain_text", "text": "Data"},
                "element": {"type": "file_input", "action_id": "v"},
            },
        ],
    }


def make_app(client: AsyncWebClient, secret: str, told: Told) -> AsyncApp:
    """An app that shows a card when mentioned, a form on a click, and keeps what is sent."""
    app = AsyncApp(client=client, signing_secret=secret)

    @app.middleware
    async def remember(body: Body, req: Any, next: Any) -> None:  # noqa: A002, ANN401 - Bolt's names
        if told.failing:
            told.failing -= 1
            raise RuntimeError("not now")
        told.bodies.append({"type": "command", **body})
        told.headers.append(req.headers)
        await next()

    @app.event("app_mention")
    async def mention(event: Body) -> None:
        root = event.get("thread_ts") or event["ts"]
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=root, text="Shall I?", blocks=CARD
        )

    @app.event("message")
    async def message() -> None:
        pass

    add_clicks(app, client)
    add_forms(app, client)
    return app


def add_clicks(app: AsyncApp, client: AsyncWebClient) -> None:
    @app.action("form")
    async def opens(ack: Any, body: Body) -> None:  # noqa: ANN401 - Bolt's
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("cancel")
    async def cancel(ack: Any, respond: Any) -> None:  # noqa: ANN401 - Bolt's
        await ack()
        await respond("Cancelled", response_type="ephemeral", replace_original=False)

    @app.action("open")
    async def follow(ack: Any) -> None:  # noqa: ANN401 - Bolt's
        await ack()


def add_forms(app: AsyncApp, client: AsyncWebClient) -> None:
    @app.view("key")
    async def key(ack: Any, view: Body) -> None:  # noqa: ANN401 - Bolt's
        value = view["state"]["values"]["token"]["v"]["value"]
        if value == "bad":
            await ack(response_action="errors", errors={"token": "That is no token"})
        elif value == "more":
            await ack(response_action="update", view=form("One more"))
        else:
            await ack()

    @app.command("/mltrainer")
    async def command(ack: Any, command: Body) -> None:  # noqa: ANN401 - Bolt's
        await ack(f"you said {command['text']}")

    @app.shortcut("job_menu")
    async def menu(ack: Any, body: Body) -> None:  # noqa: ANN401 - Bolt's
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form("Job actions"))


@asynccontextmanager
async def running(slack: FakeSlack) -> AsyncIterator[Told]:
    """The app at work, in the way that the fake wants."""
    told = Told()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        app = make_app(client, slack.signing_secret, told)
        way = over_sockets(slack, app) if slack.socket_mode else over_http(slack, app)
        async with way:
            yield told


@asynccontextmanager
async def over_sockets(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app_token)
    before = slack.sockets.opened
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt's
    try:
        while slack.sockets.opened == before:
            await asyncio.sleep(0.01)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # the same


@asynccontextmanager
async def over_http(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    web = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, port=0, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    slack.listen_at(f"http://127.0.0.1:{port}/slack/events")
    try:
        yield
    finally:
        server.should_exit = True
        await serving
