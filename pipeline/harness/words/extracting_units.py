"""A text cut into the pieces that a summary may take over: sentences, each with who says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pairs_tokens import words_of

MOST_UNITS = 2_000
LONGEST_TEXT = 60_000  # characters; a summary of more is a summary of its beginning
LONGEST_UNIT = 600  # characters of a sentence without an end
_CLOSING, _OPENING = "\"'\u201d\u2019)\\]", "\"'\u201c\u2018(\\[#@<"
_END = re.compile(
    rf"[.!?\u2026]+[{_CLOSING}]*(?=\s+(?:[^\s\W_]|[{_OPENING}]))|[\u3002\uff01\uff1f]+"
)
_SPEAKER = re.compile(r"\s*([^\s:][^:\n]{0,40}?)\s*:\s+(?=\S)")
_SHORT = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|fig|e\.g|i\.e|inc|ltd|jr|sr|approx|bzw|z\.b|ca)|\b\w)\.$",
    re.IGNORECASE,
)
LONGEST_SHORT = 10  # characters of an abbreviation, and one before it
TALK = 0.5  # of the lines begin with who says them


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence; `line` is the turn or paragraph it stands in, `speaker` who says it, or ""."""

    text: str
    line: int
    speaker: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in units."""

    units: tuple[Unit, ...]


def cut(text: str) -> Text:
    """A text in sentences; in a talk, each line begins with its speaker."""
    lines = [line for line in text[:LONGEST_TEXT].splitlines() if line.strip()]
    talk = _is_talk(lines)
    units: list[Unit] = []
    for at, line in enumerate(lines):
        match = _SPEAKER.match(line) if talk else None
        speaker = match.group(1) if match else ""
        said = line[match.end() :] if match else line
        units += [Unit(one, at, speaker, tuple(words_of(one))) for one in sentences(said)]
    return Text(tuple(units[:MOST_UNITS]))


def _is_talk(lines: Sequence[str]) -> bool:
    spoken = sum(_SPEAKER.match(line) is not None for line in lines)
    return len(lines) > 1 and spoken >= TALK * len(lines)


def sentences(line: str) -> list[str]:
    """Sentences of a line; one that never ends is cut."""
    found: list[str] = []
    start = 0
    for end in (*(match.end() for match in _END.finditer(line)), len(line)):
        if end < len(line) and _SHORT.search(line[max(start, end - LONGEST_SHORT) : end]):
            continue
        piece = line[start:end].strip()
        start = end
        found += [piece] if piece else []
    return [
        part[at : at + LONGEST_UNIT] for part in found for at in range(0, len(part), LONGEST_UNIT)
    ]


def told(units: Sequence[Unit]) -> str:
    """Chosen units as a text: who speaks is named where it changes."""
    parts: list[str] = []
    line = -1
    for unit in units:
        named = unit.speaker and unit.line != line
        parts.append(f"{unit.speaker}: {unit.text}" if named else unit.text)
        line = unit.line
    return " ".join(parts)
