"""How to use a finished model: three ways, each ready to be copied."""

import shlex
from dataclasses import dataclass

from bot.cards import model_path
from pipeline.context import JobContext
from pipeline.model_card import Example, example
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
    recipe, shown = find_recipe(task), example(task)
    command = f"mltrainer predict {context.job_id} {_files(shown)}"
    if "--text" in recipe.asks:
        command += f'\nmltrainer predict {context.job_id} --text "your text"'
    return (
        Way("With mltrainer", command, f"{recipe.asks} {recipe.answers}"),
        Way("Without mltrainer, on any machine with Python", _alone(folder, shown)),
        Way("From your own program", _program(folder, shown)),
    )


def _files(shown: Example) -> str:
    return f"--input {shown.given} --output {shown.answers}"


def _alone(folder: str, shown: Example) -> str:
    return (
        f"cd {shlex.quote(folder)}\n"
        "python -m pip install -r requirements.txt\n"
        f"python predict.py {_files(shown)}"
    )


def _program(folder: str, shown: Example) -> str:
    lines = shown.answers.endswith(".jsonl")
    read = "[json.loads(line) for line in file]" if lines else "list(csv.DictReader(file))"
    return _PROGRAM.format(
        script=ascii(f"{folder}/predict.py"),
        given=shown.given,
        answers=shown.answers,
        read=read,
        module="json" if lines else "csv",
    )


_PROGRAM = """\
import {module}, subprocess, sys

predict = [sys.executable, {script}]
subprocess.run([*predict, "--input", "{given}", "--output", "{answers}"], check=True)
with open("{answers}", encoding="utf-8", newline="") as file:
    answers = {read}"""
