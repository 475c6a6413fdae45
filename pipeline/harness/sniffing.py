"""Find out how a text separates and quotes its cells: the way that gives the most even table."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from delimited import BrokenQuotesError, Dialect, Record, Records, mended
from kinds import is_date, is_number
from tables import is_missing

USUAL = ("\t", ";", "||", "|", ",")
UNUSUAL = ("::", "^", "~", "\x01")
LAST = ("  ", " ", ":")
SAMPLE = 1 << 18
_BROKEN = 1 << 15  # where quotes are broken, lines are tried one by one, which takes long
_FEW_LINES = 4
_LONGEST = 8 << 20
_BREAK = re.compile(r"\r\n|\n|\r")
_EVEN = 0.8
_VERY_EVEN = 0.97
_COVER = 0.3
SURELY = 4  # lines within a quoted text hardly have so many cells each by chance
_JUDGED = 400  # records whose cells are looked at
_TIDY = 0.9
_TRUTHS = frozenset(("true", "false", "yes", "no"))
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
_FRACTION = re.compile(r"\s*[-+]?(\d{1,3}(\.\d{3})+|\d+),\d+\s*")
_FIXED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dialect makes of the sample: `even` is the share of rows of the usual width."""

    dialect: Dialect
    rows: int
    width: int
    even: float
    cover: float
    tidy: float
    typed: float

    @property
    def rank(self) -> tuple[float, ...]:
        """The larger, the better."""
        return (round(self.even * self.cover**0.5, 2), self.tidy > 0, round(self.typed, 1))


def sniff(text: str) -> Trial:
    """The delimiter and quoting of the most even table; no delimiter for plain lines."""
    sample = sample_of(text)
    if found := _FIXED.match(sample):
        return _quoted_best(sample[found.end() :], found[1])
    whole = _quoted_best(sample, None)
    trials = [_quoted_best(sample, sign) for sign in (*USUAL, *UNUSUAL) if sign in sample]
    able = [trial for trial in trials if trial.dialect.delimiter in USUAL or _very_even(trial)]
    best = max(able, key=_key, default=whole)
    if _is_table(best) and not _fractions(sample, best) and not _prose(sample, best):
        return best
    for sign in LAST:
        trial = _quoted_best(sample, sign) if sign in sample else whole
        if _very_even(trial) and _worth_it(trial, whole, sign):
            return trial
    return whole


def sample_of(text: str, most: int = SAMPLE) -> str:
    """The start of a long text, cut at the end of a line; longer where lines are very long."""
    if len(text) <= most:
        return text
    cut = max(text.rfind("\n", 0, most), text.rfind("\r", 0, most)) + 1
    while text.count("\n", 0, cut) + text.count("\r", 0, cut) < _FEW_LINES:
        more = _BREAK.search(text, max(cut, most))
        if more is None:
            return text[:_LONGEST]
        if more.end() > _LONGEST:
            return text[: cut or _LONGEST]
        cut = more.end()
    return text[:cut]


def _key(trial: Trial) -> tuple[float, ...]:
    return (trial.width > 1, *trial.rank)


def _very_even(trial: Trial) -> bool:
    return trial.width > 1 and trial.even >= _VERY_EVEN


def _is_table(trial: Trial) -> bool:
    some = trial.rows == 1 or trial.rows * trial.cover * trial.even > 1
    return trial.width > 1 and trial.even >= _EVEN and trial.cover > _COVER and some


def _prose(sample: str, best: Trial) -> bool:
    """Sentences under a name, which happen to have as many commas each."""
    sign = best.dialect.delimiter or ","
    first, *body = [line for line in sample.splitlines()[:_JUDGED] if line.strip()] or [""]
    if sign not in ",;" or sign in first or best.typed > _COVER or '"' in sample or not body:
        return False
    spaced = sum(line.count(f"{sign} ") for line in body)
    return spaced >= 0.8 * sum(line.count(sign) for line in body)


def _worth_it(trial: Trial, whole: Trial, sign: str) -> bool:
    """Spaces and colons stand in any text: they divide cells only where that gives better ones."""
    return trial.typed > max(whole.typed + 0.15, 0.3) or (sign == "  " and trial.width > 2)  # noqa: PLR2004


def _fractions(sample: str, best: Trial) -> bool:
    """One column of numbers with decimal commas, under a name or not."""
    if best.dialect.delimiter != "," or best.width != 2:  # noqa: PLR2004
        return False
    lines = [line for line in sample.splitlines() if line.strip()]
    named = "," not in lines[0] and not is_number(lines[0])
    body = lines[1:] if named else lines
    small = any(re.search(r",0\d", line) for line in body)
    return bool(body) and (named or small) and all(_FRACTION.fullmatch(line) for line in body)


