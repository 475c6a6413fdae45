"""Starting a job: `run` and `demo`."""

from typing import Annotated

import typer

from bot.cli.options import AsJson, Quiet

PANEL = "Train"
Words = Annotated[
    str, typer.Argument(metavar="WORDS", help="What the model should do, in plain English.")
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="PATH|URL|ID",
        help="Examples to learn from: a file, folder, archive or address, hf:OWNER/NAME or "
        "kaggle:OWNER/NAME. May repeat; train=PATH, validation=PATH and test=PATH name a split.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Fix a setting, for example target=price or hyperparameters.epochs=20. May repeat.",
    ),
]


Runtime = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="Where to train: local, kaggle, modal or ray. The plan says what it can cost.",
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="Where to publish: folder, which is here, or huggingface, where only you see it.",
    ),
]
Minutes = Annotated[
    float | None, typer.Option("--budget-minutes", metavar="MINUTES", help="Longest training time.")
]
NoDeploy = Annotated[
    bool, typer.Option("--no-deploy", help="Keep the model here; publish nothing.")
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", help="Approve the plan ahead, if it can cost MLTRAINER_MAX_JOB_USD at most."
    ),
]


def run(
    words: Words,
    *,
    data: Data = None,
    runtime: Runtime = None,
    host: Host = None,
    settings: Settings = None,
    budget_minutes: Minutes = None,
    no_deploy: NoDeploy = False,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a model from words and data, and follow it to its end.

    [bold]mltrainer run "make me a spam filter from this" --data messages.tsv[/bold]
    [bold]mltrainer run "who survived?" --data titanic.csv --set target=Survived --json[/bold]
    [bold]mltrainer run "sort these, train on Kaggle" --data hf:OWNER/NAME[/bold]

    Exit code: 0 done, 1 failed, 2 wrong use, 3 waiting for you, 130 cancelled.
    """
    from bot.cli import inputs  # noqa: PLC0415  (help must not wait for it)
    from bot.cli.output import Output  # noqa: PLC0415  (as above)
    from bot.cli.session import perform, train  # noqa: PLC0415  (as above)
    from bot.settings import RUNTIMES  # noqa: PLC0415  (as above)
    from pipeline.context import Request  # noqa: PLC0415  (as above)
    from pipeline.errors import PersonCanFix  # noqa: PLC0415  (as above)

    if not words.strip():
        raise PersonCanFix(
            "There are no words to go by.", 'For example: mltrainer run "flag spam" --data FILE'
        )
    request = Request(
        words=words,
        inputs=inputs.read_inputs(data or ()),
        settings=inputs.read_settings(settings or ()),
        runtime=inputs.choose("--runtime", runtime, RUNTIMES),
        host=inputs.choose("--host", host, inputs.HOSTS),
        budget_seconds=inputs.positive_minutes(budget_minutes),
        deploy=not no_deploy,
        yes_ahead=yes,
    )
    perform(lambda: train(request, Output(as_json=as_json), quiet=quiet))


def demo(*, quiet: Quiet = False) -> None:
    """See the whole job once, on data that comes along: no network, no key, no account.

    A model learns to tell malignant from benign tumours by 30 measurements,
    is checked against baselines, and predicts rows it has never seen.
    """
    from bot.cli.demo import show  # noqa: PLC0415  (help must not wait for it)
    from bot.cli.session import perform  # noqa: PLC0415  (as above)

    perform(lambda: show(quiet=quiet))


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command(rich_help_panel=PANEL)(demo)
    app.command(rich_help_panel=PANEL)(run)
