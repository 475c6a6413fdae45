"""What is given on the command line, checked before any work begins: all problems together."""

import contextlib
import math
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import JsonValue

from pipeline.artifacts import DataInput
from pipeline.errors import PersonCanFix
from pipeline.execution_plan import known_tasks
from pipeline.readiness import data_input
from pipeline.wishes import parse_all

HOSTS = ("folder", "huggingface")
_BACKBONE = "architecture.backbone"
_ELSEWHERE = ("https://", "http://", "hf:", "kaggle:", "huggingface.co/", "kaggle.com/")


def read_inputs(given: Iterable[str]) -> tuple[DataInput, ...]:
    """`--data` values; a path is made absolute. PersonCanFix names all that are not there."""
    inputs = [_absolute(data_input(text)) for text in given]
    problems = [problem for one in inputs if (problem := _missing(one.location))]
    if problems:
        raise PersonCanFix(
            " ".join(problems), "Give a file or folder that exists, or an https:// address."
        )
    return tuple(inputs)


def _absolute(given: DataInput) -> DataInput:
    if given.location.startswith(_ELSEWHERE):
        return given
    path = Path(given.location).expanduser().absolute()
    return given.model_copy(update={"location": str(path)})


def _missing(location: str) -> str:
    if location.startswith(_ELSEWHERE):
        return ""
    path = Path(location)
    if not path.exists():
        return f"There is no file or folder '{path}'."
    if path.is_file() and path.stat().st_size == 0:
        return f"The file '{path}' is empty."
    return ""


def read_settings(given: Iterable[str]) -> dict[str, JsonValue]:
    """`--set name=value` values as leaves of the intent."""
    pairs = [(text, *text.partition("=")) for text in given]
    wrong = [text for text, name, equals, _ in pairs if not (name.strip() and equals)]
    if wrong:
        listed = ", ".join(f"'{text}'" for text in wrong)
        raise PersonCanFix(
            f"--set needs name=value, not {listed}.", "For example: --set target=price"
        )
    settings = parse_all({name.strip(): value.strip() for _, name, _, value in pairs})
    task = settings.get("task_type")
    if task is not None and task not in known_tasks():
        raise unknown("task_type", str(task), known_tasks())
    backbone = settings.get(_BACKBONE)
    if isinstance(backbone, str) and (folder := Path(backbone).expanduser()).is_dir():
        settings[_BACKBONE] = str(folder.absolute())  # a process elsewhere finds it too
    return settings


def choose(option: str, given: str | None, known: Sequence[str]) -> str | None:
    """A value of a closed choice, or None when it was left out."""
    if given is None or given in known:
        return given
    raise unknown(option, given, known)


def unknown(what: str, given: str, known: Sequence[str]) -> PersonCanFix:
    """A name that does not exist, with those that do, in their own order."""
    return PersonCanFix(f"Unknown {what} '{given}'.", f"Known: {', '.join(known)}.")


def positive_minutes(given: float | None) -> float | None:
    """`--budget-minutes` as seconds."""
    if given is None:
        return None
    if not 0 < given < math.inf:
        raise PersonCanFix(
            f"--budget-minutes must be above 0, not {given:g}.", "For example: --budget-minutes 5"
        )
    return given * 60


def named_files(text: str) -> tuple[str, ...]:
    """Absolute paths of the files and folders that a line names, quoted or not, in its order."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    found = (_existing(word) for word in (text, *words))
    return tuple(dict.fromkeys(path for path in found if path is not None))


def _existing(word: str) -> str | None:
    bare = word.strip().strip("\"'").rstrip(",;:!?")
    for name in dict.fromkeys((bare, bare.rstrip("."))):
        if "." not in name.strip("./") and "/" not in name:
            continue
        path = Path(name).expanduser()
        with contextlib.suppress(OSError):
            if path.is_file() or ("/" in name and path.is_dir()):
                return str(path.resolve())
    return None
