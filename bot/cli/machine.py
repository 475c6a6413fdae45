"""Facts about this machine and this program."""

from bot import words
from bot.checks import examine
from bot.cli.output import Output
from bot.cli.session import looking, perform
from bot.settings import render_example
from pipeline.execution_plan import known_tasks
from pipeline.jobs import Frozen, TaskType
from pipeline.ports.check import Check
from pipeline.recipe import find_task, known_recipes


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
        checks = []
        async for check in examine():
            output.say(words.check(check.name, check.detail, check.hint, ok=check.ok))
            checks.append(check)
        well = all(check.ok for check in checks)
        output.result(Report(ok=well, checks=tuple(checks)))
        return 0 if well else 1

    perform(work)


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
