"""Running the predict.py of a published model folder in the sandbox."""

import asyncio
import csv
import shutil
import sys
import uuid
from pathlib import Path

from bot import words
from bot.cards import model_path
from bot.cli.output import Output, note
from bot.cli.session import perform, working
from bot.wiring import House
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import Frozen, JobStatus
from pipeline.ports.runtime import Step, StepResult
from pipeline.ports.store import JobRow
from pipeline.recipe import read_requirements
from pipeline.scripts import cause

_WRONG_INPUT = 2


class Predicted(Frozen):
    """The object of `predict --json`; `output` is null when the predictions went to stdout."""

    job: str
    rows: int
    output: str | None
    model: str


def predict(
    job: str, given: str | None, texts: tuple[str, ...], output: Path | None, *, as_json: bool
) -> None:
    """Predict a file, stdin or texts."""
    if (given is None) == (not texts):
        raise PersonCanFix(
            "Give either --input FILE or --text, and not both.",
            f'For example: mltrainer predict {job} --text "some words"',
        )
    if given not in {None, "-"} and not Path(str(given)).is_file():
        raise PersonCanFix(f"There is no file '{given}'.", "Give a file that exists, or - (stdin).")
    if output is not None and given is not None and output.resolve() == Path(given).resolve():
        raise PersonCanFix(
            f"The predictions would be written over the rows in '{given}'.",
            "Give --output another name.",
        )

    async def work() -> int:
        voice = Output(as_json=as_json)
        async with working(voice) as here:
            row = await here.find(job)
            work = fresh(JobFolder.of(here.home, row.id).scratch(f"predict-{uuid.uuid4().hex}"))
            try:
                file = await asyncio.to_thread(_input_file, given, work)
                answers = await predict_rows(here.house, row, work, input_file=file, texts=texts)
                _deliver(voice, row, answers, output)
            finally:
                remove(work)
        return 0

    perform(work)


def _input_file(given: str | None, work: Path) -> Path | None:
    """The rows as a file; stdin is kept in one, with an ending only where its first byte tells."""
    if given != "-":
        return Path(given).resolve() if given else None
    raw = sys.stdin.buffer.read()
    first = raw.lstrip()[:1]
    name = {b"{": "stdin.jsonl", b"[": "stdin.json"}.get(first, "stdin")
    path = work / name
    path.write_bytes(raw)
    return path


async def predict_rows(
    house: House,
    row: JobRow,
    work: Path,
    *,
    input_file: Path | None = None,
    texts: tuple[str, ...] = (),
) -> Path:
    """Run the published predict.py in `work`; returns the file of predictions it wrote."""
    folder = _model_folder(row)
    python = await house.workbench.prepare(read_requirements(folder), _tell)
    inputs = ("--input", str(input_file)) if input_file else ()
    said = tuple(part for text in texts for part in ("--text", text))
    step = Step(
        name="predict",
        script=folder / "predict.py",
        arguments=(*inputs, *said, "--output", "predictions.out"),
        work=work,
        reads=(folder, *((input_file,) if input_file else ())),
    )
    result = await house.workbench.run(python, step)
    if not result.ok:
        raise _failure(result)
    (answers,) = house.workbench.take(work / "predictions.out", fresh(work / "taken"))
    return answers


async def _tell(line: str) -> None:
    note(f"   {line}")


def _model_folder(row: JobRow) -> Path:
    path = model_path(row.context)
    if row.status is not JobStatus.DONE or path is None:
        raise PersonCanFix(
            f"The job {row.id} has no finished model: it is {row.status}.",
            f"See where it stands: mltrainer status {row.id}",
        )
    folder = Path(path)
    if not (folder / "predict.py").is_file():
        raise PersonCanFix(
            f"The model folder '{folder}' is gone.", "Train it again, or put the folder back."
        )
    return folder


def _failure(result: StepResult) -> PersonCanFix | TryAgain:
    if result.exit_code == _WRONG_INPUT:
        said = cause(result).removeprefix("error:").strip()
        return PersonCanFix(f"The model cannot read this input: {said}", words.LIKE_THE_TRAINING)
    return TryAgain(f"The prediction failed: {cause(result)}", "Give the command once more.")


def _deliver(voice: Output, row: JobRow, answers: Path, output: Path | None) -> None:
    text = answers.read_text("utf-8")
    if output is None:
        voice.stream.write(text)
        voice.stream.flush()
    else:
        try:
            shutil.copyfile(answers, output)
        except OSError as error:
            raise PersonCanFix(
                f"'{output}' cannot be written: {error.strerror}.", "Choose another --output."
            ) from error
        note(words.predictions_written(_rows(text), str(output)))
    where = str(output.absolute()) if output else None
    folder = model_path(row.context) or ""
    voice.result(Predicted(job=row.id, rows=_rows(text), output=where, model=folder))


def _rows(text: str) -> int:
    """Rows of JSON lines, or of CSV without its header; a quoted line end is no row."""
    if text.startswith("{"):
        return sum(1 for line in text.splitlines() if line)
    return max(0, sum(1 for _ in csv.reader(text.splitlines(keepends=True))) - 1)
