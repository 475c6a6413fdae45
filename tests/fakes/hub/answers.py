"""How the Hub answers: refusals with its own headers, and repositories as a token may see them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.hub.people import Token
from tests.fakes.hub.repos import PREFIX, Kind, Repo

if TYPE_CHECKING:
    from tests.fakes.hub.server import FakeHub

HUB: "web.AppKey[FakeHub]" = web.AppKey("hub")
WHO: "web.RequestKey[Token | None]" = web.RequestKey("who")
CUT = web.RequestKey("cut", bool)
PATIENCE = 0.02
_KINDS: Mapping[str, Kind] = {"models": "model", "datasets": "dataset", "spaces": "space"}


def refused(
    status: int, message: str, code: str = "", *, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An error as the Hub words it."""
    told = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
    body = {"error": message}
    return web.json_response(body, status=status, headers={**told, **(headers or {})})


def bearer(request: web.Request) -> str:
    """The token of a request, if it has one."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def who(request: web.Request) -> Token | None:
    """Whose token a request has."""
    return request.get(WHO)


def kind_of(request: web.Request) -> Kind:
    """The kind of repository that a path is about."""
    told = request.match_info.get("kind", "")
    return _KINDS.get(told.strip("/"), "model")


def id_of(request: web.Request) -> str:
    """The repository that a path is about; one that has moved has another name by now."""
    name = unquote(request.match_info["id"])
    return request.app[HUB].moved.get(name, name)


def seen(request: web.Request) -> tuple[str, Repo] | web.Response:
    """The repository of a path, if this token may know of it; else the refusal."""
    token, name = who(request), id_of(request)
    repo = request.app[HUB].repos(kind_of(request)).get(name)
    if repo is None or (repo.private and not (token and token.may_read(name, repo))):
        if token is None:
            return refused(401, "Invalid username or password.", "RepoNotFound")
        return refused(404, "Repository not found", "RepoNotFound")
    if repo.disabled:
        return refused(403, "Access to this resource is disabled.")
    return name, repo


def not_let_in(request: web.Request, name: str, repo: Repo) -> web.Response | None:
    """The refusal of a gated repository, where it keeps this token out."""
    token = who(request)
    if not repo.gated or (token is not None and token.may_enter(name, repo)):
        return None
    message = f"Access to {name} is restricted. You must have access to it and be authenticated."
    return refused(401 if token is None else 403, message, "GatedRepo")


def not_allowed(request: web.Request, name: str) -> web.Response | None:
    """The refusal of a token that may not write here."""
    token = who(request)
    if token is None:
        return refused(401, "Invalid username or password.")
    if token.may_write(name):
        return None
    owner = name.partition("/")[0]
    return refused(403, f"You don't have the rights to do this under the namespace {owner!r}")


def page_of(request: web.Request, kind: Kind, name: str) -> str:
    """Where people look at a repository."""
    return f"{request.app[HUB].url}/{PREFIX[kind]}{name}"
