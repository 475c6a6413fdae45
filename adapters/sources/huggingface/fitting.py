"""What of a data set fits: whole files first, then the first rows of one that can be cut."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from adapters.file_names import clean
from adapters.sources.huggingface.choosing import Chosen
from adapters.sources.huggingface.forms import Taken
from pipeline.errors import PersonCanFix

_LINES = re.compile(r"\.(csv|tsv|jsonl|ndjson|txt|text)$", re.IGNORECASE)
_SUFFIXES = re.compile(r"(\.\w{1,7}){1,2}$", re.ASCII)
_LEAST_SHARE = 0.05  # of the limit, for the smallest split


@dataclass(frozen=True, slots=True)
class Part:
    """A file to fetch, the path it gets below the data's folder, and how many bytes of it."""

    name: str
    path: str
    size: int
    is_whole: bool = True


def fitted(chosen: Chosen, most: int, place: str) -> tuple[Part, ...]:
    """All files where they fit into `most` bytes, else a part of each split, told by its name.

    PersonCanFix where not even one file fits and none can be read in part.
    """
    if chosen.kind in {"picture", "archive"}:
        return tuple(_kept_as_they_are(chosen, most, place))
    by_split: dict[str, list[Taken]] = defaultdict(list)
    for one in sorted(chosen.files, key=lambda file: file.name):
        by_split[one.split].append(one)
    total = sum(one.size for one in chosen.files)
    parts: list[Part] = []
    for split, files in by_split.items():
        if total <= most:
            parts += _named(split, files)
            continue
        share = sum(one.size for one in files) / total
        parts += _first(split, files, int(most * max(share, _LEAST_SHARE)), place)
    return tuple(parts)


def _kept_as_they_are(chosen: Chosen, most: int, place: str) -> Iterator[Part]:
    """Paths below the folders that all share: they tell what is on a picture."""
    if sum(one.size for one in chosen.files) > most:
        raise _too_large(place, sum(one.size for one in chosen.files), most)
    folders = [PurePosixPath(one.name).parts[:-1] for one in chosen.files]
    depth = len(_shared(folders)) if len(folders) > 1 else len(folders[0])
    for one in chosen.files:
        parts = PurePosixPath(one.name).parts[depth:]
        yield Part(one.name, "/".join(map(clean, parts)), one.size)


def _shared(folders: Sequence[tuple[str, ...]]) -> list[str]:
    found = []
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        found.append(level[0])
    return found


def _named(split: str, files: Sequence[Taken]) -> Iterator[Part]:
    """A split's files under names that tell it; without a split each keeps its own."""
    for number, one in enumerate(files):
        stem = split if len(files) == 1 else f"{split}-{number:05d}"
        own = clean(PurePosixPath(one.name).name)
        yield Part(one.name, f"{stem}{_suffix(one.name)}" if split else own, one.size)


def _first(split: str, files: Sequence[Taken], share: int, place: str) -> Iterator[Part]:
    """As many whole files as fit into a share, else the first bytes of the first one."""
    fitting, left = 0, share
    for one in files:
        if one.size > left:
            break
        fitting, left = fitting + 1, left - one.size
    stem = split or "rows"
    if fitting == len(files):
        yield from _named(split, files)
        return
    for number, one in enumerate(files[:fitting]):
        name = f"{stem}-first-{fitting}-of-{len(files)}-files-{number:05d}{_suffix(one.name)}"
        yield Part(one.name, name, one.size)
    if not fitting:
        if not _LINES.search(files[0].name):
            raise _too_large(place, files[0].size, share)
        name = f"{stem}-first-{_shown(share).replace(' ', '-')}{_suffix(files[0].name)}"
        yield Part(files[0].name, name, share, is_whole=False)


def _suffix(name: str) -> str:
    found = _SUFFIXES.search(PurePosixPath(name).name)
    return found[0].lower() if found else ""


def _shown(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{max(1, size // 1_000_000):,} MB"  # noqa: PLR2004


def _too_large(place: str, size: int, most: int) -> PersonCanFix:
    return PersonCanFix(
        f"{place} is too large: {_shown(size)} in a form that cannot be read in part, and at most "
        f"{_shown(most)} are fetched.",
        f"Name a smaller split or configuration as {place}:CONFIG:SPLIT, or give a part of it as "
        "a file.",
        field="data",
    )
