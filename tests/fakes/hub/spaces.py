"""Spaces: which hardware is given to whom, how one starts, its logs, and the page that answers."""

import json
import re
from typing import Any

from aiohttp import web

from tests.fakes.hub.answers import HUB, not_allowed, refused, seen, who
from tests.fakes.hub.people import Token
from tests.fakes.hub.repos import Repo, part_of

_SPACE = r"/api/{kind:spaces}/{id:[\w.-]+/[\w.-]+}"
_FRONT = "/_space/{subdomain}"
_FREE = {"cpu-basic", "zero-a10g"}
_MOST_ZERO = 2
_NEEDS_PRO = (
    "Static Spaces are free for everyone, but hosting Gradio and Docker Spaces on free cpu-basic "
    "requires a PRO subscription."
)


def add_to(router: web.UrlDispatcher) -> None:
    """Its routes, and those of the pages themselves."""
    router.add_get(_SPACE + "/runtime", _runtime)
    router.add_post(_SPACE + "/hardware", _hardware)
    router.add_post(_SPACE + "/restart", _restart)
    router.add_get(_SPACE + "/logs/{log:build|run}", _logs)
    router.add_get(_SPACE + "/{what:secrets|variables}", _listed)
    router.add_post(_SPACE + "/{what:secrets|variables}", _added)
    router.add_get(_FRONT + "/gradio_api/info", _info)
    router.add_post(_FRONT + "/gradio_api/upload", _upload)
    router.add_post(_FRONT + "/gradio_api/call/{function}", _call)
    router.add_get(_FRONT + "/gradio_api/call/{function}/{event}", _result)
    router.add_get(_FRONT + "/", _page)


