"""Classes that people write into paths: a folder for each, or words before a number."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from config import Split
from parts import some
from walking import File, placed, split_word, words_of

_HOLDERS_TEXT = """
    images image imgs img data dataset jpegimages pictures pics photos frames files texts txt
    documents docs all raw
"""
_HOLDERS = frozenset(_HOLDERS_TEXT.split())
_CAMERAS_TEXT = """
    img image photo picture pic dsc dscn pxl screenshot scan frame file copy untitled img_e mvi
    p page sample test train val
"""
_CAMERAS = frozenset(_CAMERAS_TEXT.split())
_NAMED = re.compile(r"([^\W\d_]+(?:[ _-][^\W\d_]+)*)[\W_]*\d+[\W\d_]*", re.UNICODE)
_MOST = 0.9
_SEVERAL = 2
# Folders that hold another side of the same things.
_SIDES = _HOLDERS | {"mask", "masks", "labels", "annotations", "groundtruth", "gt", "edges"}
# Classes that are told by a file each, mostly of two that exclude each other.
_OPPOSITES_TEXT = """
    pos neg positive negative neutral spam ham true false fake real good bad toxic clean yes no
    clickbait sarcastic hate offensive male female normal abnormal anomaly
"""
_OPPOSITES = frozenset(_OPPOSITES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Labelled:
    """Label (or None) and split of each file by its name; where the labels stood, and notes."""

    labels: Mapping[str, str | None]
    splits: Mapping[str, Split | None]
    form: str
    notes: tuple[str, ...] = ()


def labelled(files: Sequence[File]) -> Labelled:
    """Labels by folder, else by file name, else none."""
    places = placed(files)
    splits = {name: split for name, (split, _) in places.items()}
    folders = {name: kept for name, (_, kept) in places.items()}
    labels, notes = _by_folder(folders)
    if labels:
        return Labelled(labels, splits, "folders", (*notes, *_without(labels, splits)))
    labels = _by_name(files, splits)
    if labels:
        told = "Classes were read from the file names: the words before their number."
        return Labelled(labels, splits, "names", (told, *_without(labels, splits)))
    return Labelled(dict.fromkeys(splits), splits, "files")


def _by_folder(
    folders: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The innermost folder that tells files apart; where depths differ the outermost.

    Numbered folders (cat001, batch_2) only when no others do: they rather hold one thing each.
    """
    for told in (_without_holders(folders), dict(folders)):
        depths = {len(kept) for kept in told.values() if kept}
        levels = list(range(min(depths, default=0)))
        order = levels[::-1] if len(depths) == 1 else levels
        for level in (*(at for at in order if not _numbered(told, at)), *order):
            if _tells_apart([kept[level] for kept in told.values() if kept]):
                labels = {name: kept[level] if kept else None for name, kept in told.items()}
                return labels, _deep(level, max(depths))
    return {}, ()


def _numbered(folders: Mapping[str, tuple[str, ...]], level: int) -> bool:
    return all(any(sign.isdigit() for sign in kept[level]) for kept in folders.values() if kept)


def by_file(files: Sequence[File]) -> dict[str, str]:
    """A class a file, in each split: fake.csv and true.csv, reviews.pos and reviews.neg."""
    splits: dict[Split | None, list[File]] = defaultdict(list)
    for file in files:
        splits[file.part].append(file)
    told = [_opposites(every) for every in splits.values()]
    same = len({frozenset(labels.values()) for labels in told}) == 1
    return {name: label for labels in told for name, label in labels.items()} if same else {}


def _opposites(files: Sequence[File]) -> dict[str, str]:
    words = {file.name: words_of(file.bare) for file in files}
    shared = set.intersection(*(set(told) for told in words.values())) if words else set()
    told = {name: [word for word in every if word not in shared] for name, every in words.items()}
    labels = {name: "_".join(every) or "_".join(words[name]) for name, every in told.items()}
    apart = len(set(labels.values())) == len(files) >= _SEVERAL
    opposite = all(_OPPOSITES & set(every) for every in told.values()) or _denied(told)
    return labels if apart and opposite else {}


def _denied(told: Mapping[str, Sequence[str]]) -> bool:
    """Whether of two files one is only the other with a "non" or "not"."""
    bare = sorted(told.values(), key=len)
    return len(bare) == _SEVERAL and not bare[0] and list(bare[1]) in (["non"], ["not"])


def _without_holders(folders: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(folder for folder in kept if folder.lower() not in _HOLDERS)
        for name, kept in folders.items()
    }


def _tells_apart(names: Sequence[str]) -> bool:
    """At least two classes, and more files than classes."""
    different = {name.lower() for name in names}
    return _SEVERAL <= len(different) < len(names) and not different <= _SIDES


def _deep(level: int, depth: int) -> tuple[str, ...]:
    if depth == 1:
        return ()
    which = {0: "outermost", depth - 1: "innermost"}.get(level, "middle")
    return (f"The files lie {depth} folders deep; the {which} ones were taken as classes.",)


def _by_name(files: Sequence[File], splits: Mapping[str, Split | None]) -> dict[str, str | None]:
    """Words before a number: cat_001.jpg, cat.12.jpg; test files may have numbers only."""
    told = {file.name: _word(file) for file in files}
    learned = [name for name in told if splits[name] != "test"] or list(told)
    counts = Counter(told[name] for name in learned if told[name])
    several = {label for label, times in counts.items() if times >= _SEVERAL}
    covered = sum(counts[label] for label in several)
    if (
        len(several) < _SEVERAL
        or covered < _MOST * len(learned)
        or counts.total() < 3 * len(several)
    ):
        return {}
    return {name: label if label in several else None for name, label in told.items()}


def _word(file: File) -> str | None:
    found = _NAMED.fullmatch(PurePosixPath(file.name).stem)
    label = found[1].strip() if found else ""
    return None if not label or label.lower() in _CAMERAS or split_word(label) else label


def _without(
    labels: Mapping[str, str | None], splits: Mapping[str, Split | None]
) -> tuple[str, ...]:
    bare = [name for name, label in labels.items() if label is None and splits[name] != "test"]
    if not bare:
        return ()
    lie = "lies" if len(bare) == 1 else "lie"
    return (f"{len(bare)} of {len(labels)} files {lie} where no class can be told ({some(bare)}).",)
