"""Turns a table into model inputs: what each column is worth is decided once, on training rows.

Numbers stay numbers; categories become codes with a place for rare levels; dates become parts;
names, tickets and other strings with many values become their useful parts (`strings.py`); free
text becomes a few dense dimensions (`texts.py`). Nothing here sees the target.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from absent import missing_of
from config import Kind
from dates import PARTS, date_parts
from days import day_first_of
from measures import PLAIN, Notation, decimal_of, notation_of, to_number
from metrics import Floats
from plain_numbers import Plain, plainly, why_useless
from strings import StringParts, Strings, learn_parts
from tables import MISSING, Cell, Table, is_missing
from texts import TextDimensions, learn_dimensions

Reading = Literal["number", "category", "date", "string"]

RARE_ROWS = 3  # a level on fewer training rows cannot be told from noise
NUMBERS = frozenset(("number", "integer"))
MOST_LEVELS = 200
MOSTLY_LEVELS = 0.8  # share of the cells with a common value that makes a column a category
SOME_LEVELS = 0.1
FURTHEST = 1e30  # numbers are cut here: the squares of larger ones overflow


@dataclass(frozen=True)
class Feature:
    """One model input: `levels` is None for a number, else what its codes mean.

    A missing number or category is NaN; the last level stands for all values not known.
    """

    name: str
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ColumnPlan:
    """How one column is read; `levels` holds the known values of each of its categories.

    `missing` are the cells that mean "not known" here, in lower case.
    """

    name: str
    reading: Reading
    levels: dict[str, tuple[str, ...]]
    missing: frozenset[str] = MISSING
    notation: Notation = PLAIN
    day_first: bool = False
    strings: StringParts | None = None
    texts: TextDimensions | None = None


@dataclass(frozen=True)
class Encoder:
    """The learnt plan of every column; `dropped` names unused columns with the reason."""

    plans: tuple[ColumnPlan, ...]
    features: tuple[Feature, ...]
    dropped: Mapping[str, str]

    @property
    def categorical(self) -> list[bool]:
        """Which features hold codes of categories."""
        return [feature.levels is not None for feature in self.features]

    def transform(self, table: Table, *, training: bool = False) -> Floats:
        """Rows as a (rows, features) matrix; `training` leaves a row out of its own counts.

        ValueError when a column that the plan needs is not in the table.
        """
        parts: dict[str, Floats] = {}
        for plan in self.plans:
            parts.update(_parts(plan, table.column(plan.name), training=training))
        matrix = np.empty((len(table), len(self.features)))
        for index, feature in enumerate(self.features):
            matrix[:, index] = parts[feature.name]
        return matrix

    def save(self, folder: Path) -> None:
        """Write encoder.json and encoder.npz."""
        arrays: dict[str, Any] = {}
        content = {
            "columns": [_to_json(plan, index, arrays) for index, plan in enumerate(self.plans)],
            "features": [[feature.name, feature.levels] for feature in self.features],
            "dropped": dict(self.dropped),
        }
        (folder / "encoder.json").write_text(json.dumps(content), "utf-8")
        np.savez_compressed(folder / "encoder.npz", **arrays)


def load_encoder(folder: Path) -> Encoder:
    """Read what `save` wrote."""
    content = json.loads((folder / "encoder.json").read_text("utf-8"))
    with np.load(folder / "encoder.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    plans = [_from_json(entry, index, arrays) for index, entry in enumerate(content["columns"])]
    features = [
        Feature(name, None if levels is None else tuple(levels))
        for name, levels in content["features"]
    ]
    return Encoder(tuple(plans), tuple(features), content["dropped"])


def learn_encoder(table: Table, kinds: Mapping[str, Kind], *, simple: bool = False) -> Encoder:
    """Decide how each column is read, by its kind; useless ones are dropped with the reason.

    `simple` takes numbers, dates and categories only and makes no parts of strings.
    """
    return encode(table, table.names, kinds, simple=simple)[0]


def encode(
    table: Table, names: Sequence[str], kinds: Mapping[str, Kind], *, simple: bool = False
) -> tuple[Encoder, Floats]:
    """The same for some columns, and the rows as `transform(table, training=True)` gives them."""
    plans: list[ColumnPlan] = []
    dropped: dict[str, str] = {}
    features: list[Feature] = []
    columns: list[Floats] = []
    for name in names:
        cells = table.column(name)
        plain = plainly(cells) if kinds[name] in NUMBERS else None
        plan = _plan(name, kinds[name], cells, plain)
        if isinstance(plan, str):
            dropped[name] = plan
            continue
        if simple and plan.strings is not None:
            continue
        plans.append(plan)
        if plain is not None and plain.sure:
            parts = {name: _cut(plain.numbers)}
        else:
            parts = _parts(plan, cells, training=True)
        told = {key: column for key, column in parts.items() if _varies(column)}
        if not told:
            dropped[name] = "nothing in it is shared by several rows"
        features += [_feature(plan, key) for key in told]
        columns += told.values()
    matrix = np.column_stack(columns) if columns else np.empty((len(table), 0))
    return Encoder(tuple(plans), tuple(features), dropped), matrix


def _feature(plan: ColumnPlan, name: str) -> Feature:
    return Feature(name, (*plan.levels[name], "(other)") if name in plan.levels else None)


def _useless(kind: Kind, cells: Sequence[Cell], missing: frozenset[str]) -> str | None:
    if kind == "id":
        return "an id: it names the row and says nothing about it"
    different = {None if is_missing(cell, missing) else cell.strip() for cell in set(cells) if cell}
    known = different - {None}
    gaps = None in different or not all(cells)
    return why_useless(len(known), gaps=gaps)


def _plan(name: str, kind: Kind, cells: Sequence[Cell], plain: Plain | None) -> ColumnPlan | str:
    """How a column is read, or why it is not; `plain` where it holds plain numbers only."""
    if plain is not None and plain.sure:
        return plain.useless or ColumnPlan(name, "number", {})
    missing = missing_of(cells)
    reason = _useless(kind, cells, missing)
    if reason is not None:
        return reason
    strings = _strings(cells, missing)
    known = [text for text in strings if text is not None]
    if kind in NUMBERS:
        notation = notation_of(Counter(known)) or Notation(decimal_of(known))
        return ColumnPlan(name, "number", {}, missing, notation)
    if kind == "date":
        return ColumnPlan(name, "date", {}, missing, day_first=day_first_of(known))
    levels = _levels(strings)
    common = set(levels)
    covered = sum(text in common for text in known) / len(known)
    if covered >= MOSTLY_LEVELS:
        return ColumnPlan(name, "category", {name: levels}, missing)
    parts = learn_parts(strings)
    categories = parts.categories(name, strings)
    found = {key: _levels(values) for key, values in categories.items()}
    if covered >= SOME_LEVELS:
        found[name] = levels
    texts = learn_dimensions(strings)
    return ColumnPlan(name, "string", found, missing, strings=parts, texts=texts)


def _strings(cells: Sequence[Cell], missing: frozenset[str]) -> Strings:
    """Stripped cells; a whole number written with a fraction of nought loses it."""
    read = {cell: None if is_missing(cell, missing) else _plain(cell or "") for cell in set(cells)}
    return [read[cell] for cell in cells]


def _plain(cell: str) -> str:
    bare = cell.strip()
    return bare[:-2] if bare.endswith(".0") and bare[:-2].lstrip("-").isdigit() else bare


def _levels(strings: Strings) -> tuple[str, ...]:
    counts = Counter(text for text in strings if text is not None)
    return tuple(level for level, rows in counts.most_common(MOST_LEVELS) if rows >= RARE_ROWS)


def _parts(plan: ColumnPlan, cells: Sequence[Cell], *, training: bool) -> dict[str, Floats]:
    """Every input that a column gives, by feature name."""
    if plan.reading == "number":
        return {plan.name: _numbers(cells, plan)}
    if plan.reading == "date":
        dates = date_parts(cells, day_first=plan.day_first, missing=plan.missing)
        return {f"{plan.name} {part}": dates[:, at] for at, part in enumerate(PARTS)}
    strings = _strings(cells, plan.missing)
    categories = {plan.name: strings}
    parts: dict[str, Floats] = {}
    if plan.strings is not None:
        categories |= plan.strings.categories(plan.name, strings)
        parts |= plan.strings.numbers(plan.name, strings, training=training)
    if plan.texts is not None:
        parts |= plan.texts.numbers(plan.name, strings)
    return parts | {key: _codes(categories[key], levels) for key, levels in plan.levels.items()}


def _numbers(cells: Sequence[Cell], plan: ColumnPlan) -> Floats:
    decimal, unit = plan.notation.decimal, plan.notation.unit
    gone = [to_number(mark, decimal, unit) for mark in plan.missing - MISSING]
    plain = plainly(cells) if decimal == "." else None
    if plain is None:
        bare = {
            cell: (cell or "").replace("_", "") for cell in set(cells)
        }  # 1_000 as Python has it
        read = {cell: to_number(text, decimal, unit) for cell, text in bare.items()}
        found = np.array([read[cell] for cell in cells], dtype=float)
    else:
        found = plain.numbers
    return _cut(np.where(np.isin(found, gone), np.nan, found))


def _cut(numbers: Floats) -> Floats:
    return np.clip(np.where(np.isfinite(numbers), numbers, np.nan), -FURTHEST, FURTHEST)


def _codes(strings: Strings, levels: tuple[str, ...]) -> Floats:
    code = {level: float(place) for place, level in enumerate(levels)}
    other = float(len(levels))
    return np.array([np.nan if text is None else code.get(text, other) for text in strings])


def _varies(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    return known.size > 0 and (known.size < column.size or bool(np.any(known != known[0])))


def _to_json(plan: ColumnPlan, index: int, arrays: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": plan.name,
        "reading": plan.reading,
        "levels": plan.levels,
        "missing": sorted(plan.missing),
        "notation": [plan.notation.decimal, plan.notation.unit],
        "day_first": plan.day_first,
    }
    if plan.strings is not None:
        entry["strings"] = plan.strings.to_json(f"{index}.strings", arrays)
    if plan.texts is not None:
        entry["texts"] = plan.texts.to_json(f"{index}.texts", arrays)
    return entry


def _from_json(entry: dict[str, Any], index: int, arrays: dict[str, Any]) -> ColumnPlan:
    levels = {key: tuple(values) for key, values in entry["levels"].items()}
    strings, texts = entry.get("strings"), entry.get("texts")
    return ColumnPlan(
        entry["name"],
        entry["reading"],
        levels,
        frozenset(entry["missing"]),
        Notation(*entry["notation"]),
        entry["day_first"],
        StringParts.from_json(strings, f"{index}.strings", arrays) if strings else None,
        TextDimensions.from_json(texts, f"{index}.texts", arrays) if texts else None,
    )
