"""Reads what carry.py printed and what it left: both come from a stranger's machine."""

import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import PersonCanFix, Rejected, TryAgain, from_unexpected
from pipeline.ports.runtime import Ending, StepResult

ENVIRONMENT = "environment"  # what carry.py calls the making of one
MOST_BYTES = 16 << 30
MOST_FILES = 100_000
_MARK = '{"mltrainer"'
_BLOCK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What a run has said so far: its lines, the step that it is at, and how the last one ended.

    A marker is no line of it; the end of a step is, as a progress line. `step` is ENVIRONMENT
    while that is installed, and "" before anything began.
    """

    lines: tuple[str, ...]
    step: str = ""
    result: StepResult | None = None


class _Mark(BaseModel):
    """What carry.py tells of a step: its name when it begins, all of it when it ended."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    ending: Ending | None = None
    exit_code: int | None = None
    seconds: float = 0
    tail: tuple[str, ...] = ()


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mltrainer: _Mark


def told(lines: Iterable[str]) -> Told:
    """Read the output of a run from its first line on; line ends are no part of the lines."""
    shown: list[str] = []
    step, result = "", None
    for line in lines:
        mark = _mark(line)
        if mark is None:
            shown.append(line)
            continue
        step = mark.step
        if mark.ending is not None:
            result = StepResult(mark.ending, mark.exit_code, mark.seconds, mark.tail)
            shown.append(_ended(step, result))
    return Told(tuple(shown), step, result)


def unpack(
    results: Path, into: Path, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
) -> None:
    """Put the files of a results.zip below `into`, over those of an earlier call.

    TryAgain when the zip is not whole, Rejected for what is no plain file of a folder below,
    PersonCanFix when there is too much or the disk is full.
    """
    try:
        with zipfile.ZipFile(results) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            targets = [(info, into.joinpath(*_parts(info))) for info in files]
            if len(files) > most_files or sum(one.file_size for one in files) > most_bytes:
                raise _too_large()
            for info, target in targets:
                with archive.open(info) as source:
                    most_bytes -= _copy(source, target, most_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise TryAgain("The results of the training did not come whole.") from error
    except OSError as error:
        told = from_unexpected(error)  # a disk that refuses; else the names are to blame
        if isinstance(told, PersonCanFix):
            raise told from error
        raise Rejected("The names of the training's results cannot be kept here.") from error


def _mark(line: str) -> _Mark | None:
    if not line.startswith(_MARK):
        return None
    try:
        return _Line.model_validate_json(line).mltrainer
    except ValidationError:
        return None


def _ended(step: str, result: StepResult) -> str:
    """A progress line: how long the step took."""
    message = "finished" if result.ok else f"ended: {result.ending}"
    numbers = {"seconds": round(result.seconds, 2)}
    return json.dumps({"step": step, "message": message, "numbers": numbers})


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """The folders and the name of an entry; Rejected for one that leads elsewhere."""
    parts = PurePosixPath(info.filename).parts
    kind = stat.S_IFMT(info.external_attr >> 16)
    odd = not parts or info.filename.startswith("/") or len(info.filename) > _LONGEST_NAME
    odd = odd or any(one in {"..", "."} or "\\" in one or "\0" in one for one in parts)
    if odd or kind not in {0, stat.S_IFREG}:
        raise Rejected(
            "The training left something among its results that is no plain file.",
            "Only regular files are taken.",
        )
    return parts


def _copy(source: IO[bytes], target: Path, most: int) -> int:
    """Write a file anew, at most `most` bytes of it; returns how many."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.unlink(missing_ok=True)
    written = 0
    with os.fdopen(os.open(target, _NEW, 0o600), "wb") as copy:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > most:
                raise _too_large()
            copy.write(block)
    return written


def _too_large() -> PersonCanFix:
    return PersonCanFix(
        "The results of the training are too large to be kept here.",
        "Choose a smaller model or fewer outputs, then retry.",
    )