def subdomain_of(name: str) -> str:
    """The name that a Space's own address begins with."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def hardware_refused(
    request: web.Request, token: Token, name: str, repo: Repo
) -> web.Response | None:
    """The refusal of hardware that this account is not given."""
    if repo.sdk == "static":
        return None
    if repo.hardware not in _FREE and not token.account.pro:
        return refused(402, "Payment is required for this hardware.")
    if repo.hardware == "cpu-basic" and not token.account.pro:
        return refused(402, _NEEDS_PRO)
    if repo.hardware != "zero-a10g" or token.account.pro:
        return None
    others = [
        one
        for other, one in request.app[HUB].spaces.items()
        if other != name and other.startswith(f"{token.account.name}/")
    ]
    used = sum(one.hardware == "zero-a10g" for one in others)
    if token.account.may_use_zero and used < _MOST_ZERO:
        return None
    return refused(403, "You have reached the limit of ZeroGPU Spaces of your account.")


def runtime_of(repo: Repo) -> dict[str, Any]:
    """What the Hub says of a Space now."""
    stage = repo.stages[0]
    told: dict[str, Any] = {
        "stage": stage,
        "hardware": {
            "current": repo.hardware if stage == "RUNNING" else None,
            "requested": repo.hardware or None,
        },
        "storage": None,
        "gcTimeout": 172800,
        "replicas": {"current": 1, "requested": 1},
    }
    if stage.endswith("_ERROR"):
        told["errorMessage"] = "Job failed with exit code: 1"
    return told


def restarted(request: web.Request, repo: Repo) -> None:
    """Begin again after a commit; what cannot work says so in the end."""
    card = repo.front_matter
    stages = list(request.app[HUB].space_stages)
    if card.get("sdk") != repo.sdk:
        stages = ["CONFIG_ERROR"]
    elif repo.sdk == "static":
        stages = ["RUNNING"] if "index.html" in repo.files else ["NO_APP_FILE"]
    elif (app := card.get("app_file", "app.py")) not in repo.files:
        stages = ["NO_APP_FILE"]
    elif repo.hardware == "zero-a10g":
        code = part_of(repo.files[app], 0, 1 << 20)
        stages = stages if b"@spaces.GPU" in code else ["BUILDING", "RUNTIME_ERROR"]
    repo.stages = stages


async def _runtime(request: web.Request) -> web.Response:
    """Each look finds it one stage further."""
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    told = runtime_of(found[1])
    del found[1].stages[: len(found[1].stages) > 1]
    return web.json_response(told)


async def _hardware(request: web.Request) -> web.Response:
    found, token = seen(request), who(request)
    if isinstance(found, web.Response):
        return found
    kept_out = not_allowed(request, found[0])
    if token is None or kept_out:
        return kept_out or refused(401, "Invalid username or password.")
    name, repo = found
    before, repo.hardware = repo.hardware, (await request.json())["flavor"]
    if refusal := hardware_refused(request, token, name, repo):
        repo.hardware = before
        return refusal
    restarted(request, repo)
    return web.json_response(runtime_of(repo))


async def _restart(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    if kept_out := not_allowed(request, found[0]):
        return kept_out
    restarted(request, found[1])
    return web.json_response(runtime_of(found[1]))


async def _logs(request: web.Request) -> web.StreamResponse:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    if kept_out := not_allowed(request, found[0]):
        return kept_out
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    for number in range(3):
        told = {"timestamp": "2026-11-01T00:00:00.000Z", "data": f"line {number}\n"}
        await answer.write(f"data: {json.dumps(told)}\n\n".encode())
    return answer


async def _listed(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    if request.match_info["what"] == "secrets":
        kept = {key: {"updatedAt": "2026-11-01T00:00:00.000Z"} for key in found[1].secrets}
        return not_allowed(request, found[0]) or web.json_response(kept)
    return web.json_response({key: {"value": one} for key, one in found[1].variables.items()})


async def _added(request: web.Request) -> web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    if kept_out := not_allowed(request, found[0]):
        return kept_out
    told = await request.json()
    kept = found[1].secrets if request.match_info["what"] == "secrets" else found[1].variables
    kept[told["key"]] = told["value"]
    return web.json_response({})


def _running(request: web.Request) -> Repo | web.Response:
    """The Space of an address, if it runs and this token may see it."""
    spaces, token = request.app[HUB].spaces, who(request)
    for name, repo in spaces.items():
        if subdomain_of(name) == request.match_info["subdomain"]:
            is_seen = not repo.private or (token is not None and token.may_read(name, repo))
            if is_seen and repo.stages == ["RUNNING"]:
                return repo
    return web.Response(status=404, text="Sorry, we can't find the page you are looking for.")


async def _page(request: web.Request) -> web.Response:
    repo = _running(request)
    if isinstance(repo, web.Response):
        return repo
    page = part_of(repo.files.get("index.html", b"<html></html>"), 0, 1 << 20)
    return web.Response(body=page, content_type="text/html")


async def _info(request: web.Request) -> web.Response:
    repo = _running(request)
    if isinstance(repo, web.Response):
        return repo
    if repo.sdk != "gradio":
        return web.Response(status=404)
    box = {"label": repo.box, "component": repo.box, "example_input": "Hello!!"}
    named = {"/lambda": {"parameters": [box], "returns": [{"label": "Answer"}]}}
    return web.json_response({"named_endpoints": named, "unnamed_endpoints": {}})


async def _upload(request: web.Request) -> web.Response:
    repo = _running(request)
    if isinstance(repo, web.Response):
        return repo
    sent = (await request.post())["files"]
    if not isinstance(sent, web.FileField):
        return web.Response(status=422)
    return web.json_response([f"/tmp/gradio/{sent.filename}"])  # noqa: S108 (nothing is kept)


async def _call(request: web.Request) -> web.Response:
    repo = _running(request)
    if isinstance(repo, web.Response):
        return repo
    repo.questions.append((await request.json())["data"])
    return web.json_response({"event_id": str(len(repo.questions) - 1)})


async def _result(request: web.Request) -> web.Response:
    repo = _running(request)
    if isinstance(repo, web.Response):
        return repo
    try:
        told = repo.answer(repo.questions[int(request.match_info["event"])])
    except ArithmeticError:  # how a test lets a page fail
        return web.Response(text="event: error\ndata: null\n\n", content_type="text/event-stream")
    text = f"event: complete\ndata: {json.dumps(told)}\n\n"
    return web.Response(text=text, content_type="text/event-stream")
