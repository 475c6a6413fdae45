"""Services that carry a story's one training: how the bot comes there, and what goes on there.

A run can be held: all its processes stand still, as long as a test wishes, and then go on.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from adapters.parcel import reading
from pipeline.events import EVENT, Event, ProgressReported
from pipeline.following import progress_of
from pipeline.jobs import Stage
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.ray import FakeRay
from tests.stories.test_kills import recorded

T = TypeVar("T")
TRAINS = '{"step": "train"'
LONGEST, LOOK_SECONDS = 120.0, 0.01


@dataclass(frozen=True)
class Elsewhere:
    """A service by its name here; `keys` is what is typed for the account, empty without one.

    `pid` is the first process of the run there, `printed` all of its output, and `submitted` how
    many runs there were.
    """

    runtime: str
    settings: Mapping[str, str]
    keys: str
    pid: Callable[[], int]
    printed: Callable[[], str]
    submitted: Callable[[], int]

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Stand still from the first words of the training on, until the block ends."""
        until(
            lambda: self.submitted() and TRAINS in self.printed(), f"a training on {self.runtime}"
        )
        root = psutil.Process(self.pid())
        for _ in range(2):  # what one of them was just starting is there at the second look
            for one in _family(root):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.suspend()
        try:
            yield
        finally:
            for one in _family(root):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.resume()

    def progress(self) -> list[ProgressReported]:
        """What it printed, as the bot shall tell it."""
        lines = reading.told(self.printed().splitlines()).lines
        return progress_of(Stage.MONITOR, lines)


def at_kaggle(kaggle: FakeKaggle, python: Path) -> Elsewhere:
    """Kaggle, whose machines have all that is asked for."""
    world = kaggle.world
    world.image, world.unready = python, 0
    own = world.person("ann")

    def pid() -> int:
        (kernel,) = world.kernels.values()
        assert kernel.process is not None
        return kernel.process.pid

    def printed() -> str:
        return "".join(event["data"] for one in world.kernels.values() for event in one.events)

    return Elsewhere(
        "kaggle",
        {"KAGGLE_API_URL": kaggle.url},
        f"{own.name}\n{own.token}\n",
        pid,
        printed,
        lambda: len(world.calls("SaveKernel")),
    )


@contextlib.contextmanager
def at_modal(folder: Path, python: Path) -> Iterator[Elsewhere]:
    """Modal, whose images are made at once."""
    del folder
    with FakeModal(python) as modal:

        def pid() -> int:
            (sandbox,) = modal.ann.sandboxes.values()
            assert sandbox.process is not None
            return sandbox.process.pid

        def printed() -> str:
            found = [bytes(one.output) for one in modal.ann.sandboxes.values()]
            return b"".join(found).decode(errors="replace")

        yield Elsewhere(
            "modal",
            {"MODAL_SERVER_URL": modal.url},
            "\n".join([*ANN_TOKEN, ""]),
            pid,
            printed,
            lambda: len(modal.ann.sandboxes),
        )


@contextlib.contextmanager
def on_ray(folder: Path, python: Path) -> Iterator[Elsewhere]:
    """A Ray cluster, whose machine has all that is asked for."""
    with FakeRay(folder / "ray", image=python) as ray:

        def pid() -> int:
            (job,) = ray.jobs.values()
            assert job.process is not None
            return job.process.pid

        def printed() -> str:
            logs = [job.log for job in ray.jobs.values()]
            return "".join(log.read_text("utf-8", "replace") for log in logs if log.exists())

        settings = {"RAY_ADDRESS": ray.address}
        yield Elsewhere("ray", settings, "", pid, printed, lambda: ray.submitted)


def events_of(home: Path) -> list[Event]:
    """What is saved of the only job."""
    return [EVENT.validate_python(body) for _, body in recorded(home)]


def told_of(home: Path) -> list[ProgressReported]:
    """What the job has told of its training elsewhere; what is done at home has other steps."""
    steps = {"baseline", "train"}
    told = [one for one in events_of(home) if isinstance(one, ProgressReported)]
    return [one for one in told if one.stage is Stage.MONITOR and one.step in steps]


def saved_job(home: Path) -> dict[str, Any]:
    """The only job as it is saved."""
    address = f"file:{home / 'mltrainer.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
        ((text,),) = connection.execute("select context from jobs").fetchall()
    job: dict[str, Any] = json.loads(text)
    return job


def until(find: Callable[[], T | None], what: str, seconds: float = LONGEST) -> T:
    """What `find` finds, once it does."""
    end = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(LOOK_SECONDS)
    return found


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
