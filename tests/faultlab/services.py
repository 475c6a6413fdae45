"""Where trainings are carried out elsewhere: how a site comes there, and what was submitted."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.ray import FakeRay


@dataclass(frozen=True)
class Service:
    """One service, at the address that `setting` names; `values` are those of everybody's account.

    `begun` says how often a run of each name was begun there.
    """

    title: str
    setting: str
    url: str
    begun: Callable[[], Mapping[str, int]]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def doubled(self) -> list[str]:
        """Runs that were begun more than once."""
        return [
            f"{self.title}: {run} was begun {times} times"
            for run, times in self.begun().items()
            if times > 1
        ]


class CountingRay(FakeRay):
    """A cluster that counts the tries of each run, which bear numbers behind its name."""

    begun: Counter[str]

    def submit(self, name: str, wanted: dict[str, Any]) -> bool:
        taken = super().submit(name, wanted)
        self.begun[name.rpartition(".")[0]] += taken
        return taken


@contextlib.contextmanager
def ray_cluster(folder: Path, python: Path) -> Iterator[Service]:
    """A Ray cluster, whose machine has all that is asked for. It knows no accounts."""
    with CountingRay(folder / "ray", image=python) as ray:
        ray.begun = Counter()
        yield Service("Ray", "RAY_ADDRESS", ray.address, lambda: dict(ray.begun))


@contextlib.contextmanager
def kaggle(folder: Path, python: Path) -> Iterator[Service]:
    """Kaggle, where each push of a kernel runs it anew."""
    (folder / "kaggle").mkdir()
    with FakeKaggle(folder / "kaggle") as fake:
        world = fake.world
        world.image, world.unready = python, 0
        own = world.person("ann")

        def begun() -> Mapping[str, int]:
            pushed = [body for _, call, body in list(world.asked) if call == "SaveKernel"]
            return Counter(str(one.get("slug")) for one in pushed)

        values = {"Kaggle username": own.name, "Kaggle key": own.token}
        yield Service("Kaggle", "KAGGLE_API_URL", fake.url, begun, values)
