"""Trains on a Ray cluster of one's own, through its dashboard.

The job is named after the run, so that it is found again and never submitted twice. Ray keeps no
files of a job; what a training leaves is put into Ray's folder of logs, from where the dashboard
gives it. So the cluster never has to reach the bot, and nothing of the bot listens for it.
"""

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, assert_never

from pydantic import SecretStr

from adapters.parcel.reading import ENVIRONMENT, MOST_BYTES, told, unpack
from adapters.ray.client import Job, RayClient
from adapters.ray.cluster import Lookout, look
from adapters.ray.packages import PART, packed, results, wanted
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.folders import fresh, remove
from pipeline.jobs import Actor
from pipeline.ports.runtime import Offer, RunRequest, RunState, StepResult
from pipeline.scripts import cause

POLL_SECONDS = 2.0
_PENDING_SECONDS = 600.0  # Ray itself gives up after 900
_STOP_SECONDS, _LOOK_SECONDS = 15.0, 0.5
_START_SECONDS = 60.0  # mostly the packages, which the cluster keeps for the next time
_PARCEL = ".parcel"
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_MOST_WORDS = 300
_OVER = {"STOPPED", "SUCCEEDED", "FAILED"}
_MOST_TRIES = 100
_TOO_LONG = "The training took longer than it may."  # in begin.py's words


@dataclass
class RayRuntime:
    """Implements pipeline.ports.runtime.Runtime with the Jobs interface of a Ray cluster.

    The cluster belongs to whoever runs the bot, so no call needs its owner.
    """

    client: RayClient
    lookout: Lookout
    name: str = "ray"
    poll_seconds: float = POLL_SECONDS
    pending_seconds: float = _PENDING_SECONDS
    stop_seconds: float = _STOP_SECONDS
    part_bytes: int = PART
    account: str | None = None
    _left: dict[str, Literal["cancelled", "lost"]] = field(default_factory=dict)

    @property
    def offer(self) -> Offer:
        """What the cluster has; nobody pays for it by the hour."""
        cluster = self.lookout.now()
        away = ", which does not answer now" if cluster.away else ""
        title = f"the Ray cluster at {self.client.host}{away}"
        return Offer(title, gpus=cluster.gpus, start_seconds=_START_SECONDS)

    async def find(self, name: str, owner: Actor) -> str | None:  # noqa: ARG002
        """The last job of this run, while it goes on or when it ended well."""
        handle, _ = await self._tried(name)
        return handle

    async def submit(self, request: RunRequest, owner: Actor) -> str:  # noqa: ARG002
        """Upload the parcel and submit the job; one of this run that goes on is kept.

        Raises what the cluster refuses, with field "runtime".
        """
        handle, number = await self._tried(request.name)
        if handle is not None:
            return handle
        await self.client.check_version()
        await self._check_gpu(request)
        handle = _job(request.name, number)
        folder = await asyncio.to_thread(fresh, request.folder / _PARCEL)
        try:
            files = await asyncio.to_thread(packed, request, handle, folder, self.part_bytes)
            addresses = [await self.client.bring(one) for one in files]
        finally:
            await asyncio.to_thread(remove, folder)
        await self.client.submit(handle, wanted(request, handle, addresses))
        return handle

    async def _tried(self, name: str) -> tuple[str | None, int]:
        """The job of a run that goes on or ended well; else None, and the number of the next.

        Each try has a number of its own: Ray mixes a new job up with a deleted one of its name.
        """
        handle = None
        for number in range(_MOST_TRIES):
            found = await self.client.job(_job(name, number))
            if found is None:
                return handle, number
            handle = _job(name, number) if self._is_good(_job(name, number), *found) else None
        raise PersonCanFix(
            f"This training was tried {_MOST_TRIES} times on the Ray cluster.",
            "Look at its dashboard for the reason, or choose another place to train.",
            field="runtime",
        )

    def _is_good(self, handle: str, job: Job, age: timedelta) -> bool:
        late = job.status == "PENDING" and age > self._patience
        return job.status not in {"STOPPED", "FAILED"} and not late and handle not in self._left

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:  # noqa: ARG002
        """State now. PersonCanFix when the cluster does not begin, or could not.

        After that the job is as good as lost, and the run can be submitted anew.
        """
        found = await self.client.job(handle)  # before the log, which then has all its lines
        if found is None or handle in self._left:
            return RunState(self._left.get(handle, "lost"))
        job, age = found
        if job.status == "PENDING" and age > self._patience:
            raise await self._not_begun(handle, age)
        said = told(_lines(await self.client.log(handle), whole=job.status in _OVER))
        page = self.client.page(handle)
        failed = said.result is not None and not said.result.ok and said.step != ENVIRONMENT
        if job.status == "FAILED" and not failed:
            raise self._could_not(handle, job, said.result)
        result = said.result if job.status in _OVER else None
        if result is not None and _TOO_LONG in said.lines:
            result = replace(result, ending="timeout")
        return RunState(_status(job), said.lines[lines_read:], said.step, result, page)

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:  # noqa: ARG002
        """Fetch the files of the steps from the machine that ran them."""
        found = await self.client.job(handle)
        file = into / f".{results(handle)}"
        await asyncio.to_thread(into.mkdir, parents=True, exist_ok=True, mode=0o700)
        try:
            node = found[0].driver_node_id if found else None
            if not node or not await self.client.fetch(node, results(handle), file, MOST_BYTES):
                raise await self._gone(handle)
            await asyncio.to_thread(unpack, file, into)
        finally:
            await asyncio.to_thread(file.unlink, missing_ok=True)

    async def cancel(self, handle: str, owner: Actor) -> bool:  # noqa: ARG002
        """Stop the job and wait until it has ended; TryAgain when that takes too long."""
        await self._end(handle)
        self._left[handle] = "cancelled"
        return True

    async def _end(self, handle: str) -> None:
        """Ask for the end until it comes. What has not begun ends as soon as it begins."""
        try:
            async with asyncio.timeout(self.stop_seconds):
                while (found := await self.client.job(handle)) and found[0].status not in _OVER:
                    await self.client.stop(handle)
                    if found[0].status == "PENDING":
                        return
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError as error:
            told = "The Ray cluster has not ended the training yet."
            raise TryAgain(told, "It is asked again.") from error

    @property
    def _patience(self) -> timedelta:
        return timedelta(seconds=self.pending_seconds)

    async def _check_gpu(self, request: RunRequest) -> None:
        if not request.gpu:
            return
        cluster = await look(self.client)
        if request.gpu not in {gpu.name for gpu in cluster.gpus}:
            raise PersonCanFix(
                f"The Ray cluster at {self.client.host} has {cluster.words}, not {request.gpu}.",
                "Choose another place to train, or train without a GPU.",
                field="runtime",
            )

    async def _not_begun(self, handle: str, age: timedelta) -> PersonCanFix:
        """End a job that waits for a machine, and say what the cluster has."""
        cluster = await look(self.client)
        await self._end(handle)
        self._left[handle] = "lost"
        minutes = age.total_seconds() / 60
        return PersonCanFix(
            f"The Ray cluster has not begun the training in {minutes:.0f} min. It has"
            f" {cluster.words}: what the training needs of them is taken.",
            "Retry when the cluster is free, or choose another place to train.",
            field="runtime",
        )

    def _could_not(self, handle: str, job: Job, result: StepResult | None) -> PersonCanFix:
        """Why a job failed in which no step of the training went wrong."""
        self._left[handle] = "lost"
        if result is not None and not result.ok:
            told = f"could not install the packages: {cause(result)}"
        else:
            told = f"could not run it: {_short(job.message)}"
        return PersonCanFix(
            f"The Ray cluster {told}",
            "Look at the cluster, then retry, or choose another place to train.",
            field="runtime",
        )

    async def _gone(self, handle: str) -> PersonCanFix:
        """Forget a job whose machine is no longer there, so that it can be submitted anew."""
        await self.client.delete(handle)
        return PersonCanFix(
            "The Ray cluster no longer has what the training left.",
            "Its machine was taken away. Retry: the training begins anew.",
        )


