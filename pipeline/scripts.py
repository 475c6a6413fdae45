"""Running bundle scripts: progress lines become events, endings become errors of the tree."""

import asyncio
import json
import re
from pathlib import Path

from pydantic import JsonValue, ValidationError

from pipeline.errors import MLTrainerError, PersonCanFix, Rejected
from pipeline.events import AgentLogged, ProgressReported
from pipeline.folders import fresh
from pipeline.jobs import Frozen, Stage
from pipeline.ports import Ports
from pipeline.ports.clock import Clock
from pipeline.ports.runtime import OnLine, Step, StepResult
from pipeline.recipe import harness_file, read_lines

PROBLEM_EXIT = 3
# What a script may ask about: never where a model goes, what is spent, or a yes.
_ABOUT_DATA = re.compile(
    r"data|retry|target|time|text|(?:dataset|hyperparameters)\.\w+|[a-z_]*column"
)
_HINTS = {
    "timeout": "Give it more time (--budget-minutes) or less data, then retry.",
    "memory": "Use fewer rows or columns, or a machine with more memory, then retry.",
    "output": "The script printed without end; see the log, then retry.",
    "failed": "See the log for the whole output, then retry.",
}


class Problem(Frozen):
    """Something about the data that only the person can mend."""

    message: str
    hint: str
    field: str = "data"
    options: tuple[str, ...] = ()


def read_line(line: str) -> dict[str, JsonValue] | None:
    """Parse a line of output as a JSON object; None for plain text."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def progress(stage: Stage, line: str) -> ProgressReported | None:
    """The event of a progress line, or None when the line is something else."""
    value = read_line(line)
    if value is None or "step" not in value:
        return None
    try:
        return ProgressReported.model_validate({**value, "stage": stage})
    except ValidationError:
        return None


def cause(result: StepResult) -> str:
    """The line of output that best says why a script ended."""
    plain = [line.strip() for line in result.tail if line.strip() and read_line(line) is None]
    named = [line for line in plain if "Error" in line.split(":", 1)[0]]
    return (named or plain or ["no output"])[-1][:300]


def failure(step: str, result: StepResult) -> MLTrainerError:
    """The error of a step that did not end well."""
    if result.exit_code == PROBLEM_EXIT and (problem := _problem(result)):
        return PersonCanFix(
            problem.message, problem.hint, field=problem.field, options=problem.options
        )
    seconds = f"{result.seconds:.0f} s"
    match result.ending:
        case "timeout":
            text = f"The step '{step}' was stopped after {seconds}: its time limit."
        case "memory":
            text = f"The step '{step}' ran out of memory after {seconds}."
        case "output":
            text = f"The step '{step}' was stopped: it printed too much."
        case _:
            text = f"The step '{step}' failed: {cause(result)}"
    hint = _HINTS.get(result.ending, _HINTS["failed"])
    if result.ending in {"timeout", "memory"}:
        return PersonCanFix(text, hint)
    return Rejected(text, hint, feedback="\n".join([text, *result.tail[-20:]]))


def _problem(result: StepResult) -> Problem | None:
    for line in reversed(result.tail):
        value = read_line(line)
        if value is None or "problem" not in value:
            continue
        try:
            problem = Problem.model_validate(value["problem"])
        except ValidationError:
            return None
        return problem if _ABOUT_DATA.fullmatch(problem.field) else None
    return None


def reporter(stage: Stage, ports: Ports) -> OnLine:
    """A line reader that shows progress lines as events."""

    async def on_line(line: str) -> None:
        event = progress(stage, line)
        if event is not None:
            await ports.emit(event)

    return on_line


class Stopwatch:
    """Passes on the lines of a script, and measures from its first progress to its last."""

    def __init__(self, clock: Clock, on_line: OnLine) -> None:
        self._clock, self._on_line = clock, on_line
        self._seen: list[float] = []

    async def __call__(self, line: str) -> None:
        """One line of output."""
        if read_line(line) is not None:
            self._seen = [*self._seen[:1], self._clock.monotonic()]
        await self._on_line(line)

    @property
    def seconds(self) -> float | None:
        """The work without the start; None where fewer than two lines were said."""
        return self._seen[1] - self._seen[0] if len(self._seen) > 1 else None


async def run_script(
    stage: Stage, ports: Ports, python: Path, step: Step, on_line: OnLine | None = None
) -> StepResult:
    """Run one script to its good end, or raise the error that says why not."""
    result = await ports.workbench.run(python, step, on_line or reporter(stage, ports))
    if not result.ok:
        raise failure(step.name, result)
    return result


async def environment(stage: Stage, ports: Ports, lines: tuple[str, ...]) -> Path:
    """Python of the environment with these requirements, with progress while it is made."""
    shown = False

    async def on_line(line: str) -> None:
        nonlocal shown
        if not shown:
            text = "Setting up the training environment (once; it is kept for later jobs)"
            await ports.emit(AgentLogged(stage=stage, message=text))
            shown = True
        await ports.emit(ProgressReported(stage=stage, step="environment", message=line[:200]))

    return await ports.workbench.prepare(lines, on_line)


def core_requirements() -> tuple[str, ...]:
    """What the harness's own scripts need: the core environment."""
    return read_lines(harness_file("core.txt"))


async def result(ports: Ports, produced: Path, scratch: Path) -> bytes:
    """Bytes of one small file that a script left."""
    return (await taken(ports, produced, scratch)).read_bytes()


async def taken(ports: Ports, produced: Path, scratch: Path) -> Path:
    """A copy of one file that a script left: a regular file, and no link to somewhere else."""

    def take() -> Path:
        (copy,) = ports.workbench.take(produced, fresh(scratch))
        return copy

    return await asyncio.to_thread(take)


def harness_script(name: str) -> Path:
    """A script of the harness, run in place."""
    return harness_file(name)
