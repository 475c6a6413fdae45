"""About this machine and this program: doctor, env, tasks, migrate."""

import typer

from bot.cli.options import AsJson

PANEL = "Set up"


def doctor(*, as_json: AsJson = False) -> None:
    """Check machine, settings, database, keys, chats and services, each with its cure."""
    from bot.cli import machine  # noqa: PLC0415  (help must not wait for it)

    machine.doctor(as_json=as_json)


def env() -> None:
    """Every setting with its meaning and default: [bold]mltrainer env > .env[/bold]."""
    from bot.cli import machine  # noqa: PLC0415  (help must not wait for it)

    machine.env()


def tasks(*, as_json: AsJson = False) -> None:
    """The tasks: what each is judged by, measured against, made of and read from."""
    from bot.cli import machine  # noqa: PLC0415  (help must not wait for it)

    machine.tasks(as_json=as_json)


def migrate() -> None:
    """Bring the database up to date; every other command does so by itself."""
    from bot.cli import machine  # noqa: PLC0415  (help must not wait for it)

    machine.migrate()


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    for command in (doctor, tasks, env, migrate):
        app.command(rich_help_panel=PANEL)(command)
