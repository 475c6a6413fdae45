"""What is learned from, cut anew by a prepare.py that a model changed: fewer rows, no others.

Rows may be left out, repeated, and moved between training and validation. None may be held out
that was not, none may change, and none may come that was not there: what reaches predict.py later
is as it was brought, and a row that was made up may hold what must not be known.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.bundle import sha256
from pipeline.errors import Rejected
from pipeline.folders import JobFolder, fresh, remove
from pipeline.ports import Ports

LEAST_KEPT = 0.9  # of the rows to learn from
MOST_REPEATED = 5  # times as many rows as there were


def taken(ports: Ports, again: Path, folder: JobFolder) -> None:
    """Put the new rows to learn from in place; Rejected where they are not of the old ones."""
    new = folder.scratch("prepared-taken")
    ports.workbench.take(again, fresh(new))
    if _digests(new / "heldout") != _digests(folder.prepared / "heldout"):
        raise Rejected("The changed prepare.py holds out other rows than before.")
    _check_fit(new / "fit", folder.prepared / "fit")
    if not folder.first_fit.exists():
        (folder.prepared / "fit").rename(folder.first_fit)
    remove(folder.prepared / "fit")
    (new / "fit").rename(folder.prepared / "fit")


def undone(folder: JobFolder) -> None:
    """Learn again from the rows that the recipe's own script cut."""
    if folder.first_fit.exists():
        remove(folder.prepared / "fit")
        folder.first_fit.rename(folder.prepared / "fit")


def _check_fit(new: Path, old: Path) -> None:
    before, after = list(_rows(old)), list(_rows(new))
    known, kept = set(before), set(after)
    if _names(new) != _names(old):
        raise Rejected("The changed prepare.py leaves other files to learn from.")
    if not kept <= known:
        raise Rejected("The changed prepare.py changes rows or makes new ones.")
    if len(kept) < LEAST_KEPT * len(known):
        raise Rejected("The changed prepare.py leaves out too many rows.")
    if len(after) > MOST_REPEATED * len(before):
        raise Rejected("The changed prepare.py repeats rows too often.")


def _rows(folder: Path) -> Iterator[str]:
    """Every row of a part as it is written, and every other file by what is in it."""
    for path in _files(folder):
        if path.suffix == ".jsonl":
            yield from path.read_text("utf-8").splitlines()
        else:
            yield sha256(path)


def _names(folder: Path) -> set[str]:
    """The tables of a part."""
    return {path.name for path in _files(folder) if path.suffix == ".jsonl"}


def _digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256(path) for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
