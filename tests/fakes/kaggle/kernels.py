"""The calls about kernels, by their names at Kaggle."""

import asyncio
import re
from collections.abc import Callable

from tests.fakes.kaggle import sessions
from tests.fakes.kaggle.world import SHAPES, Json, Kernel, Person, RefusedCall, World, page_of

_DENIED = "Permission 'kernels.get' was denied"


def introspect(world: World, body: Json) -> Json:
    for one in world.people:
        if one.token == body.get("token") and one.active:
            scope = "resources.admin:*"
            return {"active": True, "username": one.name, "userId": 7, "scope": scope}
    return {"active": False}


def quota(world: World, who: Person, body: Json) -> Json:
    del world, body
    gpu = {
        "timeUsed": f"{who.gpu_used * 3600:.0f}s",
        "timeReserved": "0s",
        "totalTimeAllowed": f"{who.gpu_hours * 3600:.0f}s",
        "hasEverRun": True,
    }
    return {"quotaRefreshTime": "2026-11-28T00:00:00.000Z", "gpuQuota": gpu, "tpuQuota": gpu}


def save(world: World, who: Person, body: Json) -> Json:
    """Push: what is wrong stands in the answer, whose status is good. Each push runs anew."""
    owner, _, slug = str(body.get("slug", "")).partition("/")
    if owner != who.name:
        raise RefusedCall(403, "Permission 'kernels.update' was denied")
    if (wrong := _wrong(who, body, slug)) is not None:
        return {"error": wrong}
    known = world.datasets
    sources = body.get("datasetDataSources") or []
    invalid = [one for one in sources if not _sees(who, world, one)]
    kernel = world.kernels.get(f"{owner}/{slug}")
    if kernel is None:
        kernel = Kernel(owner, slug, world.folder / owner / slug)
        world.kernels[kernel.ref] = kernel
    else:
        sessions.end(kernel, "CANCEL_ACKNOWLEDGED")
    kernel.pushed.append(body)
    kernel.status, kernel.failure, kernel.process = "QUEUED", "", None
    kernel.events = []
    mounted = [known[one] for one in sources if one not in invalid]
    task = asyncio.get_running_loop().create_task(sessions.run(world, kernel, mounted))
    world.sessions.add(task)
    task.add_done_callback(world.sessions.discard)
    answer: Json = {
        "ref": f"/code/{kernel.ref}",
        "url": f"https://www.kaggle.com/code/{kernel.ref}",
        "versionNumber": len(kernel.pushed),
        "kernelId": 42,
    }
    return answer | ({"invalidDatasetSources": invalid} if invalid else {})


def status(world: World, who: Person, body: Json) -> Json:
    kernel = own(world, who, body)
    return {"status": kernel.status} | (
        {"failureMessage": kernel.failure} if kernel.failure else {}
    )


def output(world: World, who: Person, body: Json) -> Json:
    """What the newest session left, in pages, the first with its log."""
    kernel = own(world, who, body)
    found = sorted((kernel.folder / "working").rglob("*")) if kernel.ended else []
    names = ["__results__.html", "custom.css"]
    files: list[Json] = [{"fileName": name, "url": world.give(name, b"<p>")} for name in names]
    if kernel.status == "COMPLETE":
        for path in found:
            name = path.relative_to(kernel.folder / "working").as_posix()
            files.append({"fileName": name, "url": world.give(path.name, path)})
    page, following = page_of(files, body, world.most_page)
    answer: Json = {"files": page, "nextPageToken": following}
    return answer if body.get("pageToken") else answer | {"log": kernel.log}


def delete(world: World, who: Person, body: Json) -> Json:
    kernel = own(world, who, body)
    sessions.end(kernel, "CANCEL_ACKNOWLEDGED")
    del world.kernels[kernel.ref]
    return {}


def own(world: World, who: Person | None, body: Json) -> Kernel:
    """A kernel of this person; what is somebody else's is denied like what is not there."""
    kernel = world.kernels.get(f"{body.get('userName')}/{body.get('kernelSlug')}")
    if kernel is None or who is None or kernel.owner != who.name:
        raise RefusedCall(403, _DENIED)
    return kernel


def _wrong(who: Person, body: Json, slug: str) -> str | None:
    """The first thing that is wrong with a push."""
    title = str(body.get("newTitle", ""))
    as_slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    shape = body.get("machineShape")
    needs_phone = body.get("enableGpu") or body.get("enableInternet")
    is_script = body.get("kernelType") == "script" and body.get("language") == "python"
    rules = {
        "Notebook title must be between 5 and 50 characters": 5 <= len(title) <= 50,
        "Notebook title does not resolve to the specified id": as_slug == slug,
        "Invalid kernel type": is_script,
        "Invalid machine shape": not shape or shape in SHAPES,
        "Phone verification is required to use internet or accelerators.": who.verified
        or not needs_phone,
        "Maximum weekly GPU quota of 30.00 hours reached.": who.gpu_used < who.gpu_hours
        or not body.get("enableGpu"),
    }
    return next((said for said, is_kept in rules.items() if not is_kept), None)


def _sees(who: Person, world: World, ref: str) -> bool:
    one = None if world.hidden else world.datasets.get(ref)
    return one is not None and one.status == "READY" and (not one.private or one.owner == who.name)


CALLS: dict[str, Callable[[World, Person, Json], Json]] = {
    "GetAcceleratorQuotaStatistics": quota,
    "SaveKernel": save,
    "GetKernelSessionStatus": status,
    "ListKernelSessionOutput": output,
    "DeleteKernel": delete,
}
