"""Keeping a home safe: `backup FILE` and `restore FILE`."""

from pathlib import Path
from typing import Annotated

import typer

PANEL = "Run for others"
File = Annotated[Path, typer.Argument(metavar="FILE", help="The archive.", show_default=False)]


def backup(
    file: File,
    *,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the master key in: who has it reads secrets.")
    ] = False,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Leave out the files of jobs and the models.")
    ] = False,
) -> None:
    """Write database, jobs and models into one archive, also while the bot runs.

    With PostgreSQL the archive holds the files, and the command for the database is said.
    """
    from bot.cli import archiving  # noqa: PLC0415  (help must not wait for it)

    archiving.back_up(file, with_key=with_key, database_only=database_only)


def restore(
    file: File,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where a home is; that one is kept beside it.")
    ] = False,
) -> None:
    """Put the home of an archive in place. A broken archive changes nothing."""
    from bot.cli import archiving  # noqa: PLC0415  (help must not wait for it)

    archiving.restore(file, replace=replace)


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(rich_help_panel=PANEL)(backup)
    app.command(rich_help_panel=PANEL)(restore)
