"""Find the files of a data set, and the part of the data that a path's words name."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path, PurePosixPath

from config import Split
from parts import Source

_LITTER = frozenset(
    ("thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db", "icon\r", "$recycle.bin")
)
_CALLED: dict[Split, tuple[str, ...]] = {
    "train": ("train", "training", "trn", "trainval"),
    "validation": ("val", "valid", "validation", "dev", "devel", "development", "testa"),
    "test": ("test", "testing", "tst", "testb", "eval", "evaluation", "holdout", "heldout"),
}
_GLUED = ("", "set", "data", "images", "imgs", "labels")
_SPLITS: dict[str, Split] = {
    word + end: split for split, words in _CALLED.items() for word, end in product(words, _GLUED)
}
_PACKED = (".gz", ".bz2", ".xz")


@dataclass(frozen=True, slots=True)
class File:
    """A file: `name` is its path below the data folder, `inner` what differs between the files.

    `split` is the part that the person named it to be.
    """

    path: Path
    name: str
    inner: str
    split: Split | None
    size: int

    @property
    def suffix(self) -> str:
        """The last suffix in lower case, without that of a compression."""
        return PurePosixPath(self.bare).suffix.lower()

    @property
    def bare(self) -> str:
        """The file name without its folders and without a compression's suffix."""
        name = PurePosixPath(self.name).name
        for end in _PACKED:
            name = name[: -len(end)] if name.lower().endswith(end) else name
        return name

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders in which it lies, below the ones that all files share."""
        return PurePosixPath(self.inner).parts[:-1]

    @property
    def part(self) -> Split | None:
        """The split that the person named, else the one that the path's words do."""
        return self.split or split_of(self.inner)


def walk(sources: Sequence[Source]) -> tuple[File, ...]:
    """All files, sorted by name; hidden ones, links and what systems leave behind are passed by."""
    files: dict[str, File] = {}
    for source in sources:
        for path, name in _below(source.path, PurePosixPath(source.name).as_posix()):
            files[name] = File(path, name, name, source.split, path.stat().st_size)
    depth = len(shared([PurePosixPath(name).parts[:-1] for name in files]))
    kept = (
        replace(file, inner="/".join(PurePosixPath(name).parts[depth:]))
        for name, file in files.items()
    )
    return tuple(sorted(kept, key=lambda file: file.name))


def words_of(name: str) -> list[str]:
    """Words of a name in lower case: trainData_2.csv is train, data, csv."""
    return re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())


def split_word(name: str) -> Split | None:
    """The split that one file or folder name tells; None when it tells none or two."""
    told = {_SPLITS[word] for word in words_of(name) if word in _SPLITS}
    return told.pop() if len(told) == 1 else None


def split_of(name: str) -> Split | None:
    """The split that a path tells, the innermost name first."""
    for part in reversed(PurePosixPath(name).parts):
        told = split_word(part)
        if told:
            return told
    return None


def placed(files: Iterable[File]) -> dict[str, tuple[Split | None, tuple[str, ...]]]:
    """By file name: the split that its folders tell, and its folders without those.

    A folder "train" beside "bus" and "plane" is no split but something that runs on rails; what
    lies beside splits is no class, and a folder in one of its own name tells nothing either.
    """
    every = list(files)
    beside: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for file in every:
        for depth, folder in enumerate(file.folders):
            beside[file.folders[:depth]].add(folder)
    cut = {
        parent
        for parent, names in beside.items()
        if 2 * sum(split_word(name) is not None for name in names) >= len(names)
    }
    return {file.name: _placed(file, cut) for file in every}


def _placed(file: File, cut: set[tuple[str, ...]]) -> tuple[Split | None, tuple[str, ...]]:
    split: Split | None = None
    kept = []
    for depth, folder in enumerate(file.folders):
        if file.folders[:depth] in cut:
            split = split_word(folder) or split
        elif depth == 0 or folder != file.folders[depth - 1]:
            kept.append(folder)
    return file.split or split, tuple(kept)


def _below(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield from [(path, name)] if path.is_file() else []
        return
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if _wanted(entry):
                inside = entry.name if name in ("", ".") else f"{name}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    yield from _below(path / entry.name, inside)
                elif entry.is_file(follow_symlinks=False):
                    yield path / entry.name, inside


def _wanted(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith((".", "~$")) and entry.name.lower() not in _LITTER


def shared(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The leading folders that all paths have in common."""
    found = []
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        found.append(level[0])
    return tuple(found)
