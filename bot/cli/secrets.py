"""A person's keys: `connect SERVICE` and `secrets add|list|forget|rotate`."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli.options import AsJson

PANEL = "Accounts"
# What is given beside a service's name may be a key: it is taken, to be refused with the reason.
ANYTHING: dict[Any, Any] = {"ignore_unknown_options": True, "allow_extra_args": True}
Service = Annotated[
    str, typer.Argument(metavar="SERVICE", help="For example huggingface or kaggle.")
]


class Quiet(TyperGroup):
    """Commands of which an unknown one is not repeated: it may be a key."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  (private to typer)
        """Find the command; PersonCanFix lists the known ones."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            from pipeline.errors import PersonCanFix  # noqa: PLC0415  (help must not wait for it)

            known = ", ".join(self.commands)
            raise PersonCanFix("There is no such command.", f"mltrainer secrets knows: {known}.")
        return super().resolve_command(ctx, args)


secrets = typer.Typer(
    cls=Quiet, no_args_is_help=True, help="Keys and logins that are kept for you, encrypted."
)


def connect(context: typer.Context, service: Service = "") -> None:
    """Give your key for a service; it is asked for, hidden, and kept encrypted.

    [bold]mltrainer connect huggingface[/bold]               asks for the token
    [bold]mltrainer connect kaggle < FILE[/bold]   a line for each thing asked for

    Never write a key into the command: it would stay in the shell's history.
    """
    from bot.cli import connecting  # noqa: PLC0415  (help must not wait for it)

    connecting.connect(service, context.args)


@secrets.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """What is kept for you: of each key the last 4 characters, never more."""
    from bot.cli import safekeeping  # noqa: PLC0415  (help must not wait for it)

    safekeeping.show(as_json=as_json)


@secrets.command(context_settings=ANYTHING)
def add(context: typer.Context, service: Service = "") -> None:
    """The same as `mltrainer connect SERVICE`."""
    connect(context, service)


@secrets.command(context_settings=ANYTHING)
def forget(
    context: typer.Context,
    service: Service = "",
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that is kept for you, for good.")
    ] = False,
) -> None:
    """Delete what is kept for a service, or everything."""
    from bot.cli import safekeeping  # noqa: PLC0415  (help must not wait for it)

    safekeeping.forget(service, context.args, everything=everything)


@secrets.command()
def rotate() -> None:
    """Protect everybody's keys with a new master key; no key of a service changes."""
    from bot.cli import safekeeping  # noqa: PLC0415  (help must not wait for it)

    safekeeping.rotate()


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(rich_help_panel=PANEL, context_settings=ANYTHING)(connect)
    app.add_typer(secrets, name="secrets", rich_help_panel=PANEL)
