"""Using a finished model: its own predict.py, in the sandbox, on what a person gives."""

import asyncio
import csv
import io
import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot import phrases, words
from bot.cards import model_path
from bot.picture_inputs import gathered
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, TryAgain, UnknownName
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import JobStatus
from pipeline.ports.chat import Card
from pipeline.ports.runtime import OnLine, Step, StepResult, Workbench
from pipeline.ports.store import JobRow
from pipeline.recipe import read_requirements
from pipeline.scripts import cause

_WRONG_INPUT = 2
_SHOWN = 10
_LINE = 300
_NOTE = "note: "  # before what predict.py says of its answers
_TEXT_ROLES = ("text", "source", "prompt", "messages", "tokens")


@dataclass(frozen=True, slots=True)
class Input:
    """What a model reads: one text, a file, or rows of these columns in their order."""

    kind: Literal["text", "file", "rows"]
    columns: tuple[str, ...] = ()


def input_of(context: JobContext) -> Input:
    """What the model of a job reads, by the parts that its columns play."""
    columns = context.columns
    if any(role in columns for role in _TEXT_ROLES):
        return Input("text")
    if "image" in columns:
        return Input("file")
    features = columns.get("features", ())
    return Input("rows", (features,) if isinstance(features, str) else features)


async def predict_rows(
    workbench: Workbench,
    row: JobRow,
    work: Path,
    *,
    on_line: OnLine,
    input_file: Path | None = None,
    texts: tuple[str, ...] = (),
) -> Path:
    """Run the published predict.py in `work`; returns the file of predictions it wrote.

    `on_line` is told what is installed for it, and what it notes of its answers.
    """
    folder = _model_folder(row)
    if input_of(row.context).kind == "file":
        input_file = await asyncio.to_thread(_pictures, input_file, work)
    elif input_file is not None and input_file.is_dir():
        raise PersonCanFix(f"'{input_file.name}' is a folder.", words.LIKE_THE_TRAINING)
    python = await workbench.prepare(read_requirements(folder), on_line)
    inputs = ("--input", str(input_file)) if input_file else ()
    said = tuple(f"--text={text}" for text in texts)  # it may begin with a dash
    step = Step(
        name="predict",
        script=folder / "predict.py",
        arguments=(*inputs, *said, "--output", "predictions.out"),
        work=work,
        reads=(folder, *((input_file,) if input_file else ())),
    )
    result = await workbench.run(python, step)
    if not result.ok:
        raise _failure(result)
    for line in result.tail:
        if line.startswith(_NOTE):
            await on_line(line)
    (answers,) = workbench.take(work / "predictions.out", fresh(work / "taken"))
    return answers


def _attached(context: JobContext, files: Sequence[Path], work: Path) -> Path | None:
    """What came with a message: a file, or several pictures side by side."""
    if len(files) < 2 or input_of(context).kind != "file":  # noqa: PLR2004 - one is what it is
        return files[0] if files else None
    together = fresh(work / "attached")
    for number, path in enumerate(files, start=1):
        shutil.copyfile(path, together / f"{number:03} {path.name}")
    return together


def _pictures(given: Path | None, work: Path) -> Path:
    if given is None:
        raise PersonCanFix(
            "This model reads pictures, not text.",
            "Give a picture, a folder or a zip of pictures, or a list of them.",
        )
    return gathered(given, work / "pictures")


