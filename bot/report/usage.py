"""How to use a finished model: three ways, each ready to be copied."""

import shlex
from dataclasses import dataclass

from bot.cards import model_path
from pipeline.context import JobContext

_READS_TEXT = frozenset(("text_classification", "token_classification", "summarization"))
_ANSWERS = {
    "tabular_regression": "a column prediction",
    "image_regression": "a column prediction",
    "token_classification": "each text with the entities found in it, as JSON lines",
    "object_detection": "each file with the boxes found in it, as JSON lines",
    "time_series_forecasting": "the columns unique_id, ds, prediction, lower and upper",
    "clustering": "a column cluster",
    **dict.fromkeys(
        ("summarization", "translation", "text_generation", "llm_finetuning"),
        "each input with its output, as JSON lines",
    ),
}
_CLASSES = "a column prediction and a probability for each class"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to get answers: what it is for, and what to type."""

    title: str
    code: str
    note: str = ""


def ways(context: JobContext) -> tuple[Way, ...]:
    """By mltrainer, by plain Python in the folder, and from a program; none without a model."""
    folder = model_path(context)
    if folder is None or context.run is None or context.run.metrics is None:
        return ()
    task = (context.intent.task_type if context.intent else None) or ""
    command = f"mltrainer predict {context.job_id} --input new.csv --output answers.csv"
    if task in _READS_TEXT:
        command += f'\nmltrainer predict {context.job_id} --text "your text"'
    answers = f"The answers, in the order of the rows: {_ANSWERS.get(task, _CLASSES)}."
    return (
        Way("With mltrainer", command, f"Give the same columns as in training. {answers}"),
        Way("Without mltrainer, on any machine with Python", _alone(folder)),
        Way("From your own program", _program(folder, lines="JSON lines" in answers)),
    )


def _alone(folder: str) -> str:
    return (
        f"cd {shlex.quote(folder)}\n"
        "python -m pip install -r requirements.txt\n"
        "python predict.py --input new.csv --output answers.csv"
    )


def _program(folder: str, *, lines: bool) -> str:
    read = "[json.loads(line) for line in file]" if lines else "list(csv.DictReader(file))"
    return _PROGRAM.format(
        script=ascii(f"{folder}/predict.py"), read=read, module="json" if lines else "csv"
    )


_PROGRAM = """\
import {module}, subprocess, sys

predict = [sys.executable, {script}]
subprocess.run([*predict, "--input", "new.csv", "--output", "answers.csv"], check=True)
with open("answers.csv", encoding="utf-8", newline="") as file:
    answers = {read}"""
