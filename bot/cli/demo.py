"""`mltrainer demo`: a real job from plain words to predictions on rows the model has never seen."""

import csv
from pathlib import Path

from bot import commands, words
from bot.cli.output import Output, note
from bot.cli.session import Work, person, working
from bot.predicting import predict_rows
from pipeline.artifacts import DataInput
from pipeline.context import Request
from pipeline.errors import TryAgain
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import JobId, JobStatus, new_job_id
from pipeline.ports.runtime import Step
from pipeline.scripts import cause, core_requirements, harness_script

REQUEST = "Predict the diagnosis of a tumour, malignant or benign, from these measurements."
BUDGET_SECONDS = 20


async def show(*, quiet: bool) -> int:
    """Train on the sample, then predict its fresh rows; returns the exit code."""
    output = Output()
    async with working(output, quiet=quiet) as here:
        job_id = new_job_id()
        note(f"job {job_id}")
        output.say(words.DEMO)
        folder = await _write_sample(here, job_id)
        row = await commands.begin(
            here.store,
            home=here.home,
            owner=person(),
            request=Request(
                words=REQUEST,
                inputs=(DataInput(location=str(folder / "tumours.csv")),),
                budget_seconds=BUDGET_SECONDS,
                approved=True,
            ),
            job_id=job_id,
        )
        row = await here.settle(row)
        if row.status is JobStatus.DONE:
            predicted = await predict_rows(
                here.house.workbench, row, folder, on_line=_unseen, input_file=folder / "fresh.csv"
            )
            _print_predictions(output, predicted, folder / "fresh.csv")
        return await here.finish(row)


async def _write_sample(here: Work, job_id: JobId) -> Path:
    """Let the core environment write the data that its scikit-learn carries."""
    folder = fresh(JobFolder.of(here.home, job_id).scratch("sample"))
    told = False

    async def on_line(line: str) -> None:
        nonlocal told
        if not told:
            here.output.say(words.SETTING_UP)
            told = True
        here.output.say(f"   {line}")

    python = await here.house.workbench.prepare(core_requirements(), on_line)
    script = harness_script("sample.py")
    step = Step(
        name="sample",
        script=script,
        arguments=("--out", "tumours.csv", "--fresh", "fresh.csv"),
        work=folder,
        reads=(script.parent,),
    )
    result = await here.house.workbench.run(python, step)
    if not result.ok:
        raise TryAgain(f"The sample could not be written: {cause(result)}", "Try the demo again.")
    return folder


async def _unseen(line: str) -> None:
    """The environment is there already: the job has just used it."""
    del line


def _print_predictions(output: Output, predicted: Path, given: Path) -> None:
    """One line a row: what the model says, how sure it is, and the truth."""
    with predicted.open(newline="") as answers, given.open(newline="") as questions:
        for number, (said, asked) in enumerate(
            zip(csv.DictReader(answers), csv.DictReader(questions), strict=True), 1
        ):
            label = said["prediction"]
            sure = float(said.get(f"probability_{label}") or "nan")
            output.say(words.demo_prediction(number, label, sure, asked["__truth__"]))