def _quoted_best(sample: str, delimiter: str | None) -> Trial:
    """The quoting that is well formed and needed, or makes lines even; none otherwise."""
    raw = _try(sample, Dialect(delimiter, quote=None))
    trials = [_try(sample, dialect) for dialect in _quotings(sample, delimiter)]
    tidy = [trial for trial in trials if trial.tidy > 0 and not _swallows(trial, raw)]
    if tidy:
        return max(tidy, key=lambda trial: (round(trial.even, 2), trial.tidy))
    broken = [trial for trial in trials if trial.even > raw.even + 0.02]
    if not broken and '"' not in sample:
        return replace(raw, dialect=Dialect(delimiter))  # there may be some further down
    return max(broken, key=lambda trial: trial.even, default=raw)


def _swallows(quoted: Trial, raw: Trial) -> bool:
    """Stray quotes that join whole lines to one record."""
    sure = quoted.dialect.delimiter == "\t" or quoted.width >= SURELY
    return quoted.rows < raw.rows and raw.even == 1 and raw.width == quoted.width > 1 and sure


def _quotings(sample: str, delimiter: str | None) -> Iterator[Dialect]:
    if '"' in sample:
        yield Dialect(delimiter)
        if '\\"' in sample:
            yield Dialect(delimiter, escaped=True)
        if delimiter and f'{delimiter} "' in sample:
            yield Dialect(delimiter, spaced=True)
    if "'" in sample:
        yield Dialect(delimiter, quote="'")
        if "\\'" in sample:
            yield Dialect(delimiter, quote="'", escaped=True)


def _try(sample: str, dialect: Dialect) -> Trial:
    strict = True
    try:
        found = list(Records(io.StringIO(sample, newline=""), dialect))
    except BrokenQuotesError:
        strict = False
        sample = sample_of(sample, _BROKEN)
        width = _width(_lines_apart(sample, dialect))
        found = list(mended(io.StringIO(sample, newline=""), dialect, width))
    found = [record for record in found if any(map(str.strip, record[1]))]
    width = _width(found)
    places = [at for at, (_, cells) in enumerate(found) if _fits(cells, width)]
    body = found[places[0] : places[-1] + 1] if places else []
    return Trial(
        dialect,
        rows=len(found),
        width=width,
        even=len(places) / max(len(body), 1),
        cover=len(places) / max(len(found), 1),
        tidy=_tidy(sample, dialect) if strict and dialect.quote is not None else 0,
        typed=_typed([cells for _, cells in islice(body, _JUDGED)], width),
    )


def _lines_apart(sample: str, dialect: Dialect) -> list[Record]:
    plain = Dialect(dialect.delimiter, quote=None)
    return list(Records(io.StringIO(sample, newline=""), plain))


def _fits(cells: list[str], width: int) -> bool:
    return len(cells) == width or (len(cells) == width + 1 and not cells[-1].strip())


def _width(found: list[Record]) -> int:
    """The commonest width of more than one cell; of one where that is hardly ever met."""
    widths = Counter(len(cells) for _, cells in found)
    wide = [(times, width) for width, times in widths.items() if width > 1]
    times, width = max(wide, default=(0, 1))
    return width if times > widths[1] * 0.5 else min(widths.total(), 1)


def _tidy(sample: str, dialect: Dialect) -> float:
    """Share of quotes that enclose a whole cell, or stand doubled or escaped in one; 0 for few."""
    quote = dialect.quote or '"'
    sign = re.escape(dialect.delimiter or "\x1f")
    inside = rf"(?:[^{quote}\\]|\\.)*" if dialect.escaped else rf"(?:[^{quote}]|{quote}{quote})*"
    space = " *" if dialect.spaced else ""
    edge = rf"(?:^|(?<={sign}){space}|(?<=[\r\n]))"
    cells = re.compile(rf"{edge}{quote}{inside}{quote}(?=\s*(?:{sign}|[\r\n]|$))")
    rest = cells.sub("", sample)
    left = (rest.replace(f"\\{quote}", "") if dialect.escaped else rest).count(quote)
    share = 1 - left / max(sample.count(quote), 1)
    return share if share >= _TIDY else 0


def _typed(rows: list[list[str]], width: int) -> float:
    """Share of cells that are a number, a date or a truth; the first row may be names."""
    cells = [cell for row in rows[1:] or rows for cell in row[:width] if not is_missing(cell)]
    return sum(_is_typed(cell) for cell in cells) / max(len(cells), 1)


def _is_typed(cell: str) -> bool:
    bare = cell.strip()
    return (
        is_number(bare)
        or is_date(bare)
        or bare.lower() in _TRUTHS
        or _TIME.fullmatch(bare) is not None
    )
