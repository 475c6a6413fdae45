"""Words with a tag each, a line a word and a blank line after each sentence (CoNLL)."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from contents import MOST, lines
from parts import Found, Part, made
from shelf import Shelf
from tables import Row
from walking import File

NAMES = ("tokens", "tags")
BIO = re.compile(r"([BIOESLUMW]-\S+|O)|[BIO]", re.IGNORECASE)
_INSIDE = re.compile(r"[BIESLUMW](-\S+)?", re.IGNORECASE)
_LOOKED_AT = 5000
_EVEN = 0.95
_FEW_TAGS = 0.3
_MOST_TAGS = 150
_FILLED = 0.02
_ONE_SENTENCE = 200  # words at most
_SNIFFED = 20  # files of one suffix; if none of so many is tagged, no other is


@dataclass(frozen=True, slots=True)
class Shape:
    """How lines are cut (None: at any spaces), and the places of token and tag."""

    separator: str | None
    width: int
    token: int
    tag: int


def by_line(shelf: Shelf) -> Found | None:
    """A part for each file of tagged words; None when there is none."""
    parts = []
    for file, shape in _shaped(shelf):
        rows, left = _sentences(file, shape)
        told = f"{file.name}: {left} lines have another number of columns and were left out."
        reading = made(NAMES, rows, "conll", notes=(told,) if left else ())
        parts.append(Part(file.name, file.part, reading, "tagged"))
    names = frozenset(part.name for part in parts)
    return Found(tuple(parts), names) if parts else None


def _shaped(shelf: Shelf) -> Iterator[tuple[File, Shape]]:
    tries: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for file in shelf.those("text", "table"):
        if tries[file.suffix] >= _SNIFFED and not hits[file.suffix]:
            continue
        tries[file.suffix] += 1
        shape = shape_of(shelf.head(file))
        if shape:
            hits[file.suffix] += 1
            yield file, shape


def shape_of(start: str) -> Shape | None:
    """The shape of tagged lines; None when a text is no such thing."""
    told = start.split("\n")
    told = [line.rstrip("\r") for line in (told[:-1] if len(told) > 2 else told)]  # noqa: PLR2004
    told = told[:_LOOKED_AT]
    words = [line for line in told if line.strip() and not skipped(line)]
    if len(words) < 2:  # noqa: PLR2004
        return None
    for separator in ("\t", None):
        cut = [line.split(separator) for line in words]
        width, times = Counter(map(len, cut)).most_common(1)[0]
        if width > 1 and times >= _EVEN * len(words):
            even = [cells for cells in cut if len(cells) == width]
            return _shape(separator, width, even, _blocks(told))
    return None


def skipped(line: str) -> bool:
    """Comments and document marks."""
    return line.startswith(("-DOCSTART-", "# ", "#\t")) and "\tO" not in line


def _blocks(told: Sequence[str]) -> int:
    """How many sentences there are: runs of lines between blank ones."""
    flags = [bool(line.strip()) for line in told]
    return sum(now and not before for before, now in zip([False, *flags], flags, strict=False))


def _shape(separator: str | None, width: int, cut: list[list[str]], blocks: int) -> Shape | None:
    columns = list(zip(*cut, strict=True))
    token = next((at for at, cells in enumerate(columns[:-1]) if not _counter(cells)), 0)
    tags = [at for at in range(token + 1, width) if _is_bio(columns[at])]
    filled = [at for at in tags if _share_inside(columns[at]) >= _FILLED] or tags
    if filled:
        apart = blocks > 1 or len(cut) < _ONE_SENTENCE
        return Shape(separator, width, token, filled[-1]) if apart else None
    return _plain(separator, width, columns, token, blocks)


def _plain(
    separator: str | None, width: int, columns: Sequence[tuple[str, ...]], token: int, blocks: int
) -> Shape | None:
    """Tags without a prefix: few of them, many words, and sentences between blank lines."""
    length = len(columns[0])
    if blocks < 2 or length < 2 * blocks:  # noqa: PLR2004
        return None
    if token and width == 10:  # noqa: PLR2004 - CoNLL-U: number, word, lemma, part of speech, …
        return Shape(separator, width, token, 3)
    tags, words = set(columns[-1]), set(columns[token])
    few = len(tags) <= min(_MOST_TAGS, max(2, _FEW_TAGS * length)) and len(tags) < len(words)
    sure = few and not any(_number(tag) or " " in tag for tag in tags)
    return Shape(separator, width, token, width - 1) if sure and not _numeric(words) else None


def _is_bio(cells: Sequence[str]) -> bool:
    """Nearly all are tags of spans, among them one that says a span's class or its inside."""
    fitting = sum(BIO.fullmatch(cell.strip()) is not None for cell in cells)
    return (
        fitting >= _EVEN * len(cells) and len(set(cells)) > 1 and "O" in {c.upper() for c in cells}
    )


def _share_inside(cells: Sequence[str]) -> float:
    return sum(_INSIDE.fullmatch(cell) is not None for cell in cells) / len(cells)


def _counter(cells: Sequence[str]) -> bool:
    """Numbers of words or sentences, or the name of a document."""
    return all(re.fullmatch(r"\d+([-.]\d+)?", cell) for cell in cells) or len(set(cells)) == 1


def _number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?\d*[.,]?\d+", cell) is not None


def _numeric(words: set[str]) -> bool:
    return sum(_number(word) for word in words) > len(words) / 2


def _sentences(file: File, shape: Shape) -> tuple[list[Row], int]:
    """Rows, and how many lines did not fit."""
    rows: list[Row] = []
    words: list[tuple[str, str]] = []
    left = size = 0
    for line in chain(lines(file.path, file.name), ("",)):
        size += len(line)
        if size > MOST:
            break
        cells = line.split(shape.separator) if line.strip() and not skipped(line) else []
        if len(cells) == shape.width:
            words.append((cells[shape.token].strip(), cells[shape.tag].strip()))
        elif cells:
            left += 1
        if not line.strip() and words:
            rows.append(sentence([word for word, _ in words], [tag for _, tag in words]))
            words = []
    return rows, left


def sentence(tokens: Sequence[str], tags: Sequence[str]) -> Row:
    """One row: two JSON lists."""
    return json.dumps(tokens, ensure_ascii=False), json.dumps(tags, ensure_ascii=False)
