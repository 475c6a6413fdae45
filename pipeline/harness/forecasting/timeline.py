"""Times of a column as numbers, in whatever form people wrote them, and written back like them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from config import Json
from days import day_first_of, moment_of
from measures import to_number
from metrics import Floats
from tables import Cell, is_missing

MOSTLY = 0.9  # share of the different cells that makes them dates
SAMPLE = 200
ISO = "%Y-%m-%d %H:%M:%S"
BEGIN = datetime(2000, 1, 1)  # noqa: DTZ001 - all times are compared in one zone
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y")
_SHORT = ("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y")
_LONG = ("%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%m-%d-%Y")
_CLOCKS = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", "T%H:%M:%SZ", " %I:%M:%S %p", " %I:%M %p")
_ENDINGS = (".000", ".000Z", "+00:00", " UTC", ".000000")
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%Y %b", "%Y-%b", "%YM%m")
_QUARTERS = ("%YQ{q}", "%Y-Q{q}", "%Y Q{q}", "Q{q} %Y", "Q{q}-%Y", "Q{q}/%Y")
_PLAIN = (*_DAYS, *_SHORT, *_LONG, *_MONTHS, *_QUARTERS, "%Y%m", "%Y", "%G-W%V", "%GW%V")
_CLOCKED = tuple(f"{day}{clock}" for day in (*_DAYS, *_SHORT, *_LONG) for clock in _CLOCKS)
_ENDED = tuple(f"%Y-%m-%d{clock}{end}" for clock in _CLOCKS[:4:2] for end in _ENDINGS)
STYLES = (*_PLAIN, *_CLOCKED, *_ENDED)
_ZERO = re.compile(r"(?<!\d)0(?=\d)")
_YEAR_MONTH = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])")
_SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_UNIX = (datetime(1970, 1, 1) - BEGIN).total_seconds()  # noqa: DTZ001 - as above

Kind = str  # date, month, unix, milliseconds or number


@dataclass(frozen=True, slots=True)
class Clock:
    """How a column tells the time: what its cells are, and the style in which they are written.

    `bare` says what is written without a leading zero: nothing (0), days (1), hours too (2).
    """

    kind: Kind
    day_first: bool = False
    style: str = ISO
    bare: int = 0

    @property
    def dated(self) -> bool:
        """Whether the times are dates and not mere numbers."""
        return self.kind != "number"

    def axis(self, cells: Sequence[Cell]) -> Floats:
        """Seconds since 2000, or numbers; NaN where a cell tells no time. Shape (n,)."""
        known: dict[Cell, float] = {cell: self._read(cell) for cell in set(cells)}
        return np.array([known[cell] for cell in cells], dtype=np.float64)

    def write(self, at: float) -> str:
        """A time in the style of the column."""
        if self.kind == "number":
            return f"{at:.0f}" if self.style == "whole" else repr(round(float(at), 6))
        if self.kind in {"unix", "milliseconds"}:
            return f"{(at - _UNIX) * (1000 if self.kind == 'milliseconds' else 1):.0f}"
        return _written(BEGIN + timedelta(seconds=at), self.style, bare=self.bare)

    def told(self) -> dict[str, Json]:
        """The same as JSON."""
        style: Json = self.style
        return {
            "kind": self.kind,
            "day_first": self.day_first,
            "style": style,
            "bare": self.bare,
        }

    def _read(self, cell: Cell) -> float:
        if is_missing(cell) or cell is None:
            return float("nan")
        bare = cell.strip()
        if self.kind == "number":
            return to_number(bare)
        if self.kind in {"unix", "milliseconds"}:
            return to_number(bare) / (1000 if self.kind == "milliseconds" else 1) + _UNIX
        if self.kind == "month" and _YEAR_MONTH.fullmatch(bare):
            bare = f"{bare[:4]}-{bare[4:]}"
        at = moment_of(bare, day_first=self.day_first)
        at = at or moment_of(bare, day_first=not self.day_first)
        return (at - BEGIN).total_seconds() if at else float("nan")


def load_clock(told: Mapping[str, Json]) -> Clock:
    """What Clock.told gave."""
    return Clock(
        kind=str(told["kind"]),
        day_first=bool(told["day_first"]),
        style=str(told["style"]),
        bare=int(str(told["bare"])),
    )


def learn_clock(cells: Sequence[Cell]) -> Clock:
    """How these cells tell the time; a column of anything else reads as numbers that are NaN."""
    known = [cell.strip() for cell in dict.fromkeys(cells) if cell and not is_missing(cell)]
    some = known[:: max(1, len(known) // SAMPLE)]
    for kind, form in (
        ("month", _YEAR_MONTH),
        ("unix", _SECONDS),
        ("milliseconds", _MILLISECONDS),
    ):
        if some and all(form.fullmatch(cell) for cell in some):
            return Clock(kind, style="%Y%m")
    first = day_first_of(known)
    dates = sum(moment_of(cell, day_first=first) is not None for cell in some)
    if dates < MOSTLY * len(some) or not some:
        whole = all(cell.isdigit() for cell in some)
        return Clock("number", style="whole" if whole else "fraction")
    style, bare = _style(some, day_first=first)
    return Clock("date", day_first=first, style=style, bare=bare)


def _style(cells: Sequence[str], *, day_first: bool) -> tuple[str, int]:
    """The style that writes these cells as they are, else ISO; also whether without zeros."""
    moments = [(cell, moment_of(cell, day_first=day_first)) for cell in cells]
    read = [(cell, at) for cell, at in moments if at is not None]
    for bare in (0, 1, 2):
        for style in STYLES:
            if all(_written(at, style, bare=bare) == cell for cell, at in read):
                return style, bare
    plain = all(at == at.replace(hour=0, minute=0, second=0) for _, at in read)
    return ("%Y-%m-%d" if plain else ISO), 0


def _written(at: datetime, style: str, *, bare: int) -> str:
    told = at.strftime(style.replace("{q}", str((at.month + 2) // 3)))
    day, space, clock = told.partition(" ")
    if bare:
        day = _ZERO.sub("", day)
    if bare == 2:  # noqa: PLR2004 - hours too
        clock = clock.removeprefix("0")
    return f"{day}{space}{clock}"
