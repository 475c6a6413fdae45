"""A script that quotes a secret in what it prints is believed in all but the secret."""

import json
from pathlib import Path

import pytest

from adapters.guarded_workbench import GuardedWorkbench
from adapters.sanitizer import KeySanitizer
from pipeline.ports.runtime import OnLine, SandboxLevel, Step, StepResult
from tests.fakes.service import HUB

pytestmark = pytest.mark.anyio
KEY = "hf_" + "Qz7" * 11 + "Q"
TRACEBACK = f"ValueError: could not convert string to float: 'my key {KEY}'"


class Talkative:
    """Prints a key wherever it can."""

    level: SandboxLevel = "full"
    gpus = 2

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        await on_line(f"installing {requirements[0]} with {KEY}")
        return Path("python")

    async def run(self, python: Path, step: Step, on_line: OnLine | None = None) -> StepResult:
        del python, step
        if on_line is not None:
            await on_line(json.dumps({"step": "train", "message": KEY, "done": 0.5}))
            await on_line(TRACEBACK)
        return StepResult("failed", 1, 1.0, ("before", TRACEBACK))

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        return (produced, into)


async def test_no_line_and_no_tail_holds_a_key() -> None:
    heard: list[str] = []

    async def hear(line: str) -> None:
        heard.append(line)

    bench = GuardedWorkbench(Talkative(), KeySanitizer([HUB]))
    step = Step("train", Path("train.py"), (), Path("work"))
    assert await bench.prepare(("numpy",), hear) == Path("python")
    result = await bench.run(Path("python"), step, hear)

    assert KEY not in "".join((*heard, *result.tail))
    assert json.loads(heard[1]) == {
        "step": "train",
        "message": "[secret: huggingface]",
        "done": 0.5,
    }
    assert result.tail[1].endswith("'my key [secret: huggingface]'")
    assert (await bench.run(Path("python"), step)).tail == result.tail
    assert (bench.level, bench.gpus) == ("full", 2)
    assert bench.take(Path("a"), Path("b")) == (Path("a"), Path("b"))
