"""Running for others: `serve` talks on Slack and Discord and works, `worker` only works."""

from typing import Annotated

import typer

PANEL = "Run for others"
Debug = Annotated[bool, typer.Option("--debug", help="Write more into the home's log.")]


def serve(
    *,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Only talk; a worker does the jobs.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Answer on Slack and Discord and work on every job, until Ctrl-C or SIGTERM.

    The last line at start is [bold]ready[/bold]. First: [bold]mltrainer setup slack[/bold] or
    [bold]mltrainer setup discord[/bold]; whichever is set up is served, both in one process.
    """
    from bot.cli import running  # noqa: PLC0415  (help must not wait for it)

    running.serve(work=not no_work, debug=debug)


def worker(
    *,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Answer /health, /ready and /metrics on this port."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Work on every job of the home without talking, beside [bold]serve --no-work[/bold]."""
    from bot.cli import running  # noqa: PLC0415  (help must not wait for it)

    running.worker(port=port, debug=debug)


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(rich_help_panel=PANEL)(serve)
    app.command(rich_help_panel=PANEL)(worker)
