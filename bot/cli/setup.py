"""Connecting a chat platform: `setup slack|discord` prints what to paste or open, and the steps."""

from typing import Annotated

import typer

PANEL = "Run for others"

app = typer.Typer(no_args_is_help=True, help="Connect a chat platform, step by step.")


@app.command()
def slack(
    *,
    thread_replies: Annotated[
        bool,
        typer.Option(
            "--thread-replies", help="Let replies in a job's thread count without a mention."
        ),
    ] = False,
    socket: Annotated[
        bool, typer.Option("--socket", help="Socket Mode: no public address is needed.")
    ] = False,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="The public https address of the bot, for HTTP.")
    ] = "",
) -> None:
    """Print the manifest of the Slack app, then the steps; nothing secret is in it.

    [bold]mltrainer setup slack --socket[/bold]               on your own machine
    [bold]mltrainer setup slack --host bot.example.com[/bold]  on a server
    """
    from bot.cli import introducing  # noqa: PLC0415  (help must not wait for it)

    introducing.slack(thread_replies=thread_replies, socket=socket, host=host)


@app.command()
def discord(
    *,
    application: Annotated[
        str, typer.Option(metavar="ID", help="The application's id, while no token is set.")
    ] = "",
    no_delete: Annotated[
        bool,
        typer.Option(
            "--no-delete", help="Leave out Manage Messages: pasted keys can then not be deleted."
        ),
    ] = False,
) -> None:
    """Print the link that invites the Discord bot, then the steps; nothing secret is in it.

    [bold]mltrainer setup discord --application ID[/bold]  before there is a token
    [bold]mltrainer setup discord[/bold]                   once DISCORD_BOT_TOKEN is set
    """
    from bot.cli import introducing  # noqa: PLC0415  (help must not wait for it)

    introducing.discord(application=application, delete=not no_delete)


def add_to(program: typer.Typer) -> None:
    """Register this group's commands."""
    program.add_typer(app, name="setup", rich_help_panel=PANEL)
