"""Texts whose lines belong together: train.en and train.de, src.txt and tgt.txt."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath
from statistics import correlation

from contents import MOST, lines
from parts import Found, Part, made
from progress import Problem
from shelf import Shelf
from tables import Row
from walking import File, split_of

_LANGUAGES_TEXT = """
    af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr hu hy
    id ig is it ja ka kk km kn ko ku ky la lo lt lv mg mi mk ml mn mr ms mt my nb ne nl nn no pa
    pl ps pt ro ru rw sd si sk sl sn so sq sr st su sv sw ta te tg th tk tl tr tt uk ur uz vi xh
    yi yo zh zu eng deu ger fra fre spa ita por rus zho chi jpn kor ara hin nld dut pol tur vie
    ukr ces cze swe dan fin nor ell heb ron rum hun english german french spanish italian
    portuguese russian chinese japanese korean arabic hindi dutch polish turkish vietnamese
    ukrainian czech swedish danish finnish norwegian greek hebrew romanian hungarian
"""
_LANGUAGES = frozenset(_LANGUAGES_TEXT.split())
_SOURCE_TEXT = """
    src source input inputs article articles document original complex question questions
"""
_SOURCE = frozenset(_SOURCE_TEXT.split())
_TARGET_TEXT = """
    tgt target trg output outputs summary summaries reference simple answer answers response
"""
_TARGET = frozenset(_TARGET_TEXT.split())
_FEW = 3  # lines that agree by chance
_TELLING = 20
_LOOKED_AT = 5000
_LIKE = 0.4


def paired(shelf: Shelf) -> Found | None:
    """A part for each set of files whose lines match; None when there is none."""
    texts = [file for file in shelf.those("text") if file.size]
    sets = _sets(texts)
    parts = []
    used: set[str] = set()
    for name, files in sets.items():
        part = _part(name, files)
        if part:
            parts.append(part)
            used |= {file.name for file in files.values()}
    return Found(tuple(parts), frozenset(used)) if parts else None


def _sets(texts: Sequence[File]) -> dict[str, dict[str, File]]:
    """Files by stem and by the word in which they differ; each file is in one set."""
    groups: dict[str, dict[str, File]] = defaultdict(dict)
    for file in texts:
        for stem, word in _cuts(file):
            groups[stem][word] = file
    sets: dict[str, dict[str, File]] = {}
    taken: set[str] = set()
    for stem, files in sorted(groups.items(), key=lambda one: _weight(*one)):
        free = {word: file for word, file in files.items() if file.name not in taken}
        if len(free) > 1 and _belong(free):
            sets[stem] = dict(sorted(free.items(), key=lambda one: (one[0] in _TARGET, one[0])))
            taken |= {file.name for file in free.values()}
    return dict(sorted(sets.items()))


def _cuts(file: File) -> list[tuple[str, str]]:
    """Ways to split a path into what files may share and the word in which they differ."""
    pieces = re.split(r"([._\-/ ]+)", file.inner[: -len(_packing(file)) or None])
    found = []
    for at in range(0, len(pieces), 2):
        word = pieces[at].lower()
        last = at == len(pieces) - 1 and at > 0 and pieces[at - 1] == "."
        known = word in _LANGUAGES or word in _SOURCE or word in _TARGET
        if word and (known or (last and word != "txt")):
            found.append(("".join([*pieces[:at], "*", *pieces[at + 1 :]]), word))
    return found


def _packing(file: File) -> str:
    name = PurePosixPath(file.name).name
    return name[len(file.bare) :]


def _weight(stem: str, files: Mapping[str, File]) -> tuple[int, int]:
    """Most files first; then the word that comes latest, as suffixes do."""
    return -len(files), -len(stem.partition("*")[0])


def _belong(files: Mapping[str, File]) -> bool:
    """Languages of each other, or source and target; anything else only if lines match."""
    return len({split_of(file.inner) for file in files.values()}) == 1


def _sure(words: Sequence[str]) -> bool:
    languages = all(word in _LANGUAGES for word in words)
    return languages or (
        any(word in _SOURCE for word in words) and any(word in _TARGET for word in words)
    )


def _part(name: str, files: Mapping[str, File]) -> Part | None:
    counts = {word: _length(file) for word, file in files.items()}
    if len(set(counts.values())) > 1:
        if not _sure(list(files)):
            return None
        told = " and ".join(f"{files[word].name} has {length}" for word, length in counts.items())
        raise Problem(
            f"The lines of these files should match, but {told} lines.",
            "Send files in which line by line says the same.",
        )
    length = next(iter(counts.values()))
    if not _sure(list(files)) and (length < _FEW or not _alike(list(files.values()))):
        return None
    step = 1 + sum(file.size for file in files.values()) // MOST
    every, blank = _rows(list(files.values()), step)
    notes = [f"{blank} lines of {name} are blank on one side and were left out."] if blank else []
    notes += [f"{name} is large: every {step}th line is used."] if step > 1 else []
    reading = made(tuple(files), every, "lines", notes=notes, total=length if step > 1 else None)
    first = next(iter(files.values()))
    return Part(" + ".join(file.name for file in files.values()), first.part, reading, "pairs")


def _alike(files: Sequence[File]) -> bool:
    """Whether long lines stand beside long ones; with few lines nobody can tell."""
    sizes = [
        [len(line) for line in islice(lines(file.path, file.name), _LOOKED_AT)]
        for file in files[:2]
    ]
    one, other = sizes
    if len(one) < _TELLING or len(set(one)) == 1 or len(set(other)) == 1:
        return len(one) < _TELLING
    return correlation(one, other) >= _LIKE


def _length(file: File) -> int:
    return sum(1 for _ in lines(file.path, file.name))


def _rows(files: Sequence[File], step: int) -> tuple[list[Row], int]:
    """Rows of lines side by side, and how many had a blank side."""
    rows: list[Row] = []
    blank = 0
    for number, row in enumerate(
        zip(*(lines(file.path, file.name) for file in files), strict=True)
    ):
        if number % step:
            continue
        if all(line.strip() for line in row):
            rows.append(row)
        else:
            blank += 1
    return rows, blank
