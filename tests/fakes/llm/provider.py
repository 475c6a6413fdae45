"""One fake provider: its keys, its models, its script, and what it was asked."""

import asyncio
import json
import secrets
import string
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.llm.asked import NOTHING, Asked
from tests.fakes.llm.dialects import Dialect, Json, responses
from tests.fakes.llm.fitting import fitting
from tests.fakes.llm.replies import (
    Breaks,
    Calls,
    Fails,
    Fits,
    Hangs,
    Huge,
    Plain,
    Raw,
    Refuses,
    Reply,
    Says,
    Scripted,
    Slow,
    TooLong,
    Use,
)

_LETTERS = string.ascii_letters + string.digits
_SO_MANY = 4  # characters of a token, about


@dataclass
class Provider:
    """`front` begins each of its keys, which have `length` characters behind it; 0: it has none.

    `keys` are those it knows, each with the error it always gets, or None where it is good.
    `listing` is what the list of models answers instead, `listing_says` what it answers first;
    `otherwise` is answered behind the script.
    """

    name: str
    dialect: Dialect
    front: str
    length: int
    models: list[str]
    keys: dict[str, Fails | None] = field(default_factory=dict)
    otherwise: Scripted = field(default_factory=Fits)
    listing: Reply | None = None
    everything: list[Asked] = field(default_factory=list)
    port: int = 0
    key: str = field(init=False)
    _script: deque[Scripted] = field(default_factory=deque)
    _listings: deque[Reply] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.key = self.new_key() if self.length else ""

    @property
    def base(self) -> str:
        """What its *_API_BASE must be."""
        return f"http://127.0.0.1:{self.port}{self.dialect.suffix}"

    def will_say(self, *replies: Scripted) -> None:
        """The next answers, in order, behind those that are already planned."""
        self._script.extend(replies)

    def listing_says(self, *replies: Reply) -> None:
        """The next answers to who asks for the list of models."""
        self._listings.extend(replies)

    def new_key(self, fails: Fails | None = None) -> str:
        """One more key, good or always answered with an error."""
        key = self.front + "".join(secrets.choice(_LETTERS) for _ in range(self.length))
        self.keys[key] = fails
        return key

    @property
    def planned(self) -> int:
        """How many answers are still in the script."""
        return len(self._script)

    @property
    def asked(self) -> list[Asked]:
        """The questions to a model."""
        return [one for one in list(self.everything) if one.prompt is not NOTHING]

    def application(self) -> web.Application:
        """What listens on the provider's port."""
        app = web.Application(client_max_size=2**28)
        for path in self.dialect.chats:
            app.router.add_post(path, self._chat)
        app.router.add_get(self.dialect.lists, self._list)
        app.router.add_route("*", "/{rest:.*}", self._other)
        return app

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await self._keep(request, is_question=True)
        refusal = self._refusal(asked)
        return await self._give(request, asked, refusal or self._next(asked))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        asked = await self._keep(request)
        planned = self._listings.popleft() if self._listings else self.listing
        reply = self._refusal(asked) or planned
        if reply is None:
            return web.json_response(self.dialect.models(self.models))
        return await self._give(request, asked, reply)

    async def _other(self, request: web.Request) -> web.StreamResponse:
        """What litellm asks beside: Ollama is asked what a model can."""
        await self._keep(request)
        if request.path == "/api/show":
            able = {"capabilities": ["completion", "tools"], "template": "{{ .Tools }}"}
            return web.json_response({**able, "model_info": {"llama.context_length": 8192}})
        return web.json_response({"error": {"message": "no such path"}}, status=404)

    async def _keep(self, request: web.Request, *, is_question: bool = False) -> Asked:
        raw = (await request.read()).decode("utf-8", "replace")
        prompt = self.dialect.read(json.loads(raw), request.path) if is_question else NOTHING
        asked = Asked(
            provider=self.name,
            method=request.method,
            path=request.path_qs,
            headers=dict(request.headers),
            raw=raw,
            key=self.dialect.key(request.headers),
            prompt=prompt,
        )
        self.everything.append(asked)
        return asked

    def _refusal(self, asked: Asked) -> Fails | None:
        if not self.keys:
            return None
        return self.keys.get(asked.key, self.dialect.bad_key)

    def _next(self, asked: Asked) -> Reply:
        scripted = self._script.popleft() if self._script else self.otherwise
        return scripted(asked) if callable(scripted) else scripted

    async def _give(self, request: web.Request, asked: Asked, reply: Reply) -> web.StreamResponse:
        match reply:
            case Slow(seconds=seconds, reply=later):
                await asyncio.sleep(seconds)
                return await self._give(request, asked, later)
            case Hangs():
                await asyncio.Event().wait()
                raise AssertionError
            case Breaks(reply=whole, at=at):
                assert not isinstance(whole, Slow | Breaks | Hangs)
                return await _broken(request, self._body(asked, whole)[0], at)
            case _:
                body, status, headers = self._body(asked, reply)
                return web.Response(
                    text=body, status=status, headers=headers, content_type="application/json"
                )

    def _body(self, asked: Asked, reply: Plain) -> tuple[str, int, dict[str, str]]:
        match reply:
            case Raw(body=body, status=status):
                return body, status, {}
            case TooLong():
                return self._body(asked, self.dialect.too_long)
            case Fails(status=status, retry_after=after):
                header = {"retry-after": str(after)} if after is not None else {}
                return json.dumps(self.dialect.failed(reply)), status, header
            case _:
                return json.dumps(self._said(asked, reply)), 200, {}

    def _said(self, asked: Asked, reply: Says | Fits | Calls | Refuses | Huge) -> Json:
        usage = (len(asked.raw) // _SO_MANY, 1)
        speaker = responses if asked.path.endswith("/responses") else self.dialect
        if isinstance(reply, Refuses):
            return speaker.refused(asked.prompt, reply, usage)
        says, uses = _saying(asked, reply)
        counted = says.usage or (usage[0], 1 + len(says.text) // _SO_MANY)
        return speaker.said(asked.prompt, says, uses, counted)


def _saying(asked: Asked, reply: Says | Fits | Calls | Huge) -> tuple[Says, tuple[Use, ...]]:
    match reply:
        case Says():
            return reply, ()
        case Calls(uses=uses, text=text):
            return Says(text), uses
        case Huge(megabytes=size):
            return Says("a" * (size * 2**20)), ()
        case Fits():
            schema = asked.prompt.schema
            return Says("Hello." if schema is None else json.dumps(fitting(schema))), ()


async def _broken(request: web.Request, body: str, at: float) -> web.StreamResponse:
    """Promise the whole body, send a part of it, and hang up."""
    whole = body.encode()
    response = web.StreamResponse(
        headers={"Content-Type": "application/json", "Content-Length": str(len(whole))}
    )
    await response.prepare(request)
    await response.write(whole[: int(len(whole) * at)])
    if request.transport is not None:
        request.transport.close()
    return response
