"""What is written to the Hub: repositories made and deleted, files sent, LFS, commits."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.hub.answers import HUB, kind_of, not_allowed, page_of, refused, seen, who
from tests.fakes.hub.repos import (
    PREFIX,
    Kind,
    Large,
    Repo,
    blob_of,
    front_matter_of,
    goes_large,
    sha256_of,
)
from tests.fakes.hub.spaces import hardware_refused, restarted

_REPO = r"/api/{kind:models|datasets|spaces}/{id:[\w.-]+/[\w.-]+}"
_LFS = r"/{kind:(datasets/|spaces/)?}{id:[\w.-]+/[\w-]+(\.(?!git)[\w-]+)*}.git/info/lfs"
_GIT_LFS = "application/vnd.git-lfs+json"


def add_to(router: web.UrlDispatcher) -> None:
    """Its routes. What is sent to LFS goes to a signed address, without a token."""
    router.add_post("/api/repos/create", _create)
    router.add_delete("/api/repos/delete", _delete)
    router.add_post("/api/validate-yaml", _validate)
    router.add_get(_REPO + "/auth-check/write", _may_write)
    router.add_put(_REPO + "/settings", _settings)
    router.add_post(_REPO + "/preupload/{revision:.+}", _preupload)
    router.add_post(_REPO + "/commit/{revision:.+}", _commit)
    router.add_post(_LFS + "/objects/batch", _batch)
    router.add_put("/_large/{oid}", _put)
    router.add_post("/api/_verify", _verify)


async def _create(request: web.Request) -> web.Response:
    told, token = await request.json(), who(request)
    if token is None:
        return refused(401, "Invalid username or password.")
    kind: Kind = told.get("type") or "model"
    name = f"{told.get('organization') or token.account.name}/{told['name']}"
    if kept_out := not_allowed(request, name):
        return kept_out
    repos = request.app[HUB].repos(kind)
    url = page_of(request, kind, name)
    if name in repos:
        message = f"You already created this {kind} repo"
        return web.json_response({"error": message, "url": url}, status=409)
    repo = Repo({}, license=None, private=told.get("visibility") == "private")
    if kind == "space":
        repo.sdk, repo.hardware = told.get("sdk", ""), told.get("hardware") or "cpu-basic"
        if refusal := hardware_refused(request, token, name, repo):
            return refusal
        repo.secrets = {one["key"]: one["value"] for one in told.get("secrets") or ()}
        repo.variables = {one["key"]: one["value"] for one in told.get("variables") or ()}
    repo.files[".gitattributes"] = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
    repo.commit("initial commit", token.account.name)
    repos[name] = repo
    return web.json_response({"url": url, "name": name, "id": "0" * 24})


async def _delete(request: web.Request) -> web.Response:
    told, token = await request.json(), who(request)
    owner = told.get("organization") or (token.account.name if token else "")
    name = f"{owner}/{told['name']}"
    kind: Kind = told.get("type") or "model"
    if kept_out := not_allowed(request, name):
        return kept_out
    request.app[HUB].repos(kind).pop(name, None)
    return web.json_response({})


async def _settings(request: web.Request) -> web.Response:
    found = _to_write(request)
    if isinstance(found, web.Response):
        return found
    told = await request.json()
    found[1].private = told.get("visibility", "public") == "private" or bool(told.get("private"))
    return web.json_response({"private": found[1].private})


async def _validate(request: web.Request) -> web.Response:
    told = await request.json()
    try:
        card = front_matter_of(told["content"].encode())
    except ValueError:
        return web.json_response({"errors": [{"message": "Invalid YAML"}], "warnings": []})
    if card is None:
        warning = {"message": "empty or missing yaml metadata in repo card"}
        return web.json_response({"errors": [], "warnings": [warning]})
    errors = []
    if told.get("repoType") == "space" and not card.get("sdk"):
        errors.append({"message": '"sdk" is required'})
    if not isinstance(card.get("tags", []), list):
        errors.append({"message": '"tags" must be an array'})
    return web.json_response({"errors": errors, "warnings": []}, status=400 if errors else 200)


def _to_write(request: web.Request) -> tuple[str, Repo] | web.Response:
    found = seen(request)
    if isinstance(found, web.Response):
        return found
    return not_allowed(request, found[0]) or found


async def _may_write(request: web.Request) -> web.Response:
    found = _to_write(request)
    return found if isinstance(found, web.Response) else web.json_response({})


async def _preupload(request: web.Request) -> web.Response:
    found = _to_write(request)
    if isinstance(found, web.Response):
        return found
    repo, told = found[1], await request.json()
    files = [_mode(repo, one["path"], one["size"]) for one in told["files"]]
    return web.json_response({"files": files, "commitOid": repo.revision})


def _mode(repo: Repo, path: str, size: int) -> dict[str, Any]:
    """How a file is to be sent; the `oid` of the one that is there lets equal ones be left out."""
    is_large = goes_large(path, size)
    told: dict[str, Any] = {
        "path": path,
        "uploadMode": "lfs" if is_large else "regular",
        "shouldIgnore": False,
    }
    if (content := repo.files.get(path)) is not None:
        told["oid"] = sha256_of(content) if is_large else blob_of(content)
    return told


async def _batch(request: web.Request) -> web.Response:
    found = _to_write(request)
    if isinstance(found, web.Response):
        return found
    hub, told = request.app[HUB], await request.json()
    objects = []
    for one in told["objects"]:
        answer: dict[str, Any] = {"oid": one["oid"], "size": one["size"]}
        if one["oid"] not in hub.verified:
            answer["actions"] = {
                "upload": {"href": f"{hub.url}/_large/{one['oid']}", "header": {}},
                "verify": {"href": f"{hub.url}/api/_verify", "header": {}},
            }
        objects.append(answer)
    body = {"transfer": "basic", "objects": objects}
    return web.json_response(body, content_type=_GIT_LFS)


async def _put(request: web.Request) -> web.Response:
    """Keep a large file, if it is what its name says."""
    hub, oid = request.app[HUB], request.match_info["oid"]
    if "Authorization" in request.headers:
        return refused(400, "Only one auth mechanism allowed")
    path, digest, size = hub.folder / f"{oid}.part", hashlib.sha256(), 0
    with path.open("wb") as file:
        async for block in request.content.iter_chunked(1 << 20):
            digest.update(block)
            size += len(block)
            file.write(block)
    if digest.hexdigest() != oid:
        return web.Response(status=400, text="checksum mismatch")
    hub.large[oid] = Large(path.rename(hub.folder / oid), size, oid)
    return web.Response(headers={"ETag": f'"{oid}"'})


async def _verify(request: web.Request) -> web.Response:
    """Whether a large file came whole; only then it may be committed."""
    hub, told = request.app[HUB], await request.json()
    kept = hub.large.get(told["oid"])
    if kept is None or kept.size != told["size"]:
        return refused(404, "The object was not found")
    hub.verified.add(told["oid"])
    return web.json_response({})


async def _commit(request: web.Request) -> web.Response:
    """All of a commit or nothing."""
    found = _to_write(request)
    if isinstance(found, web.Response):
        return found
    (name, repo), token, hub = found, who(request), request.app[HUB]
    if unquote(request.match_info["revision"]) != "main":
        return refused(404, "Invalid rev id", "RevisionNotFound")
    header: dict[str, str] = {}
    files = dict(repo.files)
    for line in (await request.read()).splitlines():
        one = json.loads(line)
        key, value = one["key"], one["value"]
        if key == "header":
            header = value
        elif key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "deletedFile":
            files.pop(value["path"], None)
        elif key == "deletedFolder":
            front = value["path"].rstrip("/") + "/"
            files = {path: one for path, one in files.items() if not path.startswith(front)}
        elif value["oid"] not in hub.verified:
            return refused(400, f"The LFS object {value['oid']} is missing")
        else:
            files[value["path"]] = hub.large[value["oid"]]
    repo.files = files
    sha = repo.commit(header.get("summary", ""), token.account.name if token else "")
    kind = kind_of(request)
    if kind == "space":
        restarted(request, repo)
    url = f"{hub.url}/{PREFIX[kind]}{name}/commit/{sha}"
    return web.json_response({"success": True, "commitOid": sha, "commitUrl": url})
