"""A fake Kaggle with two people, whose keys lie in the vault."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.kaggle.line import Patience
from adapters.runtimes.kaggle import KaggleRuntime
from adapters.runtimes.kaggle import adapter as make_runtime
from adapters.sources.kaggle import KaggleSource
from adapters.sources.kaggle import adapter as make_source
from pipeline.jobs import Actor
from pipeline.ports.runtime import RunRequest, RunState, Step
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.kaggle.world import Person
from tests.fakes.vault import MemoryVault

QUICK = Patience(connect=2, answer=2, quiet=0.3, listen=2, transfer=20, pause=0.01)


class House:
    """Our side: the vault with what people have connected, and the adapters over it."""

    def __init__(self, kaggle: FakeKaggle, folder: Path) -> None:
        self.fake = kaggle
        self.world = kaggle.world
        self.vault = MemoryVault(clock=FakeClock())
        self.folder = folder
        self.ann: Person = kaggle.world.person("ann-k")
        self.ben: Person = kaggle.world.person("ben-k")
        self.url = kaggle.url

    async def connect(self, owner: Actor, values: dict[str, str]) -> None:
        await self.vault.put(owner, "kaggle", json.dumps(values), tail="last")

    @property
    def source(self) -> KaggleSource:
        return make_source(vault=self.vault, kaggle_api_url=self.url, patience=QUICK)

    def runtime(self) -> KaggleRuntime:
        """The runtime as a process that has just begun sees it."""
        made = make_runtime(vault=self.vault, kaggle_api_url=self.url, patience=QUICK)
        made.poll_seconds = made.ready_seconds = 0.01
        return made

    def request(self, *scripts: str, name: str = "j-1-0", gpu: str = "") -> RunRequest:
        """A training of these scripts, each a step of its own: s0, s1, …"""
        bundle, fit = self.folder / "bundle", self.folder / "fit"
        for made in (bundle, fit):
            made.mkdir(exist_ok=True)
        (fit / "rows.txt").write_text("seven")
        work = self.folder / "runs" / name
        steps = []
        for number, script in enumerate(scripts):
            path = bundle / f"s{number}.py"
            path.write_text(script)
            steps.append(
                Step(f"s{number}", path, ("--fit", str(fit)), work / f"out{number}", (bundle, fit))
            )
        return RunRequest(name, work, (), tuple(steps), gpu=gpu)


@pytest.fixture
def kaggle(tmp_path: Path) -> Iterator[FakeKaggle]:
    with FakeKaggle(tmp_path / "kaggle") as fake:
        yield fake


@pytest.fixture
async def house(kaggle: FakeKaggle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Ann has connected her account; whatever the server itself has is a trap."""
    server = tmp_path / "server"
    (server / ".kaggle").mkdir(parents=True)
    trap = kaggle.world.person("the-server")
    (server / ".kaggle" / "kaggle.json").write_text(
        json.dumps({"username": trap.name, "key": trap.key})
    )
    (server / ".netrc").write_text(f"machine 127.0.0.1 login {trap.name} password {trap.key}\n")
    monkeypatch.setenv("HOME", str(server))
    monkeypatch.setenv("KAGGLE_API_TOKEN", trap.token)
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "TEST")
    made = House(kaggle, tmp_path)
    await made.connect(ANN, made.ann.values)
    return made


async def followed(runtime: KaggleRuntime, handle: str, owner: Actor = ANN) -> RunState:
    """The state of a run that has ended, with all its lines."""
    lines: tuple[str, ...] = ()
    for _ in range(200):
        state = await runtime.check(handle, len(lines), owner)
        lines += state.lines
        if state.status != "running":
            return RunState(state.status, lines, state.step, state.result, state.page)
    raise AssertionError("the run did not end")
