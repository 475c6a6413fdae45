"""The shared half of predict.py for pictures: a picture, a folder, a zip or a list of them in.

A picture that cannot be read is left out, counted and named; alone it is a mistake.
"""

import argparse
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from allowance import Allowance
from entry_names import safe_parts
from packed import entries_of
from parts import count, some
from picture_files import opened
from pictures import looks_like_picture
from progress import Problem
from reading import read_bytes
from serving import Answers, Objects, fail, output, write_to
from spreadsheets import harmless
from tables import Table

MOST_PICTURES = 100_000
MOST_BYTES = 4 << 30  # of a zip, unpacked
_LISTS = (".csv", ".tsv", ".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures to answer for: what they are called, and where they lie."""

    names: tuple[str, ...]
    paths: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, places: Sequence[int]) -> "Pictures":
        """The pictures at these places."""
        return Pictures(
            tuple(self.names[at] for at in places), tuple(self.paths[at] for at in places)
        )


@dataclass(frozen=True, slots=True)
class Named:
    """Answers that each say of which picture they are."""

    answers: Answers
    pictures: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Header of the CSV."""
        return [*self.answers.names, "picture"]

    @property
    def rows(self) -> Iterator[list[object]]:
        """Lines of that CSV."""
        for row, name in zip(self.answers.rows, self.pictures, strict=True):
            yield [*row, harmless(name)]


class PictureModel(Protocol):
    """What predict.load returns where a picture is the input."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The column that names pictures."""
        ...

    def predict(self, pictures: Pictures) -> Answers | Objects:
        """One answer for each picture, in their order."""
        ...


def serve_pictures(load: Callable[[Path], PictureModel]) -> None:
    """Main of predict.py; wrong input ends with one `error:` line and exit code 2."""
    options = _arguments()
    try:
        options.input.stat()  # says that it is missing before seconds of loading
        model = load(options.model)
        with ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            pictures = given(model, options.input, place)
            answers, broken = answers_for(model, pictures)
    except Problem as problem:
        fail(f"{problem.message} {problem.hint}")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}.")
    with output(options.output) as file:
        write_to(file, answers)
    if broken:
        total, named = count(len(pictures), "picture"), " ".join(some(broken).split())
        left = f"{len(broken)} of {total} cannot be read; left out ({named})."
        print(f"note: {left}", file=sys.stderr)  # noqa: T201 - part of the command's answer


def answers_for(
    model: PictureModel, pictures: Pictures
) -> tuple[Answers | Named | Objects, list[str]]:
    """Answers for the pictures that can be read, and the names of the others.

    Where some are left out, each answer says of which picture it is. Problem when none is left.
    """
    try:
        return model.predict(pictures), []
    except Problem:
        fit = [at for at, path in enumerate(pictures.paths) if _is_readable(path)]
        if len(fit) in (0, len(pictures)):
            raise
    kept = pictures.take(fit)
    answers = model.predict(kept)
    broken = [pictures.paths[at].name for at in sorted({*range(len(pictures))} - {*fit})]
    return (answers if isinstance(answers, Objects) else Named(answers, kept.names)), broken


def given(model: PictureModel, path: Path, place: Path) -> Pictures:
    """The pictures that an input means; a zip is unpacked into `place`. Problem when none."""
    if path.is_dir():
        return _below(path, path.name)
    if path.suffix.lower() in _LISTS:
        return listed(model, path)
    if zipfile.is_zipfile(path):
        return _below(_unpacked(path, place), path.name)
    return Pictures((path.name,), (path,))


def listed(model: PictureModel, path: Path) -> Pictures:
    """The pictures that a list names, which lie beside it."""
    table = read_bytes(path.read_bytes(), path.name, headers=model.inputs).table
    names = [cell or "" for cell in table.column(_column(model, table, path.name))]
    return Pictures(tuple(names), tuple(_beside(path, name) for name in names))


def _is_readable(path: Path) -> bool:
    try:
        opened(path)
    except Problem:
        return False
    return True


def _column(model: PictureModel, table: Table, name: str) -> str:
    """The column that names pictures: by its name in training, else by its cells."""
    (wanted,) = model.inputs
    if wanted in table.names:
        return wanted
    for column in table.names:
        cells = [cell for cell in table.column(column) if cell]
        if cells and all(map(looks_like_picture, cells)):
            return column
    raise Problem(
        f"{name} lacks the column {wanted}, which names the pictures.",
        "Give a picture, a folder or a zip of pictures, or a list with that column.",
    )


def _beside(path: Path, name: str) -> Path:
    """A picture of a list; never one outside of the list's folder."""
    below = PurePosixPath(name.replace("\\", "/"))
    found = path.parent.joinpath(below)
    if below.is_absolute() or ".." in below.parts or not found.is_file():
        raise Problem(
            f"{path.name} names a picture that does not lie beside it.",
            "Put the pictures into the folder of the list.",
        )
    return found


def _below(folder: Path, name: str) -> Pictures:
    found = {
        below: file
        for file in sorted(folder.rglob("*"))
        if looks_like_picture(below := file.relative_to(folder).as_posix())
        and safe_parts(below) != "litter"
        and file.is_file()
    }
    if not found:
        raise Problem(f"There is no picture in {name}.", "Give pictures as JPEG or PNG.")
    if len(found) > MOST_PICTURES:
        raise Problem(
            f"{name} holds more than {MOST_PICTURES:,} pictures.", "Give them in several parts."
        )
    return Pictures(tuple(found), tuple(found.values()))


def _unpacked(path: Path, place: Path) -> Path:
    """The pictures of a zip; Problem when it is damaged, locked, or holds too much."""
    with entries_of(path, "zip", Allowance(path.name, MOST_BYTES, MOST_PICTURES)) as entries:
        for entry in entries:
            parts = safe_parts(entry.name)
            if (
                entry.what == "file"
                and not isinstance(parts, str)
                and looks_like_picture(parts[-1])
            ):
                target = place.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with entry.open() as packed, target.open("wb") as file:
                    shutil.copyfileobj(packed, file)
    return place


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Answers of the trained model for pictures.")
    parser.add_argument(
        "--input", type=Path, help="a picture, a folder or a zip of them, or a list that names them"
    )
    parser.add_argument("--output", default="-", help="file to write, - for stdout")
    parser.add_argument("--model", type=Path, default=Path(__file__).parent / "model")
    options = parser.parse_args()
    if options.input is None:
        fail("give --input with a picture, a folder, a zip or a list of pictures.")
    if not options.input.exists():
        fail(f"{options.input.name}: there is no such file.")
    return options
