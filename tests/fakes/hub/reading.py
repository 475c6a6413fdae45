"""What is read of the Hub: who one is, repositories, their trees, their files, and the search."""

import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.hub.answers import CUT, HUB, kind_of, not_let_in, refused, seen, who
from tests.fakes.hub.repos import Content, Repo, part_of, sha256_of
from tests.fakes.hub.spaces import runtime_of, subdomain_of

_REPO = r"/api/{kind:models|datasets|spaces}/{id:[\w.-]+(/[\w.-]+)?}"
_FILE = r"/{kind:(datasets/|spaces/)?}{id:[\w.-]+(/[\w.-]+)?}/{how:resolve|raw}"
_BLOCK = 1 << 20


def add_to(router: web.UrlDispatcher) -> None:
    """Its routes. A revision may hold a slash as %2F."""
    router.add_get("/api/whoami-v2", _whoami)
    router.add_get("/api/{kind:models|datasets|spaces}", _search)
    router.add_get(_REPO + "/revision/{revision:.+}", _describe)
    router.add_get(_REPO + "/auth-check", _auth_check)
    router.add_get(_REPO + "/discussions", _discussions)
    router.add_get(_REPO + "/tree/{revision:refs/[^/]+/[^/]+|[^/]+}{path:(/.*)?}", _tree)
    router.add_get(_REPO, _describe)
    router.add_get(_FILE + "/{revision:refs/[^/]+/[^/]+|[^/]+}/{name:.+}", _give)


async def _whoami(request: web.Request) -> web.Response:
    token = who(request)
    if token is None:
        return refused(401, "Invalid username or password.")
    return web.json_response(token.whoami())


async def _search(request: web.Request) -> web.Response:
    """Ids that hold the words, the most downloaded first, a page at a time."""
    words, token = request.query.get("search", "").lower(), who(request)
    every = request.app[HUB].repos(kind_of(request)).items()
    found = [
        (name, repo)
        for name, repo in every
        if words in name.lower() and (not repo.private or (token and token.may_read(name, repo)))
    ]
    found.sort(key=lambda one: -one[1].downloads)
    told = [_facts(request, name, repo, blobs=False) for name, repo in found]
    most = int(request.query.get("limit", request.app[HUB].page))
    return _paged(request, told, min(most, request.app[HUB].page))


def _paged(request: web.Request, every: list[dict[str, Any]], most: int) -> web.Response:
    begin = int(request.query.get("cursor", 0))
    headers = {}
    if begin + most < len(every):
        following = request.url.update_query(cursor=str(begin + most))
        headers["Link"] = f'<{following}>; rel="next"'
    return web.json_response(every[begin : begin + most], headers=headers)


