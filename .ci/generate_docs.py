"""Write the generated blocks of the documents: `make docs`; with `--check` only compare them.

The transcript is a real run, recorded anew only by `make docs TRANSCRIPT=1`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import model_tables
import outside_tables

from bot.tasks import Told, every_task
from tests.benchmarks.blocks import fill

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
MODELS = ROOT / "docs" / "models.md"
OUTSIDE = ROOT / "docs" / "outside.md"
WIDTH = 96
USUAL_HOME = "~/.mltrainer"


def main() -> None:
    """Rewrite the blocks in place, or fail when they are not what the code says."""
    before = {path: path.read_text("utf-8") for path in (README, MODELS, OUTSIDE)}
    after = {
        README: fill(before[README], generated_blocks()),
        MODELS: fill(before[MODELS], model_tables.tables()),
        OUTSIDE: fill(before[OUTSIDE], outside_tables.tables()),
    }
    if "--check" in sys.argv[1:]:
        stale = [path.name for path in before if after[path] != before[path]]
        sys.exit(
            f"{', '.join(stale)}: something else than the code says: make docs" if stale else 0
        )
    if "--transcript" in sys.argv[1:]:
        after[README] = fill(after[README], {"transcript": fenced(recorded_demo())})
    for path, text in after.items():
        path.write_text(text, "utf-8")


def generated_blocks() -> dict[str, str]:
    """Everything in the README that follows from the code alone, by the block's name."""
    return {"tasks": tasks_table(), "help": fenced(output_of("--help", "$ mltrainer --help"))}


def tasks_table() -> str:
    """All tasks: what they are judged by, measured against, made of and read from."""
    rows = ["| task | judged by | against | models | data |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*rows, *map(task_row, every_task())])


def task_row(task: Told) -> str:
    """One task's line."""
    if not task.trainable:
        return f"| {task.task_type} | cannot be trained yet | | | |"
    cells = (
        f"**{task.task_type}**",
        task.metric,
        ", ".join(task.baselines),
        ", ".join(f"`{name}`" for name in task.backbones),
        ", ".join(task.formats),
    )
    return f"| {' | '.join(cells)} |"


def recorded_demo() -> str:
    """A demo in a home of its own, the second one there: the first makes the environment."""
    with tempfile.TemporaryDirectory() as home:
        output_of("demo", "", MLTRAINER_HOME=home)
        return output_of("demo", "$ mltrainer demo", MLTRAINER_HOME=home).replace(home, USUAL_HOME)


def output_of(command: str, prompt: str, **environment: str) -> str:
    """What a command prints on a plain terminal, below the line that a person types."""
    plain = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"} | environment
    program = Path(sys.executable).with_name("mltrainer")
    done = subprocess.run(
        [program, command], env=plain, check=True, capture_output=True, text=True, cwd=ROOT
    )
    lines = (line.rstrip() for line in done.stdout.splitlines())
    return "\n".join([prompt, *lines]).rstrip()


def fenced(text: str) -> str:
    """A block of plain text."""
    return f"```text\n{text}\n```"


if __name__ == "__main__":
    main()
