"""`mltrainer report`: the page of a job."""

from typing import Annotated

import typer

PANEL = "Jobs"


def report(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job whose page is written.")],
) -> None:
    """Write a job's page: result, pictures, data, how it was made. Prints its path.

    [bold]mltrainer report j-4f0c2k9a[/bold]    one HTML file, which needs no network
    """
    from bot.cli import reporting  # noqa: PLC0415  (help must not wait for it)

    reporting.report(job)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel=PANEL)(report)
