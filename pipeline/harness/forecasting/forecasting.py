"""The forecasting model: histories, members and their shares; answers with a band around them."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from bands import Bands
from config import Json
from lines_kept import load_lines, save_lines
from members import Member
from members_kept import load_members, save_members
from metrics import Codes, Floats
from outline import FILE, Outline, assembled, line_of, load_outline
from panels import Line
from progress import Problem
from requests_ahead import Asked, check_ahead, followed_by, read_asked
from serving import TRUTH
from spreadsheets import harmless
from tables import Cell, Table, parse_csv

HEADER = ("unique_id", "ds", "prediction", "lower", "upper")


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Answers by series and time, with the ends of their bands; lines of a CSV."""

    series: tuple[str, ...]
    times: tuple[Cell, ...]
    said: Floats
    lower: Floats
    upper: Floats

    @property
    def names(self) -> Sequence[str]:
        """Header of the CSV."""
        return HEADER

    @property
    def rows(self) -> Iterator[Sequence[object]]:
        """Lines of the CSV; numbers read back exactly."""
        numbers = zip(self.said.tolist(), self.lower.tolist(), self.upper.tolist(), strict=True)
        for name, at, told in zip(self.series, self.times, numbers, strict=True):
            yield (harmless(name), harmless(at or ""), *told)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastModel:
    """What train.py and baseline.py save: `parts` are the members' shares, (S, M).

    `trial` is what the mix reached in a backtest. `recent` are the held-out rows of a finished
    model folder: history for what comes after them, and unknown to questions about their own time.
    """

    outline: Outline
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    members: tuple[Member, ...]
    parts: Floats
    bands: Bands
    trial: Mapping[str, Json] = field(default_factory=dict)
    recent: Table | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns of heldout.csv."""
        return self.outline.shape.inputs

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which nothing can be answered."""
        shape = self.outline.shape
        return (*shape.keys, shape.time, *shape.known)

    @property
    def optional(self) -> tuple[str, ...]:
        """Columns that may be there: values extend the history."""
        shape = self.outline.shape
        own = (shape.identity[-1], shape.value) if shape.wide else ()
        return (*own, *shape.targets)

    @property
    def reads_text(self) -> bool:
        """A text is no series."""
        return False

    def predict(self, rows: Table) -> Forecasts:
        """Answers for the rows without a value, in their order; else for the next steps."""
        asked = read_asked(self.outline, rows, [line.name for line in self.lines])
        added = _filled(asked)
        if not len(asked.open):
            lines = self._lines(added, dict.fromkeys(asked.by_series()))
            wanted_names = asked.by_series()
            ends = {
                line.name: line.start + len(line) - 1 for line in lines if line.name in wanted_names
            }
            asked = followed_by(self.outline, asked, ends, asked.driven.shape[1])
        wanted = asked.open
        names = [asked.names[at] for at in wanted]
        ends = {line.name: line.start + len(line) - 1 for line in self.lines}
        pairs = zip(names, asked.places[wanted].tolist(), strict=True)
        steps = [place - ends.get(name, place - 1) for name, place in pairs]
        check_ahead(self.outline, np.array(steps, dtype=np.int64))
        first = _first(names, asked.places[wanted])
        lines = self._lines([*added, asked], first)
        return self._answered(asked, wanted, names, lines)

    def shares(self) -> dict[str, float]:
        """Each member's mean share over all series."""
        means = self.parts.mean(axis=0).tolist()
        return dict(zip((member.name for member in self.members), means, strict=True))

    def save(self, folder: Path) -> None:
        """Write the model as JSON, plain arrays and LightGBM's own text."""
        folder.mkdir(parents=True, exist_ok=True)
        self.outline.save(folder)
        told = {"columns": list(self.columns), "trial": dict(self.trial)}
        (folder / "model.json").write_text(json.dumps(told, indent=1), "utf-8")
        save_lines(self.lines, folder)
        save_members(self.members, folder)
        np.savez(
            folder / "shares.npz",
            parts=self.parts,
            widths=self.bands.widths,
            ratios=self.bands.ratios,
        )

    def _lines(self, added: Sequence[Asked], first: "dict[str, int | None]") -> list[Line]:
        """All histories, each up to the first time that is asked for of it.

        Those of series that nobody asks for come along: an answer is the same to the last digit
        whatever else is asked.
        """
        known = {line.name: line for line in self.lines}
        recent = self._recent()
        owned = [(one, one.by_series()) for one in added]
        found = []
        for name in (*known, *sorted(set(first) - set(known))):
            if name not in first:
                found.append(known[name])
                continue
            until = first[name]
            parts = [_of_line(known[name])] if name in known else []
            late = recent.get(name)
            if late is not None and (until is None or until > int(late[0].max())):
                parts.append(late)
            parts += [_of_asked(one, rows[name]) for one, rows in owned if name in rows]
            places = np.concatenate([np.empty(0), *(part[0] for part in parts)])
            values = np.concatenate([np.empty(0), *(part[1] for part in parts)])
            driven = np.concatenate([part[2] for part in parts])
            values = np.where(places < (np.inf if until is None else until), values, np.nan)
            line = line_of(name, places, values, driven, self.outline.season)
            if line is None:
                raise Problem(
                    "Some rows are of a series that the model does not know.",
                    "Name a series of the training data, or send its history in the same file.",
                )
            found.append(line)
        return found

    def _recent(self) -> dict[str, tuple[Floats, Floats, Floats]]:
        """Places, values and drivers of the held-out rows by series."""
        if self.recent is None:
            return {}
        asked = read_asked(self.outline, self.recent, [line.name for line in self.lines])
        truth = np.array([float(cell or "nan") for cell in self.recent.column(TRUTH)])
        rows = asked.by_series().items()
        return {
            name: (asked.places[own].astype(float), truth[own], asked.driven[own])
            for name, own in rows
        }

    def _answered(
        self, asked: Asked, wanted: Codes, names: Sequence[str], lines: Sequence[Line]
    ) -> Forecasts:
        at = {line.name: place for place, line in enumerate(lines)}
        series = np.array([at[name] for name in names], dtype=np.int64)
        ends = np.array([line.start + len(line) - 1 for line in lines])
        steps = asked.places[wanted] - ends[series]
        farthest = int(steps.max(initial=1))
        if farthest > self.outline.horizon:
            _note(
                f"{farthest:,} steps ahead are asked for; the model was measured up to"
                f" {self.outline.horizon:,}, and what lies farther is less sure."
            )
        whole = -(-farthest // self.outline.horizon) * self.outline.horizon
        told = self.forecast(lines, whole)
        said = told[series, steps - 1]
        places = {line.name: place for place, line in enumerate(self.lines)}
        known = [places.get(name, -1) for name in names]
        low, high = self.bands.around(said, known, steps.astype(np.float64))
        floor = np.array([0.0 if line.values.min() >= 0 else -np.inf for line in lines])
        return Forecasts(
            series=tuple(names),
            times=tuple(asked.cells[place] for place in wanted),
            said=said,
            lower=np.maximum(low, np.minimum(floor[series], said)),
            upper=high,
        )

    def forecast(self, lines: Sequence[Line], steps: int) -> Floats:
        """The mix of the members for series that are known or new, (series, steps)."""
        places = {line.name: place for place, line in enumerate(self.lines)}
        common = self.parts.mean(axis=0)
        parts = np.stack(
            [self.parts[places[line.name]] if line.name in places else common for line in lines]
        )
        panel = assembled(self.outline, lines, steps)
        told = np.zeros((len(lines), steps))
        for rows, past in panel.pasts([len(line) for line in lines], steps):
            for place, member in enumerate(self.members):
                share = parts[rows, place]
                if share.any():
                    told[rows] += share[:, None] * member.forecast(past, steps)
        return told


def load_forecaster(folder: Path) -> ForecastModel:
    """Read what ForecastModel.save wrote; held-out rows beside the folder are recent history."""
    if not (folder / FILE).is_file():
        raise Problem(f"{folder} holds no model.", "Name the folder that training wrote.")
    told = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / "shares.npz") as arrays:
        parts, bands = arrays["parts"], Bands(arrays["widths"], arrays["ratios"])
    return ForecastModel(
        outline=load_outline(folder),
        columns=tuple(told["columns"]),
        lines=load_lines(folder),
        members=load_members(folder),
        parts=parts,
        bands=bands,
        trial=told["trial"],
        recent=_heldout(folder.parent / "heldout.csv"),
    )


def _heldout(path: Path) -> Table | None:
    if not path.is_file():
        return None
    records = parse_csv(path.read_text("utf-8"))
    names = tuple(next(records))
    return Table(names, [tuple(record) for record in records]) if TRUTH in names else None


def _filled(asked: Asked) -> list[Asked]:
    return [asked] if np.isfinite(asked.values).any() else []


def _first(names: Sequence[str], places: Codes) -> dict[str, int | None]:
    """The first place that is asked for of each series."""
    found: dict[str, int | None] = {}
    for name, place in zip(names, places.tolist(), strict=True):
        before = found.get(name)
        found[name] = place if before is None else min(before, place)
    return found


def _of_line(line: Line) -> tuple[Floats, Floats, Floats]:
    places = line.start + np.arange(len(line.drivers), dtype=np.float64)
    values = np.full(len(places), np.nan)
    values[: len(line)] = np.where(line.seen, line.values, np.nan)
    return places, values, line.drivers


def _of_asked(asked: Asked, rows: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    at = list(rows)
    return asked.places[at].astype(np.float64), asked.values[at], asked.driven[at]


def _note(message: str) -> None:
    print(f"note: {message}", file=sys.stderr)  # noqa: T201 - for the person who asks so far
