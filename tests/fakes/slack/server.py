"""The fake's web server: the Web API, uploads, private files, response URLs, sockets."""

import asyncio
import json

from aiohttp import web

from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.response_urls import respond
from tests.fakes.slack.sockets import SocketRoad
from tests.fakes.slack.web_api import Call, WebApi, arguments_of
from tests.fakes.slack.workspace import Refused

LARGEST = 64 * 2**20
LOGIN_PAGE = "<!DOCTYPE html><html><body>Sign in to your workspace</body></html>"


class Server:
    """Answers HTTP; `port` is known once it listens."""

    def __init__(self, api: WebApi, faults: Faults, sockets: SocketRoad) -> None:
        self._api, self._faults, self._sockets = api, faults, sockets
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        app.router.add_post("/response/{url}", self._respond)
        app.router.add_get("/link", sockets.link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start(self) -> str:
        """Listen on a free port; returns the address."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port, *_ = self._runner.addresses[0]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        await self._sockets.drop()
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], (await request.read()).decode()
        call = Call(method, {}, body)
        self._api.calls.append(call)
        fault = await self._fault_of(method)
        if fault and fault.kind == "refuse":
            return _failed(call, fault)
        response = self._answer(request, call)
        return _cut(request, response) if fault and fault.kind == "lose" else response

    async def _fault_of(self, method: str) -> Fault | None:
        fault = self._faults.next_of(method)
        await asyncio.sleep(fault.seconds if fault else 0)
        return fault

    def _answer(self, request: web.Request, call: Call) -> web.Response:
        try:
            given = arguments_of(dict(request.query), request.content_type, call.body)
            token = _token(request) or str(given.pop("token", ""))
            call.arguments = given
            if call.method == "apps.connections.open":
                call.answer = self._sockets.open(token)
            else:
                call.answer = self._api.answer(call, token)
        except Refused as refused:
            return _refused(call, refused)
        scopes = ",".join(sorted(self._api.workspace.scopes))
        return web.json_response(call.answer, headers={"X-OAuth-Scopes": scopes})

    async def _upload(self, request: web.Request) -> web.Response:
        """Bytes raw or in a form; the address itself is the permission."""
        file = self._api.workspace.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        if request.content_type.startswith("multipart/"):
            parts = (await request.post()).values()
            file.content = next(one.file.read() for one in parts if isinstance(one, web.FileField))
        else:
            file.content = await request.read()
        self._api.calls.append(Call("upload", {"file": file.id}, file.content.decode("latin-1")))
        return web.Response(text=f"OK - {len(file.content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A private file; whoever may not have it gets a sign-in page, and status 200."""
        fault = await self._fault_of("download")
        if fault and fault.kind == "refuse":
            return _plain(fault)
        file = self._api.workspace.files.get(request.match_info["file"])
        try:
            self._api.authorize(_token(request))
            self._api.need("files:read")
        except Refused:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if file is None:
            return web.Response(status=404, text="file not found")
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _respond(self, request: web.Request) -> web.Response:
        call = Call("response_url", {}, (await request.read()).decode())
        self._api.calls.append(call)
        fault = await self._fault_of("response_url")
        if fault and fault.kind == "refuse":
            return _failed(call, fault)
        try:
            call.arguments = json.loads(call.body)
            respond(self._api.workspace, request.match_info["url"], call.arguments)
        except Refused as refused:
            call.answer = {"ok": False, "error": refused.error}
            return web.json_response(call.answer, status=refused.status)
        call.answer = {"ok": True}
        return web.Response(text="ok")


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _refused(call: Call, refused: Refused) -> web.Response:
    call.answer = {"ok": False, "error": refused.error, **refused.more}
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    return web.json_response(call.answer, status=refused.status, headers=headers)


def _failed(call: Call, fault: Fault) -> web.Response:
    if isinstance(fault.body, dict):
        call.answer = fault.body
    return _plain(fault)


def _plain(fault: Fault) -> web.Response:
    if isinstance(fault.body, dict):
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)
    return web.Response(text=fault.body, status=fault.status, headers=fault.headers)


def _cut(request: web.Request, response: web.Response) -> web.Response:
    """Drop the connection after the work was done."""
    if request.transport:
        request.transport.abort()
    return response
