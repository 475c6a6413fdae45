"""Asks the dashboard of a Ray cluster: jobs, packages, logs and nodes, each with a time limit."""

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain

_SECONDS = 30.0
_TRANSFER_SECONDS = 300.0  # without a byte coming or going
_BLOCK = 1 << 20
_SET = "Whoever runs the bot sets RAY_ADDRESS to the cluster's dashboard, as http://host:8265."
_TAKEN = "already exists"
_NUMBERS = re.compile(r"(\d+)\.(\d+)")
_OLDEST = (2, 34)
_TOKEN = re.compile(r"[\x21-\x7e]*")
_GONE = ("not found", "doesn't exist")
_MOST_RETRY_SECONDS = 3600
_LOOK = "Look at its dashboard, then retry."

Status = Literal["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]
_Shape = TypeVar("_Shape", bound=BaseModel)


class Job(BaseModel):
    """What the cluster knows of a job; `start_time` is when it was submitted, in milliseconds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: Status
    message: str | None = None
    start_time: int | None = None
    driver_node_id: str | None = None
    driver_exit_code: int | None = None


@dataclass(frozen=True)
class RayClient:
    """One cluster. `token` goes along as a bearer token where the cluster asks for one."""

    address: str = field(repr=False)
    token: str = field(default="", repr=False)
    seconds: float = _SECONDS
    transfer_seconds: float = _TRANSFER_SECONDS

    @property
    def host(self) -> str:
        """The cluster as messages name it."""
        url = _web(self.address)
        return url.netloc.decode() if url else "RAY_ADDRESS"

    def page(self, name: str) -> str:
        """Where a person can look at a job; no password of the address is in it."""
        url = _web(self.address)
        if url is None:
            return ""
        return f"{url.scheme}://{url.netloc.decode()}{url.path.rstrip('/')}/#/jobs/{name}"

    async def job(self, name: str) -> tuple[Job, timedelta] | None:
        """A job and how long ago it was submitted, by the cluster's own clock."""
        answer = await self._ask("GET", f"/api/jobs/{name}")
        if answer is None:
            return None
        job = self._read(Job, answer)
        return job, _since(job, answer)

    async def check_version(self) -> None:
        """PersonCanFix for a Ray that gives no file as it is."""
        answer = await self._ask("GET", "/api/version")
        told = self._read(_Version, answer).ray_version if answer is not None else ""
        found = _NUMBERS.match(told)
        if found is not None and (int(found[1]), int(found[2])) < _OLDEST:
            raise PersonCanFix(
                f"The Ray cluster at {self.host} runs Ray {found[0]}, which cannot give back what"
                " a training leaves.",
                f"Ray {_OLDEST[0]}.{_OLDEST[1]} and newer can; update it, or train somewhere else.",
                field="runtime",
            )

    async def submit(self, name: str, wanted: dict[str, JsonValue]) -> bool:
        """Submit a job; False when there is one of this name already."""
        body = {**wanted, "submission_id": name}
        answer = await self._ask("POST", "/api/jobs/", accept=(_TAKEN,), json=body)
        return answer is not None

    async def stop(self, name: str) -> None:
        """Ask for the end of a job."""
        await self._ask("POST", f"/api/jobs/{name}/stop")

    async def delete(self, name: str) -> None:
        """Forget a job that is over."""
        await self._ask("DELETE", f"/api/jobs/{name}")

    async def log(self, name: str) -> str:
        """All that a job has printed so far."""
        answer = await self._ask("GET", f"/api/jobs/{name}/logs")
        return self._read(_Log, answer).logs if answer is not None else ""

    async def nodes(self) -> JsonValue:
        """The machines of the cluster, as the dashboard describes them."""
        answer = await self._ask("GET", "/nodes", params={"view": "summary"})
        return self._read(_Nodes, answer).data if answer is not None else None

    async def bring(self, package: Path) -> str:
        """Upload a package unless it is there; returns its address for a runtime environment."""
        digest = hashlib.sha1(usedforsecurity=False)
        async for block in _blocks(package):
            digest.update(block)
        name = f"_ray_pkg_{digest.hexdigest()[:16]}.zip"
        path = f"/api/packages/gcs/{name}"
        if await self._ask("GET", path) is None:
            await self._ask("PUT", path, content=_blocks(package))
        return f"gcs://{name}"

    async def fetch(self, node: str, name: str, into: Path, most_bytes: int) -> bool:
        """Save a file of a node's folder of logs; False when that has none of this name."""
        asked = {"node_id": node, "filename": name, "lines": "-1", "timeout": "600"}
        asked["format"] = "text"  # else Ray before 2.45 puts signs of its own between the bytes
        async with self._translated(), self._session() as session:
            request = session.build_request("GET", "/api/v0/logs/file", params=asked)
            answer = await session.send(request, stream=True)
            try:
                if not answer.is_success:
                    await answer.aread()
                    return self._checked(answer, _GONE) is not None
                with into.open("wb") as file:
                    async for block in answer.aiter_bytes(_BLOCK):
                        most_bytes -= file.write(block)
                        if most_bytes < 0:
                            raise PersonCanFix(
                                "What the training left is too large to be fetched.",
                                "Choose a smaller model or fewer outputs, then retry.",
                            )
            finally:
                await answer.aclose()
        return True

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        accept: tuple[str, ...] = (),
        **sent: Any,
    ) -> httpx.Response | None:
        """The answer; None for what is not there, and for an error in one of the `accept` words."""
        async with self._translated(), self._session() as session:
            answer = await session.request(method, path, **sent)
            return self._checked(answer, accept)

    def _session(self) -> httpx.AsyncClient:
        """Of the environment only certificates are taken: no proxy, no password file."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limits = httpx.Timeout(self.seconds, read=self.transfer_seconds)
        verify = _certificates() if self.address.startswith("https:") else False
        return httpx.AsyncClient(
            base_url=self.address, headers=headers, timeout=limits, trust_env=False, verify=verify
        )

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        if _web(self.address) is None:
            told = "RAY_ADDRESS is no address of a Ray dashboard."
            raise PersonCanFix(told, _SET, field="runtime")
        if not _TOKEN.fullmatch(self.token):
            cure = "Whoever runs the bot corrects it."
            raise PersonCanFix("RAY_AUTH_TOKEN is no token.", cure, field="runtime")
        try:
            yield
        except httpx.HTTPError:
            raise TryAgain(
                f"The Ray cluster at {self.host} does not answer.",
                "Check that it runs and that RAY_ADDRESS is right, then retry.",
            ) from None  # the library's words may hold what was sent

    def _checked(self, answer: httpx.Response, accept: tuple[str, ...]) -> httpx.Response | None:
        if answer.is_success:
            return answer
        gone = answer.status_code == HTTPStatus.NOT_FOUND
        if gone or any(words in answer.text for words in accept):
            return None
        raise self._refusal(answer)

    def _refusal(self, answer: httpx.Response) -> MLTrainerError:
        status = answer.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
            return TryAgain(
                f"The Ray cluster at {self.host} cannot answer now (status {status}).",
                "Look at its dashboard if this goes on.",
                after=_after(answer),
            )
        told, cure = f"refused the request (status {status})", _LOOK
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            told = "does not take our token" if self.token else "asks for a token"
            cure = "Whoever runs the bot sets RAY_AUTH_TOKEN; then retry."
        elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            told = "takes no files of this size"
        return PersonCanFix(f"The Ray cluster at {self.host} {told}.", cure, field="runtime")

    def _read(self, shape: type[_Shape], answer: httpx.Response) -> _Shape:
        try:
            return shape.model_validate_json(answer.content)
        except ValidationError as error:
            raise PersonCanFix(
                f"What answers at {self.host} is no dashboard of Ray.", _SET, field="runtime"
            ) from error


class _Log(BaseModel):
    logs: str


class _Nodes(BaseModel):
    data: JsonValue


class _Version(BaseModel):
    ray_version: str


@cache
def _certificates() -> ssl.SSLContext:
    """Those of this machine: a cluster of one's own often has one of its own."""
    return ssl.create_default_context()


def _web(address: str) -> httpx.URL | None:
    """The address, if it is one of the web."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return None
    return url if url.scheme in {"http", "https"} and url.host.strip("[]") else None


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as content:
        while block := await asyncio.to_thread(content.read, _BLOCK):
            yield block


def _since(job: Job, answer: httpx.Response) -> timedelta:
    """How long ago a job was submitted; nothing where the cluster tells no time."""
    try:
        now = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        now = datetime.now(UTC)
    begun = datetime.fromtimestamp(job.start_time / 1000, UTC) if job.start_time else now
    return max(now - begun, timedelta(0))


def _after(answer: httpx.Response) -> timedelta | None:
    """How long the cluster asks to wait."""
    asked = answer.headers.get("Retry-After", "")
    seconds = int(asked) if asked.isdecimal() else 0
    return timedelta(seconds=min(seconds, _MOST_RETRY_SECONDS)) if seconds else None
