"""The Hub as a server: started and stopped, who may enter, what is heard, what goes wrong."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine, Mapping
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.fakes.hub import login, reading, spaces, writing
from tests.fakes.hub.answers import CUT, HUB, PATIENCE, WHO, bearer, refused
from tests.fakes.hub.faults import Fault, Heard, Trouble
from tests.fakes.hub.people import Account, Role, Token, new_value
from tests.fakes.hub.repos import Kind, Large, Repo

T = TypeVar("T")
_LONGEST = 30.0


class FakeHub:
    """Speaks what the Hub speaks, on a port of its own.

    After `cut_after` bytes a weights file breaks off, and the Hub breaks down; `silent` keeps every
    request waiting; `broken` is the status that every request is answered with; `fail` switches on
    one trouble for some requests. `stop_listening` refuses connections until `listen`.
    """

    def __init__(self, models: Mapping[str, Repo] | None = None) -> None:
        self.models: dict[str, Repo] = dict(models or {})
        self.datasets: dict[str, Repo] = {}
        self.spaces: dict[str, Repo] = {}
        self.moved: dict[str, str] = {}
        self.cut_after = 0
        self.silent, self.broken = False, 0
        self.tokens: list[str] = []
        self.requests: list[Heard] = []
        self.faults: list[Fault] = []
        self.known: dict[str, Token] = {}
        self.large: dict[str, Large] = {}
        self.verified: set[str] = set()
        self.logins: dict[str, login.Login] = {}
        self.page = 1000
        self.space_stages = ["BUILDING", "APP_STARTING", "RUNNING"]
        self.over = Event()
        self.folder = Path(tempfile.mkdtemp(prefix="hub-"))
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.listen()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.stop_listening()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def spaces_url(self) -> str:
        """Where its Spaces answer; for the setting HF_SPACES_URL."""
        return f"{self.url}/_space/{{subdomain}}"

    def repos(self, kind: Kind) -> dict[str, Repo]:
        """All repositories of a kind by their id."""
        return {"model": self.models, "dataset": self.datasets, "space": self.spaces}[kind]

    def account(
        self,
        name: str,
        *,
        pro: bool = False,
        orgs: Mapping[str, str] | None = None,
        verified: bool = True,
        days_old: int = 400,
    ) -> Account:
        """A new account, or the one of this name as it is."""
        known = [one.account for one in self.known.values() if one.account.name == name]
        made = Account(name, pro, dict(orgs or {}), verified, days_old)
        return known[0] if known else made

    def token(
        self,
        account: Account,
        role: Role = "write",
        scopes: Mapping[str, tuple[str, ...]] | None = None,
        *,
        reads_gated: bool = True,
    ) -> str:
        """A new token of an account."""
        value = new_value(f"{account.name}{role}{len(self.known)}")
        self.known[value] = Token(value, account, role, dict(scopes or {}), reads_gated)
        return value

    def revoke(self, value: str) -> None:
        """The token is worth nothing any more."""
        del self.known[value]

    def fail(
        self,
        method: str,
        path: str,
        trouble: Trouble,
        *,
        times: int = 1,
        after: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> Fault:
        """Let requests of a method and a path (both patterns) go wrong."""
        self.faults.append(Fault(method, path, trouble, times, headers or {}, after))
        return self.faults[-1]

    def heard(self, method: str, path: str) -> list[Heard]:
        """The requests whose path begins so, oldest first."""
        found = [one for one in self.requests if one.method == method]
        return [one for one in found if one.path.startswith(path)]

    def counted(self) -> Counter[str]:
        """How many requests there were by method and path."""
        return Counter(f"{one.method} {one.path.partition('?')[0]}" for one in self.requests)

    def listen(self) -> None:
        """Answer again, on the same port."""
        self._run(self._start())

    def stop_listening(self) -> None:
        """Nothing listens there any more: connections are refused."""
        if self._runner is not None:
            self._run(self._runner.cleanup())
        self._runner = None

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 32, middlewares=[_door])
        app[HUB] = self
        for part in (reading, writing, spaces, login):
            part.add_to(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = runner.addresses[0][1]
        self._runner = runner

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_LONGEST)


@web.middleware
async def _door(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 (aiohttp's)
    """Hear every request, let troubles happen, and send strangers with a wrong token away."""
    hub = request.app[HUB]
    if "Authorization" in request.headers:
        hub.tokens.append(request.headers["Authorization"])
    while hub.silent and not hub.over.is_set():
        await asyncio.sleep(PATIENCE)
    answer = await _answered(request, handler)
    heard = Heard(
        request.method, request.path_qs, answer.status, bearer(request), dict(request.headers)
    )
    hub.requests.append(heard)
    return answer


async def _answered(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 (as above)
    hub = request.app[HUB]
    if hub.broken:
        return refused(hub.broken, "Broken", "Broken")
    for fault in hub.faults:
        if fault.fits(request.method, request.path):
            return await _trouble(request, handler, fault)
    value = bearer(request)
    request[WHO] = hub.known.get(value)
    if value and request[WHO] is None and not request.path.startswith("/_large"):
        return refused(401, "Invalid credentials in Authorization header")
    try:
        found: web.StreamResponse = await handler(request)
    except web.HTTPException as told:
        return told if told.status < 400 else refused(404, "Entry not found", "EntryNotFound")
    return found


async def _trouble(request: web.Request, handler: Any, fault: Fault) -> web.StreamResponse:  # noqa: ANN401
    if isinstance(fault.trouble, int):
        return refused(fault.trouble, "No, for a test", headers=fault.headers)
    if fault.trouble == "garbage":
        return web.Response(text="<html>A page of something in between</html>")
    if fault.trouble == "hang":
        while not request.app[HUB].over.is_set():
            await asyncio.sleep(PATIENCE)
    if fault.trouble == "cut" and request.method == "GET":
        request[WHO] = request.app[HUB].known.get(bearer(request))
        request[CUT] = True
        answer = await handler(request)
        return await _half(request, answer) if isinstance(answer, web.Response) else answer
    if fault.trouble == "lost":
        request[WHO] = request.app[HUB].known.get(bearer(request))
        await handler(request)
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """Half of an answer's body, and then nothing."""
    content = whole.body if isinstance(whole.body, bytes) else b""
    answer = web.StreamResponse(status=whole.status, headers=whole.headers)
    answer.content_length = len(content)
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer
