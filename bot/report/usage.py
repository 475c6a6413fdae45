"""How to use a finished model: three ways, each ready to be copied."""

import shlex
from dataclasses import dataclass

from bot.cards import model_path
from pipeline.context import JobContext
from pipeline.recipe import find_recipe


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
    task = context.intent.task_type if context.intent else None
    if task is None:
        return ()
    recipe = find_recipe(task)
    command = f"mltrainer predict {context.job_id} --input new.csv --output answers.csv"
    if recipe.role("text") is not None:
        command += f'\nmltrainer predict {context.job_id} --text "your text"'
    return (
        Way("With mltrainer", command, f"{recipe.asks} {recipe.answers}"),
        Way("Without mltrainer, on any machine with Python", _alone(folder)),
        Way("From your own program", _program(folder, lines="JSON lines" in recipe.answers)),
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
