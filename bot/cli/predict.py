"""`mltrainer predict`: use a finished model."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import AsJson

PANEL = "Train"


def predict(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job whose model is used.")],
    *,
    input_file: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE|-", help="Rows to predict; - reads stdin."),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="TEXT", help="A text to predict. May repeat."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Where to write; stdout without it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Predict new rows with the model of a finished job.

    [bold]mltrainer predict j-4f0c2k9a --input new.csv --output answers.csv[/bold]
    [bold]mltrainer predict j-4f0c2k9a --text "you won a prize"[/bold]
    """
    from bot.cli import predicting  # noqa: PLC0415  (help must not wait for it)

    predicting.predict(job, input_file, tuple(text or ()), output, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(rich_help_panel=PANEL)(predict)