class Predicting:
    """Predictions for the thread: what was said or attached goes in, a card comes out."""

    def __init__(self, workbench: Workbench, home: Path) -> None:
        self._workbench = workbench
        self._home = home

    async def __call__(self, row: JobRow, said: str, files: Sequence[Path]) -> Card:
        """The answers as a card; PersonCanFix when the model cannot read what it was given."""
        scratch = JobFolder.of(self._home, row.id).scratch(f"predict-{uuid.uuid4().hex}")
        work = await asyncio.to_thread(fresh, scratch)
        notes: list[str] = []

        async def hear(line: str) -> None:
            if line.startswith(_NOTE):
                notes.append(line.removeprefix(_NOTE))

        try:
            texts: tuple[str, ...] = ()
            given = await asyncio.to_thread(_attached, row.context, files, work)
            if given is None and input_of(row.context).kind == "text":
                texts = (said,)
            elif given is None and input_of(row.context).kind == "rows":
                given = await asyncio.to_thread(written, row.context, said, work)
            answers = await predict_rows(
                self._workbench, row, work, on_line=hear, input_file=given, texts=texts
            )
            return await asyncio.to_thread(_answered, answers, notes)
        finally:
            await asyncio.to_thread(remove, work)


def _answered(answers: Path, notes: Sequence[str]) -> Card:
    """A file of predictions as a card; a large one takes seconds to count."""
    return answer_card(answers.read_text("utf-8"), notes)


def written(context: JobContext, said: str, work: Path) -> Path:
    """Rows that were typed, as a file: JSON, `name=value, …`, or CSV under the columns' names."""
    text = said.strip().strip("`").strip()
    if text[:1] in {"{", "["}:
        return _as_json(text, work)
    rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if row]
    columns = input_of(context).columns
    given = [_named(row, columns) for row in rows]
    if given and all(given):
        return _as_json(json.dumps(given), work)
    bare = bool(columns) and all(len(row) == len(columns) for row in rows)
    named = bare and {one.strip() for one in rows[0]} == set(columns)
    path = work / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows if named or not bare else [columns, *rows])
    return path


def _named(row: Sequence[str], columns: Sequence[str]) -> dict[str, str | None]:
    """`name=value` cell by cell, by the columns' names; empty where a row is not written so."""
    known = {column.strip().casefold(): column for column in columns}
    pairs = [(name.strip(), sign, value) for name, sign, value in (c.partition("=") for c in row)]
    found = [known.get(name.casefold()) for name, _, _ in pairs]
    if not any(found) or not all(sign for _, sign, _ in pairs):
        return {}
    for (name, _, _), column in zip(pairs, found, strict=True):
        if column is None:
            raise UnknownName("column", name, columns)
    values = {column: value.strip() for column, (_, _, value) in zip(found, pairs, strict=True)}
    return {column: values.get(column) for column in columns}


def _as_json(text: str, work: Path) -> Path:
    try:
        found = json.loads(text)
    except ValueError:
        path = work / "rows.jsonl"
        path.write_text(text, "utf-8")
        return path
    path = work / "rows.json"
    path.write_text(json.dumps(found if isinstance(found, list) else [found]), "utf-8")
    return path


def answer_card(text: str, notes: Sequence[str] = ()) -> Card:
    """One answer label by label, or the first lines of many, and what is to be noted of them."""
    lines = [line for line in text.splitlines() if line]
    rows = count_rows(text)
    title = phrases.predicted(rows, _SHOWN)
    if rows == 1 and not text.startswith("{"):
        header, values = list(csv.reader(io.StringIO(text)))[:2]
        facts = tuple(zip(header, values, strict=False))[:_SHOWN]
        return Card(title=title, body="\n".join(notes), facts=facts, tone="good")
    shown = [
        line if len(line) <= _LINE else line[: _LINE - 1] + "…" for line in lines[: _SHOWN + 1]
    ]
    return Card(title=title, body="\n".join([*shown, *notes]), tone="good")


def count_rows(text: str) -> int:
    """Rows of JSON lines, or of CSV without its header; a quoted line end is no row."""
    if text.startswith("{"):
        return sum(1 for line in text.splitlines() if line)
    return max(0, sum(1 for _ in csv.reader(text.splitlines(keepends=True))) - 1)


def _model_folder(row: JobRow) -> Path:
    path = model_path(row.context)
    if row.status is not JobStatus.DONE or path is None:
        raise PersonCanFix(
            f"The job {row.id} has no finished model: it is {row.status}.",
            f"See where it stands: {words.call(row.context.thread.platform, 'status', row.id)}",
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
