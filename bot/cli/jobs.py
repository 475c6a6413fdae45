"""Looking at jobs and steering them: answer, list, status, resume, interrupt, cancel and more."""

from typing import Annotated

import typer

from bot.cli.options import AsJson, Quiet

PANEL = "Jobs"
Job = Annotated[str, typer.Argument(metavar="JOB", help="The job's id, for example j-4f0c2k9a.")]


def answer(
    job: Job,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="An option's number or text, or your own words.")
    ],
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Reply to what a job asks; then it goes on.

    [bold]mltrainer answer j-4f0c2k9a 2[/bold]          the second option
    [bold]mltrainer answer j-4f0c2k9a approve[/bold]    also: change NAME to VALUE, cancel
    """
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.answer(job, text, as_json=as_json, quiet=quiet)


def list_(*, as_json: AsJson = False) -> None:
    """The latest jobs, and which of them stand still."""
    from bot.cli import looking  # noqa: PLC0415  (help must not wait for it)

    looking.list_jobs(as_json=as_json)


def status(job: Job, *, as_json: AsJson = False) -> None:
    """Where a job stands: its stages, its question or its result."""
    from bot.cli import looking  # noqa: PLC0415  (help must not wait for it)

    looking.status(job, as_json=as_json)


def log(
    job: Job,
    *,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show the log file with tracebacks instead.")
    ] = False,
) -> None:
    """Everything that happened in a job."""
    from bot.cli import looking  # noqa: PLC0415  (help must not wait for it)

    looking.log(job, traceback=traceback)


def resume(job: Job, *, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Go on with an interrupted or failed job; finished stages are kept."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.resume(job, as_json=as_json, quiet=quiet)


def retry(job: Job, *, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Run the stage that failed or waits once more, with all its attempts."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.retry(job, as_json=as_json, quiet=quiet)


def interrupt(job: Job, *, as_json: AsJson = False) -> None:
    """Stop the stage at work; then resume, change something or undo a stage."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.interrupt(job, as_json=as_json)


def undo(
    job: Job,
    stage: Annotated[
        str, typer.Argument(metavar="STAGE", help="A stage of the job, for example dataset.")
    ],
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Go back to before a stage and on from there; earlier stages are kept."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.undo(job, stage, as_json=as_json, quiet=quiet)


def compact(job: Job, *, as_json: AsJson = False) -> None:
    """Make a job's long conversation short; its latest turns stay as they were said."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.compact(job, as_json=as_json)


def fork(
    job: Job,
    *,
    stage: Annotated[
        str | None,
        typer.Option("--from", metavar="STAGE", help="The first stage to do anew."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A change; may repeat."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a new job out of an earlier one, with changes; the earlier one stays.

    [bold]mltrainer fork j-4f0c2k9a --set epochs=3[/bold]         the same, but shorter
    [bold]mltrainer fork j-4f0c2k9a --set runtime=modal[/bold]    the same, elsewhere
    """
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.fork(job, stage, settings or (), as_json=as_json, quiet=quiet)


def retrain(
    job: Job,
    data: Annotated[
        list[str], typer.Option("--data", metavar="PATH|URL|ID", help="New data; may repeat.")
    ],
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a finished job again on new data; the better of the two models stays.

    Both are measured on the same held-out rows of the new data.
    """
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.retrain(job, data, as_json=as_json, quiet=quiet)


def cancel(job: Job, *, as_json: AsJson = False) -> None:
    """Stop a job for good, and the training it runs."""
    from bot.cli import steering  # noqa: PLC0415  (help must not wait for it)

    steering.cancel(job, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Register this group's commands."""
    app.command("answer", rich_help_panel=PANEL)(answer)
    app.command("list", rich_help_panel=PANEL)(list_)
    app.command("status", rich_help_panel=PANEL)(status)
    app.command("log", rich_help_panel=PANEL)(log)
    app.command("resume", rich_help_panel=PANEL)(resume)
    app.command("retry", rich_help_panel=PANEL)(retry)
    app.command("interrupt", rich_help_panel=PANEL)(interrupt)
    app.command("undo", rich_help_panel=PANEL)(undo)
    app.command("compact", rich_help_panel=PANEL)(compact)
    app.command("fork", rich_help_panel=PANEL)(fork)
    app.command("retrain", rich_help_panel=PANEL)(retrain)
    app.command("cancel", rich_help_panel=PANEL)(cancel)
