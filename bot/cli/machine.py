"""Facts about this machine and this program."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bot import words
from bot.cli.output import Output
from bot.cli.session import looking, perform
from bot.settings import Settings, make_home, render_example
from bot.wiring import open_workbench
from pipeline.errors import MLTrainerError
from pipeline.execution_plan import known_tasks
from pipeline.jobs import Frozen, TaskType
from pipeline.recipe import find_task, known_recipes

_GIGABYTE = 1 << 30
_DISK_WANTED = 5
_MEMORY_WANTED = 2


class Check(Frozen):
    """One thing looked at; `hint` says what to do where it is not well."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


class Report(Frozen):
    """The object of `doctor --json`."""

    ok: bool
    checks: tuple[Check, ...]


class Task(Frozen):
    """One task; one that cannot be trained yet has no title."""

    task_type: TaskType
    trainable: bool
    title: str


class Tasks(Frozen):
    """The object of `tasks --json`."""

    tasks: tuple[Task, ...]


def doctor(*, as_json: bool) -> None:
    """Look at everything a job needs; nothing is changed but the home, which is made."""

    async def work() -> int:
        output = Output(as_json=as_json)
        checks = (*_machine(), *await _house())
        for check in checks:
            output.say(words.check(check.name, check.detail, check.hint, ok=check.ok))
        well = all(check.ok for check in checks)
        output.result(Report(ok=well, checks=checks))
        return 0 if well else 1

    perform(work)


def _machine() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check(name="python", ok=True, detail=version)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    yield Check(
        name="memory",
        ok=memory >= _MEMORY_WANTED,
        detail=f"{memory:.1f} GB, {os.cpu_count()} cores",
        hint=f"Training wants {_MEMORY_WANTED} GB or more.",
    )
    gpu = shutil.which("nvidia-smi") is not None
    yield Check(name="gpu", ok=True, detail="NVIDIA" if gpu else "none; everything runs on the CPU")


async def _house() -> tuple[Check, ...]:
    """Settings first: without them nothing else can be looked at."""
    try:
        settings = Settings.load()
    except MLTrainerError as error:
        return (_sick("settings", error),)
    checks = [Check(name="settings", ok=True, detail="all are valid")]
    try:
        await asyncio.to_thread(make_home, settings.home)
    except MLTrainerError as error:
        return (*checks, _sick("home", error))
    checks += [Check(name="home", ok=True, detail=str(settings.home)), _disk(settings.home)]
    try:
        workbench = await open_workbench(settings)
    except MLTrainerError as error:
        return (*checks, _sick("sandbox", error))
    sandbox = Check(name="sandbox", ok=True, detail=words.SANDBOX[workbench.level])
    return (*checks, sandbox)


def _sick(name: str, error: MLTrainerError) -> Check:
    return Check(name=name, ok=False, detail=error.message, hint=error.hint)


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free / _GIGABYTE
    hint = f"Training environments want {_DISK_WANTED} GB or more."
    return Check(name="disk", ok=free >= _DISK_WANTED, detail=f"{free:.0f} GB free", hint=hint)


def tasks(*, as_json: bool) -> None:
    """Every task by name."""
    output = Output(as_json=as_json)
    trainable = known_recipes()
    found = tuple(
        Task(
            task_type=task,
            trainable=task in trainable,
            title=find_task(task).title,
        )
        for task in known_tasks()
    )
    for task in found:
        state = "" if task.trainable else f" ({words.NOT_YET})"
        output.say(f"{task.task_type:<26}{task.title}{state}")
    output.result(Tasks(tasks=found))


def env() -> None:
    """Print `.env.example`."""
    Output().say(render_example().rstrip())


def migrate() -> None:
    """Open the records, which brings the tables up to date."""

    async def work() -> int:
        async with looking(Output()) as here:
            here.output.say(words.up_to_date(str(here.home)))
        return 0

    perform(work)
