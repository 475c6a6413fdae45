"""The Hub as where data comes from, and as where models go."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from adapters import hub_library
from adapters.accounts.huggingface import ACCOUNT
from adapters.hosts.huggingface import HubHost
from adapters.sources.huggingface import HubSource
from pipeline.artifacts import DataInput
from pipeline.context import JobContext
from pipeline.folders import JobFolder
from pipeline.jobs import Actor, JobId, Stage
from pipeline.ports import Ports
from pipeline.ports.account import Account
from pipeline.ports.host import Host
from pipeline.ports.source import Source
from tests.benchmarks.faults import toy
from tests.benchmarks.faults.trouble import ALWAYS, PAUSE, Trouble, new_vault
from tests.fakes.hub import FakeHub, dataset
from tests.fakes.hub import Fault as HubFault
from tests.fakes.hub.faults import Trouble as What
from tests.fakes.vault import MemoryVault

_DATA = "ann/mails"
_INFO, _FILE, _COMMIT = r"/api/datasets/", r"/resolve/", r"/commit/"
_READ = "GET|HEAD"
_TOO_MANY = 429


@dataclass
class _Hub:
    """What both sides of it share."""

    hub: FakeHub
    vault: MemoryVault = field(default_factory=new_vault)
    title: str = "Hugging Face"
    account: Account | None = ACCOUNT
    given: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> Sequence[str]:
        return tuple(self.given)

    async def connect(self, owner: Actor) -> None:
        """With a new token each time."""
        token = self.hub.token(self.hub.account("ann"))
        self.given.append(token)
        await self.vault.put(owner, ACCOUNT.kind, json.dumps({"token": token}), tail="")

    def _with_host(self, ports: Ports) -> Ports:
        """The ports with the Hub as a host, as it always is on that shelf."""
        host = HubHost(self.vault, self.hub.url, self.hub.spaces_url, 0.01, 1.0)
        hosts = {**ports.hosts, host.name: cast("Host", host)}
        return replace(ports, hosts=hosts, vault=self.vault)

    def _trouble(self, where: str, method: str, path: str, what: What) -> Trouble:
        begun: list[HubFault] = []
        after = {"Retry-After": str(PAUSE)} if what == _TOO_MANY else {}

        def begin() -> None:
            begun.append(self.hub.fail(method, path, what, times=ALWAYS, headers=after))

        def over() -> None:
            for one in begun:
                one.times = 0

        return Trouble(where, begin, over, lambda: any(one.hits for one in begun))

    def _withdrawn(self, where: str) -> Trouble:
        """The token is none any more; a new one is."""
        return Trouble(where, lambda: self.hub.revoke(self.given[-1]), lambda: None)


@dataclass
class HubData(_Hub):
    """A private data set of the job's owner."""

    name: str = "Hub, data"
    stage: Stage = Stage.INTAKE_MANAGER

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        return {
            "401": self._withdrawn("looking the data set up"),
            "403": self._trouble("fetching a file", _READ, _FILE, 403),
            "402 or 409": self._trouble("fetching a file (402)", _READ, _FILE, 402),
            "429 with Retry-After": self._trouble("looking it up", "GET", _INFO, _TOO_MANY),
            "503": self._trouble("fetching a file", _READ, _FILE, 503),
            "hang": self._trouble("looking it up", "GET", _INFO, "hang"),
            "cut": self._trouble("fetching a file", "GET", _FILE, "cut"),
            "lost answer": self._trouble("looking it up", "GET", _INFO, "lost"),
        }

    def plugged(self, ports: Ports) -> Ports:
        self.hub.datasets[_DATA] = dataset({"train.csv": (toy.ROWS + _more_rows()).encode()})
        self.hub.datasets[_DATA].private = True
        source = HubSource(self.vault, ports.home, self.hub.url)
        sources = {"huggingface": cast("Source", source)}
        return replace(self._with_host(ports), sources=sources)

    def next_up(self, context: JobContext, home: Path) -> JobContext:
        del home
        inputs = (DataInput(location=f"hf:{_DATA}"),)
        return context.evolve(request=context.request.model_copy(update={"inputs": inputs}))

    def made(self, home: Path, job: JobId) -> int:
        return len(list(JobFolder.of(home, job).data.iterdir()))


def _more_rows() -> str:
    return "".join(f"message number {number},ham\n" for number in range(40))


@dataclass
class HubModels(_Hub):
    """A proven model that goes into a repository, with a Space beside it."""

    name: str = "Hub, models"
    stage: Stage = Stage.DEPLOY

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        create = r"/api/repos/create"
        return {
            "401": self._withdrawn("asking whose token it is"),
            "403": self._trouble("the commit", "POST", _COMMIT, 403),
            "402 or 409": self._trouble("the commit (409)", "POST", _COMMIT, 409),
            "429 with Retry-After": self._trouble(
                "asking whose token it is", "GET", r"/api/whoami", _TOO_MANY
            ),
            "503": self._trouble("making the repository", "POST", create, 503),
            "hang": self._trouble("the commit", "POST", _COMMIT, "hang"),
            "cut": self._trouble("uploading the weights", "PUT", r"/_large/", "cut"),
            "lost answer": self._trouble("the commit", "POST", _COMMIT, "lost"),
        }

    def plugged(self, ports: Ports) -> Ports:
        return self._with_host(ports)

    def next_up(self, context: JobContext, home: Path) -> JobContext:
        return toy.publishing_next(context, home, "huggingface")

    def made(self, home: Path, job: JobId) -> int:
        """Repositories of models, or of Spaces, or versions in one of them: the most of these."""
        del home
        repos = (*self.hub.models.values(), *self.hub.spaces.values())
        versions = [sum(one.title == f"Publish {job}" for one in repo.commits) for repo in repos]
        return max(len(self.hub.models), len(self.hub.spaces), *versions, 0)


@contextmanager
def hub_data(folder: Path) -> Iterator[HubData]:
    """The Hub with a data set."""
    del folder
    with _soon(), FakeHub() as hub:
        yield HubData(hub)


@contextmanager
def hub_models(folder: Path) -> Iterator[HubModels]:
    """The Hub without a model."""
    del folder
    with _soon(), FakeHub() as hub:
        yield HubModels(hub)


@contextmanager
def _soon() -> Iterator[None]:
    """Nothing is waited for long."""
    usual, hub_library.SECONDS = hub_library.SECONDS, 1.0
    try:
        yield
    finally:
        hub_library.SECONDS = usual
