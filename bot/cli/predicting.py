"""Running the predict.py of a published model folder in the sandbox."""

import asyncio
import shutil
import sys
import uuid
from pathlib import Path

from bot import words
from bot.cards import model_path
from bot.cli.output import Output, note
from bot.cli.session import perform, working
from bot.predicting import count_rows, predict_rows
from pipeline.errors import PersonCanFix
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import Frozen
from pipeline.ports.store import JobRow


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
    if given not in {None, "-"} and not Path(str(given)).exists():
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
                bench = here.house.workbench
                answers = await predict_rows(
                    bench, row, work, on_line=_tell, input_file=file, texts=texts
                )
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


async def _tell(line: str) -> None:
    note(f"   {line}")


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
        note(words.predictions_written(count_rows(text), str(output)))
    where = str(output.absolute()) if output else None
    folder = model_path(row.context) or ""
    voice.result(Predicted(job=row.id, rows=count_rows(text), output=where, model=folder))