def _status(job: Job) -> Literal["running", "done", "failed", "cancelled"]:
    match job.status:
        case "PENDING" | "RUNNING":
            return "running"
        case "SUCCEEDED":
            return "done"
        case "STOPPED":
            return "cancelled"
        case "FAILED":
            return "failed"
        case _:
            assert_never(job.status)


def _lines(log: str, *, whole: bool) -> list[str]:
    """The lines of a log; the last one counts when its end has come."""
    *lines, rest = log.split("\n")
    return [*lines, rest] if whole and rest else lines


def _job(name: str, number: int) -> str:
    """The job of a run's try: a name that is safe in a shell, an address and a folder."""
    return f"mltrainer-{_UNSAFE.sub('_', name)}.{number}"


def _short(message: str | None) -> str:
    """The last line of Ray's own words."""
    lines = (message or "").strip().splitlines()
    return lines[-1].strip()[:_MOST_WORDS] if lines else "it does not say why."


def adapter(
    *, ray_address: str | None = None, ray_auth_token: SecretStr | None = None
) -> RayRuntime | None:
    """The runtime of the cluster that the settings name; None where they name none."""
    if not ray_address:
        return None
    token = ray_auth_token.get_secret_value() if ray_auth_token else ""
    client = RayClient(ray_address.rstrip("/"), token)
    lookout = Lookout(client)
    lookout.begin()  # until a plan asks, it is known
    return RayRuntime(client, lookout)
