"""Whether the lines of a file are one running text or a text each, and where that is told on."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path, PurePath

from config import BundleConfig

TABULAR = frozenset(
    (
        *(".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".xlsm"),
        *(".feather", ".arrow", ".ods", ".sqlite", ".db", ".tab"),
    )
)
PACKED = frozenset((".gz", ".bz2", ".xz", ".zip", ".zst"))
FORM = "form.json"
FEW_LINES = 500  # fewer show too little: they are taken for one text
MOST_LINES = 20_000  # looked at
COMMON = 0.02  # words of more lines than this do not tell what a line is about
WRAPPED = 0.3  # lines that begin within a sentence: they were broken to fit a page
PUNCTUATED = 0.1  # lines with the end of a sentence; where there are none nothing was broken
MORE = 1.3  # times as many neighbours share a word as lines far apart do
SURELY = 3.0  # standard deviations above what chance gives
SORTED = 0.95  # of neighbours stand in order
_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE = re.compile(r"[.!?;:](\s|$|[\"'])")


def is_running(config: BundleConfig, lines: Sequence[str]) -> bool:
    """The person's word; else tables have a text a row, and plain text is looked at."""
    told = config.hyperparameters.get("running_text")
    if isinstance(told, bool):
        return told
    if any(_suffix(file.name) in TABULAR for file in config.files):
        return False
    return len(lines) < FEW_LINES or belong_together(lines[:MOST_LINES])


def belong_together(lines: Sequence[str]) -> bool:
    """Whether lines go on from one to the next: broken sentences, or words in common.

    Lists are not: a sorted one, or one whose neighbours have no more in common than others.
    """
    ordered = sum(one <= other for one, other in pairwise(lines))
    if ordered >= SORTED * (len(lines) - 1):
        return False
    within = sum(line.lstrip()[:1].islower() for line in lines)
    sentences = sum(bool(_SENTENCE.search(line)) for line in lines)
    if within >= WRAPPED * len(lines) and sentences >= PUNCTUATED * len(lines):
        return True
    near, far = _sharing(lines)
    return near > MORE * far and near - far > SURELY * max(far, 1.0) ** 0.5


def write_form(folder: Path, *, running: bool) -> None:
    """Tell the scripts that come after, beside the texts to learn from."""
    (folder / FORM).write_text(json.dumps({"running": running}), "ascii")


def read_form(folder: Path) -> bool:
    """Whether the texts in a folder are pieces of running text."""
    return bool(json.loads((folder / FORM).read_text("ascii"))["running"])


def _sharing(lines: Sequence[str]) -> tuple[float, float]:
    """How many lines share a telling word with the next, and with one far away."""
    words = [set(_WORD.findall(line.lower())) for line in lines]
    counts = Counter(word for some in words for word in some)
    common = {word for word, times in counts.items() if times > max(2, COMMON * len(lines))}
    telling = [some - common for some in words]
    size = len(telling)

    def shared(shift: int) -> int:
        return sum(not telling[at].isdisjoint(telling[(at + shift) % size]) for at in range(size))

    return float(shared(1)), sum(shared(size * part // 7) for part in (2, 3, 5)) / 3


def _suffix(name: str) -> str:
    suffixes = [one.lower() for one in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
