"""Facts about this machine and this program."""

from bot import words
from bot.checks import examine
from bot.cli.output import Output
from bot.cli.session import looking, perform
from bot.settings import render_example
from bot.tasks import Told, every_task
from pipeline.jobs import Frozen
from pipeline.ports.check import Check


class Report(Frozen):
    """The object of `doctor --json`."""

    ok: bool
    checks: tuple[Check, ...]


class Tasks(Frozen):
    """The object of `tasks --json`."""

    tasks: tuple[Told, ...]


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
    """Every task with what it is judged by, measured against, made of and read from."""
    output = Output(as_json=as_json)
    found = every_task()
    for task in found:
        output.say(f"{task.task_type:<26}{task.title}")
        for name, value in words.of_task(task):
            output.say(f"   {name:<12}{value}")
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
