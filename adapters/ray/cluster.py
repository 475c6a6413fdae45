"""What a Ray cluster has: its CPUs and GPUs, looked up again after a while."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue, ValidationError

from adapters.ray.client import RayClient
from pipeline.errors import MLTrainerError
from pipeline.ports.runtime import Gpu

_TYPE = "accelerator_type:"
_FRESH_SECONDS = 60.0
_PATIENCE_SECONDS = 0.5
_TRIES, _AGAIN_SECONDS = 5, 1.0
_MEGABYTES_GB = 1024


@dataclass(frozen=True, slots=True)
class Cluster:
    """CPUs and GPUs of the machines that are alive; of each kind of GPU, one.

    `away`: it did not answer when it was last asked.
    """

    cpus: int = 0
    gpus: tuple[Gpu, ...] = ()
    away: bool = False

    @property
    def words(self) -> str:
        """`2 CPUs and no GPU`."""
        if not self.cpus:
            return "no machine that it tells of"
        cpus = "1 CPU" if self.cpus == 1 else f"{self.cpus} CPUs"
        return f"{cpus} and {' and '.join(one.name for one in self.gpus) or 'no GPU'}"


def resources(gpu: str) -> dict[str, JsonValue]:
    """What a job asks for beside its one CPU."""
    if not gpu:
        return {}
    kind: dict[str, JsonValue] = {f"{_TYPE}{gpu}": 0.001}
    return {"entrypoint_num_gpus": 1, **({"entrypoint_resources": kind} if " " not in gpu else {})}


async def look(client: RayClient) -> Cluster:
    """Ask the cluster for its machines. A dashboard that nobody has asked for long knows none."""
    for _ in range(_TRIES):
        try:
            told = _Told.model_validate(await client.nodes())
        except ValidationError:  # another version of Ray: the cluster itself says what it lacks
            break
        if told.summary:
            return _found(told.summary)
        await asyncio.sleep(_AGAIN_SECONDS)
    return Cluster()


def _found(nodes: Sequence["_Node"]) -> Cluster:
    alive = [one for one in nodes if one.raylet.state == "ALIVE"]
    gpus = {gpu.name: gpu for one in alive for gpu in one.kinds()}
    cpus = sum(one.raylet.resourcesTotal.get("CPU", 0) for one in alive)
    return Cluster(int(cpus), tuple(gpus.values()))


class Lookout:
    """What the cluster has, as far as is known without waiting for it."""

    def __init__(self, client: RayClient) -> None:
        self._client = client
        self._seen: Cluster | None = None
        self._at = 0.0
        self._looking = threading.Thread()

    def begin(self) -> None:
        """Look in the background, unless somebody does or has just done so."""
        if not self._looking.is_alive() and (
            self._seen is None or time.monotonic() - self._at > _FRESH_SECONDS
        ):
            self._looking = threading.Thread(target=self._look, daemon=True)
            self._looking.start()

    def now(self) -> Cluster:
        """The newest that is known; while nothing is, half a second is waited for it."""
        self.begin()
        if self._seen is None:
            self._looking.join(_PATIENCE_SECONDS)
        return self._seen or Cluster()

    def _look(self) -> None:
        try:
            self._seen = asyncio.run(look(self._client))
        except MLTrainerError:
            self._seen = Cluster(away=True)  # whoever trains there is told why
        self._at = time.monotonic()


class _Raylet(BaseModel):
    state: str = ""
    resourcesTotal: dict[str, float] = {}  # noqa: N815  (Ray's name)


class _Card(BaseModel):
    name: str
    memoryTotal: int = 0  # noqa: N815  (Ray's name; megabytes)


class _Node(BaseModel):
    raylet: _Raylet = _Raylet()
    gpus: list[_Card] | None = None

    def kinds(self) -> Iterator[Gpu]:
        """The kind of GPU of this machine, by the name that a job asks for it."""
        if not self.raylet.resourcesTotal.get("GPU"):
            return
        cards = self.gpus or []
        memory = max((one.memoryTotal for one in cards), default=0) / _MEGABYTES_GB
        named = [one for one in self.raylet.resourcesTotal if one.startswith(_TYPE)]
        name = named[0].removeprefix(_TYPE) if named else "any GPU"
        yield Gpu(name, round(memory))


class _Told(BaseModel):
    summary: list[_Node]