async def _describe(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    name, repo = found
    if request.match_info["id"] != name:
        place = request.path_qs.replace(request.match_info["id"], name)
        return web.Response(status=307, headers={"Location": place})
    state = repo.at(_revision(request))
    if state is None:
        return refused(404, "Invalid rev id", "RevisionNotFound")
    return web.json_response(_facts(request, name, repo, state, blobs="blobs" in request.query))


def _revision(request: web.Request) -> str | None:
    told = request.match_info.get("revision")
    return None if told is None else unquote(told)


def _facts(
    request: web.Request, name: str, repo: Repo, state: Repo | None = None, *, blobs: bool
) -> dict[str, Any]:
    state, kind = state or repo, kind_of(request)
    told: dict[str, Any] = {
        "_id": "0" * 24,
        "id": name,
        "author": name.partition("/")[0],
        "sha": state.revision,
        "private": repo.private,
        "gated": "auto" if repo.gated else False,
        "disabled": repo.disabled,
        "downloads": repo.downloads,
        "likes": 0,
        "tags": [],
        "lastModified": "2026-11-01T00:00:00.000Z",
        "createdAt": "2026-11-01T00:00:00.000Z",
        "cardData": state.card,
        "siblings": [state.described(one, blobs=blobs) for one in sorted(state.files)],
    }
    if kind == "space":
        told |= {"sdk": repo.sdk, "subdomain": subdomain_of(name), "runtime": runtime_of(repo)}
    return told


async def _auth_check(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    return not_let_in(request, *found) or web.json_response({})


async def _discussions(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    name, repo = found
    one = {
        "num": 7,
        "title": "Adding `safetensors` variant of this model",
        "author": {"name": repo.proposed_by},
        "status": "open",
        "isPullRequest": True,
        "createdAt": "2026-11-01T00:00:00.000Z",
        "repo": {"name": name, "type": "model"},
    }
    listed = [one] if repo.proposed else []
    return web.json_response({"count": len(listed), "start": 0, "discussions": listed})


async def _tree(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    state = found[1].at(_revision(request))
    if state is None:
        return refused(404, "Invalid rev id", "RevisionNotFound")
    below = unquote(request.match_info["path"]).strip("/")
    is_deep = request.query.get("recursive", "").lower() in {"true", "1"}
    listed = _entries(state, below, is_deep=is_deep)
    if below and not listed:
        return refused(404, "Entry not found", "EntryNotFound")
    return _paged(request, listed, request.app[HUB].page)


def _entries(state: Repo, below: str, *, is_deep: bool) -> list[dict[str, Any]]:
    front = f"{below}/" if below else ""
    listed: dict[str, dict[str, Any]] = {}
    for name in sorted(state.files):
        if not name.startswith(front):
            continue
        parts = name.removeprefix(front).split("/")
        for depth in range(1, len(parts) if is_deep else min(len(parts), 2)):
            folder = front + "/".join(parts[:depth])
            told = {"type": "directory", "path": folder, "oid": "d" * 40, "size": 0}
            listed.setdefault(folder, told)
        if is_deep or len(parts) == 1:
            listed[name] = state.entry(name)
    return list(listed.values())


async def _give(request: web.Request) -> web.StreamResponse:
    """A file or a range of it."""
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    if kept_out := not_let_in(request, *found):
        return kept_out
    name, repo = unquote(request.match_info["name"]), found[1]
    state = repo.at(_revision(request))
    if state is None:
        return refused(404, "Invalid rev id", "RevisionNotFound")
    if name not in state.files:
        headers = {"X-Repo-Commit": state.revision}
        return refused(404, "Entry not found", "EntryNotFound", headers=headers)
    return await _sent(request, repo, state, name)


async def _sent(request: web.Request, repo: Repo, state: Repo, name: str) -> web.StreamResponse:
    size = len(state.files[name])
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    begin = int(asked[1]) if asked else 0
    end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
    if asked and begin >= size:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {
        "ETag": f'"{sha256_of(state.files[name])}"',
        "X-Repo-Commit": state.revision,
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - begin),
    }
    if "lfs" in state.entry(name):
        headers |= {"X-Linked-Size": str(size), "X-Linked-Etag": headers["ETag"]}
    if asked:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    answer = web.StreamResponse(status=206 if asked else 200, headers=headers)
    if request.method == "HEAD":
        return answer
    repo.asked.append(f"{name} from {begin}")
    await answer.prepare(request)
    await _write(request, answer, state.files[name], begin, end)
    return answer


async def _write(
    request: web.Request, answer: web.StreamResponse, content: Content, begin: int, end: int
) -> None:
    hub = request.app[HUB]
    until = begin + (end - begin) // 2 if request.get(CUT) else end
    breaks_down = hub.cut_after and request.path.endswith(".safetensors")
    if breaks_down:
        until, hub.cut_after, hub.broken = begin + hub.cut_after, 0, 503
    for place in range(begin, until, _BLOCK):
        await answer.write(part_of(content, place, min(place + _BLOCK, until)))
    if until < end and request.transport is not None:
        request.transport.close()
