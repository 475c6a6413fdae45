"""The fake's web server: REST, the gateway, and the files of the CDN."""

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from tests.fakes.discord.asking import Answered, Asked, Call, Site, ids_of, route_of
from tests.fakes.discord.faults import Fault, Faults
from tests.fakes.discord.refusals import Refused
from tests.fakes.discord.routes import ROUTES, WITHOUT_TOKEN
from tests.fakes.discord.wire import counts
from tests.fakes.discord.world import Value
from tests.fakes.people import Upload

LARGEST = 128 * 2**20
VERSION = "10"


class Server:
    """Answers HTTP; `base` is known once it listens."""

    def __init__(self, site: Site, faults: Faults) -> None:
        self._site, self._faults = site, faults
        self.calls: list[Call] = []
        self.cdn_tokens: list[str] = []
        self.downloads: list[str] = []
        app = web.Application(client_max_size=LARGEST)
        app.router.add_get("/gateway/", site.gateway.link)
        app.router.add_route("*", "/api/v{version}/{path:.*}", self._call)
        app.router.add_get("/cdn/attachments/{channel}/{file}/{name}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start(self) -> str:
        """Listen on a free port; returns the address."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port, *_ = self._runner.addresses[0]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        await self._site.gateway.drop()
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        call = Call(route_of(request.method, path), path)
        self.calls.append(call)
        await _take_in(request, call)
        fault = await self._fault_of(call.route)
        if fault and fault.kind == "refuse" and not fault.after:
            return _failed(call, fault)
        response = self._answer(request, call)
        if fault and fault.kind == "refuse":
            return _failed(call, fault)
        return _cut(request, response) if fault and fault.kind == "lose" else response

    async def _fault_of(self, route: str) -> Fault | None:
        fault = self._faults.next_of(route)
        await asyncio.sleep(fault.seconds if fault else 0)
        return fault

    def _answer(self, request: web.Request, call: Call) -> web.Response:
        headers: dict[str, str] = {"Via": "1.1 google"}
        try:
            self._authorize(request, call)
            ids = ids_of(call.path)
            major = call.path if call.route.startswith("POST /interactions") else "".join(ids[:1])
            headers |= self._site.rates.count(call.route, major, self._site.world.now())
            answered = self._ask(request, call, ids)
        except Refused as refused:
            return _document(call, refused.document, refused.status, headers | refused.headers)
        return _document(call, answered.document, answered.status, headers)

    def _authorize(self, request: web.Request, call: Call) -> None:
        """The bot's token; an interaction's own token needs none beside it."""
        if call.path.startswith(WITHOUT_TOKEN):
            return
        given = request.headers.get("Authorization", "")
        if given != f"Bot {self._site.gateway.token}":
            raise Refused(0)

    def _ask(self, request: web.Request, call: Call, ids: tuple[str, ...]) -> Answered:
        function = ROUTES.get(call.route)
        if function is None or request.match_info["version"] != VERSION:
            return Answered({"message": "404: Not Found", "code": 0}, 404)
        asked = Asked(ids, dict(request.query), call.body, list(call.files.values()))
        return function(self._site, asked)

    async def _download(self, request: web.Request) -> web.Response:
        """A file, for anybody who knows its address, as long as that counts."""
        self.cdn_tokens.extend(request.headers.getall("Authorization", []))
        self.downloads.append(request.match_info["name"])
        fault = await self._fault_of("download")
        if fault and fault.kind == "refuse":
            return _plain(fault.body, fault.status, fault.headers)
        file = self._site.world.files.get(request.match_info["file"])
        if file is None or not counts(self._site.world, file, request.query):
            words = "This content is no longer available."
            return web.Response(status=404, text=words)
        return web.Response(body=file.content, content_type="application/octet-stream")


async def _take_in(request: web.Request, call: Call) -> None:
    """Read a body: JSON, or JSON with files beside it."""
    if request.content_type.startswith("multipart/"):
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                content = part.file.read()
                call.files[name] = Upload(part.filename, content)
                call.raw += f"\n{part.filename}\n{content.decode('latin-1')}"
            else:
                call.raw += str(part)
                call.body = json.loads(str(part))
        return
    call.raw = (await request.read()).decode()
    call.body = json.loads(call.raw) if call.raw else {}


def _document(call: Call, document: Value, status: int, headers: Mapping[str, str]) -> web.Response:
    """JSON of exactly this content type: the real client takes any other for text."""
    call.status, call.answer = status, document
    if status == 204:
        return web.Response(status=status, headers=headers)
    return _plain(document, status, headers)


def _failed(call: Call, fault: Fault) -> web.Response:
    call.status, call.answer = fault.status, fault.body
    return _plain(fault.body, fault.status, fault.headers)


def _plain(body: Value, status: int, headers: Mapping[str, str]) -> web.Response:
    if isinstance(body, str):
        return web.Response(text=body, status=status, headers=headers)
    shown = {**headers, "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=shown)


def _cut(request: web.Request, response: web.Response) -> web.Response:
    if request.transport:
        request.transport.close()
    return response
