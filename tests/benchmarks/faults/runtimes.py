"""Kaggle, Modal and a Ray cluster, where trainings are carried out: each fake really runs them."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grpclib import Status

from adapters.accounts import kaggle as kaggle_account
from adapters.accounts import modal as modal_account
from adapters.kaggle.line import Patience as KagglePatience
from adapters.ray.client import RayClient
from adapters.ray.cluster import Lookout
from adapters.runtimes import kaggle
from adapters.runtimes.modal import ModalRuntime, Patience
from adapters.runtimes.ray import RayRuntime
from pipeline.context import JobContext
from pipeline.jobs import Actor, JobId, Stage
from pipeline.ports import Ports
from pipeline.ports.account import Account
from tests.benchmarks.faults import toy
from tests.benchmarks.faults.trouble import ALWAYS, PAUSE, Trouble, new_vault, with_runtime
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.kaggle.faults import Kind
from tests.fakes.kaggle.world import Person
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.ray import FakeRay, Fault
from tests.fakes.vault import MemoryVault

_KAGGLE = KagglePatience(connect=2, answer=2, quiet=0.3, listen=2, transfer=20, pause=0.01)
_MODAL = Patience(call=4, files=20, image=8, room=8, quiet=0.1, watch=2)
_RAY_TOKEN = "ray-of-the-house-0123456789"  # noqa: S105  (a fake cluster's)


@dataclass
class _Runtime:
    """What the three share: the job's training is next."""

    vault: MemoryVault = field(default_factory=new_vault)
    stage: Stage = Stage.MONITOR
    place: str = ""

    def next_up(self, context: JobContext, home: Path) -> JobContext:
        return toy.training_next(context, home, self.place)


@dataclass
class Kaggle(_Runtime):
    """Somebody's account there."""

    fake: FakeKaggle = field(kw_only=True)
    person: Person = field(kw_only=True)
    name: str = "Kaggle"
    title: str = "Kaggle"
    place: str = "kaggle"
    account: Account | None = kaggle_account.ACCOUNT

    @property
    def secrets(self) -> Sequence[str]:
        return self.person.token, self.person.key

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        push, cut = "SaveKernel", self.fake.world.cut
        return {
            "401": self._refused("the push", push, 401),
            "403": self._refused("the push", push, 403),
            "402 or 409": self._refused("the push (402)", push, 402),
            "429 with Retry-After": self._refused("a look at it", "GetKernelSessionStatus", 429),
            "503": self._refused("sending the parcel", "CreateDataset", 503),
            "hang": self._set("sending the parcel", "CreateDataset", "hang"),
            "cut": Trouble("uploading the parcel", lambda: cut.extend([500] * 60), cut.clear),
            "lost answer": self._set("the push", push, "deafen"),
        }

    def _refused(self, where: str, call: str, status: int) -> Trouble:
        faults, after = self.fake.world.faults, str(PAUSE)

        def begin() -> None:
            faults.refuse(call, status, "no", retry_after=after, times=ALWAYS)

        return Trouble(where, begin, faults.clear, self._met(call))

    def _set(self, where: str, call: str, kind: Kind) -> Trouble:
        faults = self.fake.world.faults

        def begin() -> None:
            faults.set(call, kind, ALWAYS)

        return Trouble(where, begin, faults.clear, self._met(call))

    def _met(self, call: str) -> Callable[[], bool]:
        return lambda: bool(self.fake.world.calls(call))

    def plugged(self, ports: Ports) -> Ports:
        url = self.fake.url
        made = kaggle.adapter(vault=self.vault, kaggle_api_url=url, patience=_KAGGLE)
        made.poll_seconds = made.ready_seconds = 0.01
        return with_runtime(ports, made, self.vault)

    async def connect(self, owner: Actor) -> None:
        await self.vault.put(owner, "kaggle", json.dumps(self.person.values), tail="")

    def made(self, home: Path, job: JobId) -> int:
        del home, job
        kernels = self.fake.world.kernels.values()
        return max(len(kernels), *(len(one.pushed) for one in kernels), 0)


