"""Where files of the fake Kaggle are put and fetched: an address there is a key itself.

A request that carries another key is refused, as the real one does.
"""

import re
from pathlib import Path

from aiohttp import web

from tests.fakes.kaggle.world import Upload, World

_RANGE = re.compile(r"bytes=(\d+)-")
_PART = re.compile(r"bytes (?:\*|(\d+)-\d+)/(\d+)")
_BLOCK = 1 << 16


def application(world: World) -> web.Application:
    """Its two doors."""
    app = web.Application(client_max_size=1 << 30)

    async def put(request: web.Request) -> web.StreamResponse:
        upload = world.uploads.get(request.match_info["token"])
        if upload is None:
            raise web.HTTPNotFound
        _check(request)
        return await _put(world, upload, request)

    async def fetch(request: web.Request) -> web.StreamResponse:
        gift = world.gifts.get(request.match_info["key"])
        if gift is None:
            raise web.HTTPForbidden
        _check(request)
        fault = world.faults.taken("fetch")
        if fault is not None:
            raise web.HTTPServiceUnavailable
        return await _give(world, gift[1], request)

    app.router.add_put("/put/{token}", put)
    app.router.add_get("/fetch/{key}/{name}", fetch)
    return app


def _check(request: web.Request) -> None:
    if "Authorization" in request.headers:
        raise web.HTTPBadRequest(text="a signed address takes no other credentials")


async def _put(world: World, upload: Upload, request: web.Request) -> web.StreamResponse:
    part = _PART.fullmatch(request.headers.get("Content-Range", ""))
    if part and part[1] is not None and int(part[1]) != len(upload.content):
        raise web.HTTPBadRequest(text="a part does not begin where the last one ended")
    if part is None:
        upload.content.clear()
    begin, cut = len(upload.content), world.cut.pop(0) if world.cut else 0
    async for block in request.content.iter_chunked(_BLOCK):
        upload.content += block
        if cut and len(upload.content) - begin >= cut:
            del upload.content[begin + cut :]
            _break_off(request)
    if upload.whole:
        return web.Response()
    there = {"Range": f"bytes=0-{len(upload.content) - 1}"} if upload.content else {}
    return web.Response(status=308, headers=there)


async def _give(world: World, content: bytes | Path, request: web.Request) -> web.StreamResponse:
    data = content.read_bytes() if isinstance(content, Path) else content
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    begin = int(asked[1]) if asked else 0
    response = web.StreamResponse(status=206 if asked else 200)
    response.content_length = len(data) - begin
    await response.prepare(request)
    if world.cut:
        await response.write(data[begin : begin + world.cut.pop(0)])
        _break_off(request)
    await response.write(data[begin:])
    await response.write_eof()
    return response


def _break_off(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()
    raise ConnectionResetError
