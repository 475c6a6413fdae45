"""Unpack a person's archive into a folder, or say why not: zip and tar, plain or compressed.

    python unpack.py --archive FILE --out DIR

Writes DIR and, in the current folder, unpacked.json: {"archive": true, "files": 3, "bytes": 512,
"notes": [...]}. For a file that is no archive to a person (a workbook, a table in gz) that says
"archive": false, and DIR is not made. Nothing is written outside DIR, no link is made or followed;
an archive that expands too far is refused before it is written.
"""

import argparse
import errno
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from allowance import Allowance, TooMuch
from config import Json
from entry_names import Places
from packed import BROKEN, Entry, Packing, entries_of, packing_of
from progress import Problem, run, say

MOST_BYTES = 4 << 30
MOST_ENTRIES = 100_000  # as many files as are taken from a sandbox at once
MOST_RATIO = 200
MOST_LEVELS = 2  # an archive, and archives inside it
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 20
_TOLD_EVERY = 256 << 20
_SUFFIXES = (".zip", ".tar", ".gz", ".bz2", ".xz", ".tgz", ".tbz", ".txz")
_LEFT_OUT = MappingProxyType(
    {
        "unsafe": ("entry whose path leads elsewhere", "entries whose paths lead elsewhere"),
        "other": ("link or device", "links or devices"),
        "twice": ("entry whose name is there twice", "entries whose names are there twice"),
        "damaged": ("damaged entry", "damaged entries"),
        "deep": ("archive inside an archive inside it", "archives inside archives inside it"),
    }
)


@dataclass(slots=True)
class Unpacking:
    """One archive on its way into a folder, and what of it was left out."""

    allowance: Allowance
    left_out: Counter[str] = field(default_factory=Counter)
    files: int = 0
    bytes: int = 0
    _told: int = 0

    def unpack(self, archive: Path, packing: Packing, folder: Path, level: int = 1) -> None:
        """Write the entries below `folder`, then those of archives among them."""
        folder.mkdir(mode=0o700, parents=True)
        places = Places()
        written: list[Path] = []
        with entries_of(archive, packing, self.allowance) as entries:
            for entry in entries:
                path = self._place(entry, places, folder)
                if path is not None and self._write(entry, path):
                    written.append(path)
        for path in written:
            self._look_into(path, level)

    def _place(self, entry: Entry, places: Places, folder: Path) -> Path | None:
        if entry.what == "folder":
            return None
        parts = places.place(entry.name) if entry.what == "file" else "other"
        if isinstance(parts, str):
            self.left_out[parts] += 1
            return None
        return folder.joinpath(*parts)

    def _write(self, entry: Entry, path: Path) -> bool:
        """Write one entry; False for one that is damaged, of which nothing stays."""
        self.allowance.announce(entry.size)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with entry.open() as source, os.fdopen(os.open(path, _NEW, 0o600), "wb") as copy:
                while block := source.read(_CHUNK):
                    self.allowance.take(len(block))
                    copy.write(block)
        except (*BROKEN, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            path.unlink(missing_ok=True)
            self.left_out["damaged"] += 1
            return False
        self._tell()
        return True

    def _look_into(self, path: Path, level: int) -> None:
        """Unpack an archive that was inside; count everything else as a file."""
        packing = packing_of(path)
        if packing is None:
            self.files += 1
            self.bytes += path.stat().st_size
            return
        if level == MOST_LEVELS:
            self.left_out["deep"] += 1
        else:
            folder = _beside(path)
            try:
                self.unpack(path, packing, folder, level + 1)
            except TooMuch:
                raise
            except Problem:
                shutil.rmtree(folder)
                self.left_out["damaged"] += 1
        path.unlink()

    def _tell(self) -> None:
        if self.allowance.bytes - self._told >= _TOLD_EVERY:
            self._told = self.allowance.bytes
            say("unpack", f"{self._told / 1e6:,.0f} MB so far")

    def notes(self) -> list[str]:
        """What the person should know of the entries that were left out."""
        told = [
            f"{count:,} {one if count == 1 else many}"
            for reason, (one, many) in _LEFT_OUT.items()
            if (count := self.left_out[reason])
        ]
        return [f"{self.allowance.name}: left out {', '.join(told)}."] if told else []


def main() -> None:
    """Unpack one archive and write down what came of it."""
    options = _options()
    archive: Path = options.archive
    packing = packing_of(archive)
    if packing is None:
        _save({"archive": False, "files": 0, "bytes": 0, "notes": []})
        return
    allowance = Allowance.of(
        archive.name,
        archive.stat().st_size,
        total=options.most_bytes,
        ratio=options.most_ratio,
        entries=options.most_entries,
    )
    unpacking = Unpacking(allowance)
    say("unpack", f"unpacking {archive.name}")
    try:
        _unpack(unpacking, archive, packing, options.out)
    except (Problem, OSError):
        shutil.rmtree(options.out, ignore_errors=True)
        raise
    notes: list[Json] = list(unpacking.notes())
    _save({"archive": True, "files": unpacking.files, "bytes": unpacking.bytes, "notes": notes})
    say("unpack", f"{unpacking.files:,} files", done=1)


def _unpack(unpacking: Unpacking, archive: Path, packing: Packing, out: Path) -> None:
    """Unpack, and ask for something else when nothing of it can be used or kept."""
    try:
        unpacking.unpack(archive, packing, out)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise Problem(
            f"{archive.name} does not fit on the disk when it is unpacked.",
            "Free some space or send fewer files.",
        ) from error
    if unpacking.files:
        return
    if unpacking.left_out["deep"]:
        raise Problem(
            f"{archive.name} holds archives inside archives. {MOST_LEVELS} levels are unpacked, "
            "not more, and there is no data in these.",
            "Unpack it yourself and give the folder with the data.",
        )
    told = "; ".join(unpacking.notes())
    raise Problem(
        f"{archive.name} holds no file that can be used." + (f" {told}" if told else ""),
        "Pack the data files anew, or give the folder they are in.",
    )


def _beside(path: Path) -> Path:
    """A free folder for the archive at `path`, named like it."""
    name = path.name
    while name.lower().endswith(_SUFFIXES) and Path(name).stem:
        name = Path(name).stem
    folder = path.with_name(name)
    number = 2
    while os.path.lexists(folder):
        folder = path.with_name(f"{name}-{number}")
        number += 1
    return folder


def _save(found: dict[str, Json]) -> None:
    Path("unpacked.json").write_text(json.dumps(found), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Unpack an archive under limits.")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most-bytes", type=int, default=MOST_BYTES)
    parser.add_argument("--most-entries", type=int, default=MOST_ENTRIES)
    parser.add_argument("--most-ratio", type=int, default=MOST_RATIO)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