@dataclass
class Modal(_Runtime):
    """Somebody's workspace there."""

    fake: FakeModal = field(kw_only=True)
    name: str = "Modal"
    title: str = "Modal"
    place: str = "modal"
    account: Account | None = modal_account.ACCOUNT
    secrets: Sequence[str] = ANN_TOKEN

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        create, money = "SandboxCreate", "workspace spend limit reached"
        busy = Status.RESOURCE_EXHAUSTED
        fake = self.fake
        return {
            "401": self._refused("starting it", create, Status.UNAUTHENTICATED),
            "403": self._refused("starting it", create, Status.PERMISSION_DENIED),
            "402 or 409": self._refused("starting it (spend limit)", create, busy, money),
            "429 with Retry-After": self._trouble(
                "starting it", create, lambda: fake.slow_down(create, 0.3, times=2)
            ),
            "503": self._refused("finding its app", "AppGetOrCreate", Status.UNAVAILABLE),
            "hang": self._trouble(
                "finding its app", "AppGetOrCreate", lambda: fake.hang("AppGetOrCreate")
            ),
            "cut": self._trouble("fetching the results", "VolumeGetFile2", self._cut),
            "lost answer": self._trouble(
                "starting it", create, lambda: fake.drop_answer(create, times=ALWAYS)
            ),
        }

    def _cut(self) -> None:
        self.fake.cut = ALWAYS

    def _refused(self, where: str, call: str, status: Status, said: str = "no") -> Trouble:
        words = f"{said} {ANN_TOKEN[1]}"  # the real one repeats what was sent
        return self._trouble(where, call, lambda: self.fake.refuse(call, status, words, times=50))

    def _trouble(self, where: str, call: str, begin: Callable[[], object]) -> Trouble:
        return Trouble(where, begin, self.fake.recover, lambda: call in self.fake.calls)

    def plugged(self, ports: Ports) -> Ports:
        made = ModalRuntime(self.vault, self.fake.url, _MODAL, poll_seconds=0.01)
        return with_runtime(ports, made, self.vault)

    async def connect(self, owner: Actor) -> None:
        values = dict(zip(("token_id", "token_secret"), ANN_TOKEN, strict=True))
        await self.vault.put(owner, "modal", json.dumps(values), tail="")

    def made(self, home: Path, job: JobId) -> int:
        del home, job
        return len(self.fake.ann.sandboxes)


@dataclass
class Ray(_Runtime):
    """A cluster that asks for a token; it is of the settings, and nobody's account."""

    fake: FakeRay = field(kw_only=True)
    name: str = "Ray"
    title: str = "Ray cluster"
    place: str = "ray"
    account: Account | None = None
    secrets: Sequence[str] = (_RAY_TOKEN,)

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        jobs, packages = "/api/jobs/", "/api/packages"
        return {
            "401": self._trouble("the submission", Fault(jobs, "POST", 401)),
            "403": self._trouble("the submission", Fault(jobs, "POST", 403)),
            "402 or 409": self._trouble("the submission (409)", Fault(jobs, "POST", 409)),
            "429 with Retry-After": self._trouble(
                "a look at it", Fault(jobs, "GET", 429, after=PAUSE)
            ),
            "503": self._trouble("sending the parcel", Fault(packages, "PUT", 503)),
            "hang": self._trouble("sending the parcel", Fault(packages, "PUT", hangs=True)),
            "cut": self._trouble("fetching the results", Fault("/api/v0/logs/file", cuts=True)),
            "lost answer": self._trouble("the submission", Fault(jobs, "POST", cuts=True)),
        }

    def _trouble(self, where: str, fault: Fault) -> Trouble:
        def put(now: Fault | None) -> None:
            self.fake.fault = now

        return Trouble(where, lambda: put(fault), lambda: put(None))

    def plugged(self, ports: Ports) -> Ports:
        client = RayClient(self.fake.address, _RAY_TOKEN, seconds=2, transfer_seconds=2)
        made = RayRuntime(client, Lookout(client), poll_seconds=0.01)
        return with_runtime(ports, made, self.vault)

    async def connect(self, owner: Actor) -> None:
        """There is nothing to connect."""

    def made(self, home: Path, job: JobId) -> int:
        del home, job
        return self.fake.submitted


@contextmanager
def kaggle_runs(folder: Path) -> Iterator[Kaggle]:
    """Kaggle with one account."""
    with FakeKaggle(folder / "kaggle") as fake:
        yield Kaggle(fake=fake, person=fake.world.person("ann-k"))


@contextmanager
def modal_runs(folder: Path) -> Iterator[Modal]:
    """Modal with its two workspaces, of which one is used."""
    del folder
    with FakeModal(Path(sys.executable)) as fake:
        yield Modal(fake=fake)


@contextmanager
def ray_runs(folder: Path) -> Iterator[Ray]:
    """A small cluster."""
    with FakeRay(folder / "ray", token=_RAY_TOKEN) as fake:
        yield Ray(fake=fake)
