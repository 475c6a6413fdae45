"""The command line: one program, its commands and what they say about themselves.

A command's module imports what it works with only when it runs, so that help is instant.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from bot.cli import backup, doctor, jobs, predict, report, secrets, serving, setup, start
from bot.cli.options import Quiet

EPILOG = """First steps:

  mltrainer demo

  mltrainer run "make me a spam filter from this" --data messages.csv

  mltrainer predict JOB --text "you won a prize"
"""


class Commands(TyperGroup):
    """Commands in the order in which they are added; an unknown one lists the known."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  (private to typer)
        """Find the command; UnknownName lists the known ones."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            from pipeline.errors import UnknownName  # noqa: PLC0415  (help must not wait for it)

            raise UnknownName("command", args[0], self.commands)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="mltrainer",
    cls=Commands,
    add_completion=False,
    rich_markup_mode="rich",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def talk(
    context: typer.Context,
    *,
    quiet: Quiet = False,
) -> None:
    """Say in plain English which model you want; get it trained, checked and published.

    Without a command a conversation begins: say what you want, name your file.
    It works on this machine alone: no key, no account, no server.
    """
    if context.invoked_subcommand is None:
        from bot.cli.talk import converse  # noqa: PLC0415  (help must not wait for it)

        converse(quiet=quiet)


start.add_to(app)
predict.add_to(app)
jobs.add_to(app)
report.add_to(app)
secrets.add_to(app)
serving.add_to(app)
backup.add_to(app)
setup.add_to(app)
doctor.add_to(app)
