"""What of a table rows are compared by: numbers on one scale and codes of categories.

Decided once, on training rows: which columns say anything that several rows share, which only
repeat another, and on what scale each number is compared, so that units decide nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from config import Json, Kind
from features import Encoder, learn_encoder, load_encoder
from metrics import Codes, Floats
from mixtures import Rows
from tables import Table
from trait_forms import REPEATED, bounds, same_codes, shift_for_log, step_of, tells_more
from trait_gaps import learn_fill

MOST_LEVELS = 12  # of a category; rarer ones are taken together
TWO = 2
NEARLY_THE_SAME = 0.9999
MOST_NUMBERS = 300
COARSE = 0.2  # of a column's deviation: a step from which values stand apart


@dataclass(frozen=True, slots=True)
class Number:
    """A column compared by its value: cut, logarithm where `shift` is given, centred, scaled.

    `step` is how finely it is told, on the common scale; `grain` the same in its own unit where it
    is told so coarsely that every value would look like a group.
    """

    name: str
    place: int
    low: float
    high: float
    shift: float | None
    mean: float
    spread: float
    step: float
    grain: float = 0.0
    date: bool = False

    def scaled(self, values: Floats) -> Floats:
        """Values of the column, NaN where missing, on the common scale."""
        cut = np.clip(values, self.low, self.high)
        tamed = cut if self.shift is None else np.log(np.maximum(cut + self.shift, 1e-300))
        return np.asarray((tamed - self.mean) / self.spread)


@dataclass(frozen=True, slots=True)
class Category:
    """A column compared by being the same: `values` are its codes in the encoder, in order.

    `labels` name them; what is none of them has the last label.
    """

    name: str
    place: int
    values: tuple[float, ...]
    labels: tuple[str, ...]

    def codes(self, values: Floats) -> Codes:
        """Places in `labels`, -1 where missing."""
        found = np.full(len(values), len(self.values), dtype=np.int64)
        for at, value in enumerate(self.values):
            found[values == value] = at
        if len(self.labels) == len(self.values):  # no place for others: they say nothing
            found[found == len(self.values)] = -1
        found[np.isnan(values)] = -1
        return found


@dataclass(frozen=True, slots=True)
class Traits:
    """The columns that are used, those left out with the reason, and how gaps are filled.

    `fill` (d, d) tells a missing scaled number from the others.
    """

    encoder: Encoder
    numbers: tuple[Number, ...]
    categories: tuple[Category, ...]
    left_out: Mapping[str, str]
    fill: Floats

    def read(self, table: Table) -> Rows:
        """Rows as they are compared."""
        return self.of_matrix(self.encoder.transform(table))

    def blurred(self, matrix: Floats, seed: int) -> Floats:
        """The encoder's matrix with coarse numbers anywhere within their grain, to find groups."""
        draw = np.random.default_rng(seed)
        blurred = matrix.copy()
        for one in self.numbers:
            blurred[:, one.place] += one.grain * draw.uniform(-0.5, 0.5, len(matrix))
        return blurred

    def of_matrix(self, matrix: Floats) -> Rows:
        """The same from the encoder's matrix."""
        scaled = [one.scaled(matrix[:, one.place]) for one in self.numbers]
        codes = [one.codes(matrix[:, one.place]) for one in self.categories]
        numbers = np.column_stack(scaled) if scaled else np.empty((len(matrix), 0))
        gaps = np.isnan(numbers)
        numbers = np.where(gaps, np.nan_to_num(numbers) @ self.fill, numbers)
        return Rows(
            numbers,
            np.column_stack(codes) if codes else np.empty((len(matrix), 0), np.int64),
            tuple(len(one.labels) for one in self.categories),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are used: numbers first."""
        numbers = [one.name for one in self.numbers]
        return (*numbers, *(one.name for one in self.categories))

    @property
    def read_columns(self) -> tuple[str, ...]:
        """The table's columns that are compared, in their order."""
        used = {one.place for one in self.numbers} | {one.place for one in self.categories}
        names = [self.encoder.features[place].name for place in used]
        return tuple(
            plan.name
            for plan in self.encoder.plans
            if any(name == plan.name or name.startswith(f"{plan.name} ") for name in names)
        )

    @property
    def steps(self) -> Floats:
        """How finely each number is told, on the common scale."""
        return np.array([one.step for one in self.numbers])

    @property
    def own(self) -> Floats:
        """Squared lengths of the columns' own units, their mean logarithm 0; even after logs."""
        if not self.numbers or any(one.shift is not None for one in self.numbers):
            return np.ones(len(self.numbers))
        logs = -2.0 * np.log([one.spread for one in self.numbers])
        return np.asarray(np.exp(logs - logs.mean()))

    def save(self, folder: Path) -> None:
        """Write the encoder's files and traits.json."""
        self.encoder.save(folder)
        content = {
            "numbers": [asdict(one) for one in self.numbers],
            "categories": [asdict(one) for one in self.categories],
            "left_out": dict(self.left_out),
            "fill": self.fill.tolist(),
        }
        (folder / "traits.json").write_text(json.dumps(content), "utf-8")


def load_traits(folder: Path) -> Traits:
    """Read what `save` wrote."""
    content = json.loads((folder / "traits.json").read_text("utf-8"))
    count = len(content["numbers"])
    return Traits(
        load_encoder(folder),
        tuple(Number(**one) for one in content["numbers"]),
        tuple(_category(one) for one in content["categories"]),
        content["left_out"],
        np.array(content["fill"], dtype=float).reshape(count, count),
    )


def _category(told: Mapping[str, Json]) -> Category:
    values, labels = told["values"], told["labels"]
    if not isinstance(values, list) or not isinstance(labels, list):
        raise TypeError("traits.json: a category needs values and labels")
    named = tuple(str(label) for label in labels)
    codes = tuple(float(str(value)) for value in values)
    return Category(str(told["name"]), int(str(told["place"])), codes, named)


def learn_traits(table: Table, kinds: Mapping[str, Kind]) -> Traits:
    """Decide on the columns of training rows; all may be left out."""
    encoder = learn_encoder(table, kinds, simple=True)
    matrix = encoder.transform(table, training=True)
    left_out = dict(encoder.dropped)
    read = {plan.name for plan in encoder.plans}
    for name in table.names:
        if name not in read:
            left_out.setdefault(name, "nearly every row says something else in it")
    numbers, categories = _traits(encoder, matrix)
    kept = _without_repeats(numbers, matrix, left_out)
    told = _without_repeated_categories(categories, matrix, left_out)
    traits = Traits(encoder, kept, told, left_out, np.zeros((len(kept), len(kept))))
    numbers_scaled = [one.scaled(matrix[:, one.place]) for one in kept]
    return replace(traits, fill=learn_fill(numbers_scaled, len(matrix)))


def _traits(encoder: Encoder, matrix: Floats) -> tuple[list[Number], list[Category]]:
    dates = {plan.name for plan in encoder.plans if plan.reading == "date"}
    numbers, categories = [], []
    told = {feature.name for feature in encoder.features}
    for place, feature in enumerate(encoder.features):
        column = feature.name.rpartition(" ")[0]
        if column in dates and feature.name not in dates:
            if f"{column} time" not in told or feature.name == f"{column} time":
                numbers.append(_number(column, place, matrix[:, place], date=True))
        elif feature.levels is None and len(_different(matrix[:, place])) > TWO:
            numbers.append(_number(feature.name, place, matrix[:, place]))
        else:
            categories.append(_levels(feature.name, place, matrix[:, place], feature.levels))
    return numbers, categories


def _different(values: Floats) -> Floats:
    return np.unique(values[~np.isnan(values)])


def _number(name: str, place: int, values: Floats, *, date: bool = False) -> Number:
    known = values[~np.isnan(values)]
    low, high = bounds(known)
    cut = np.clip(known, low, high)
    shift = None if date else shift_for_log(cut)
    tamed = cut if shift is None else np.log(cut + shift)
    spread = float(tamed.std()) or 1.0
    grain = step_of(cut) if step_of(cut) > COARSE * float(cut.std()) else 0.0
    if shift is not None:
        low = max(low, float(known.min()) / 2)
    return Number(
        name=name,
        place=place,
        low=low,
        high=high,
        shift=shift,
        mean=float(tamed.mean()),
        spread=spread,
        step=step_of(tamed) / spread,
        grain=grain,
        date=date,
    )


def _levels(name: str, place: int, values: Floats, levels: Sequence[str] | None) -> Category:
    """The commonest levels; a number of two values is one as well."""
    found, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kept = [float(found[at]) for at in order[:MOST_LEVELS]]
    other = float(len(levels) - 1) if levels else np.nan
    named = [value for value in kept if value != other]
    texts = [f"{value:g}" if levels is None else levels[int(value)] for value in named]
    rest = len(found) > len(named)
    return Category(name, place, tuple(named), (*texts, "something else") if rest else (*texts,))


def _without_repeats(
    numbers: Sequence[Number], matrix: Floats, left_out: dict[str, str]
) -> tuple[Number, ...]:
    """Leave out numbers that follow from those before, unless the difference shows groups."""
    kept: list[Number] = []
    known = np.empty((len(matrix), 0))
    for one in numbers[:MOST_NUMBERS]:
        values = np.nan_to_num(one.scaled(matrix[:, one.place]))
        if not kept:
            kept, known = [one], values[:, None]
            continue
        told = known @ np.linalg.lstsq(known, values, rcond=None)[0]
        rest = values - told
        free = len(values) / max(len(values) - known.shape[1], 1)
        explained = 1.0 - free * float(rest.var()) / (float(values.var()) or 1.0)
        repeats = explained > REPEATED**2 and not tells_more(told, rest)
        if explained > NEARLY_THE_SAME or repeats:
            like = kept[int(np.abs(known.T @ values).argmax())].name
            left_out[one.name] = f"it says what {like} says" + _and_others(known, values)
        else:
            kept, known = [*kept, one], np.column_stack([known, values])
    for one in numbers[MOST_NUMBERS:]:
        left_out[one.name] = f"only the first {MOST_NUMBERS} columns of numbers are compared"
    return tuple(kept)


def _and_others(known: Floats, values: Floats) -> str:
    """One column may say it alone, or several together."""
    best = float(np.abs(np.corrcoef(known.T, values)[-1, :-1]).max())
    return "" if best > REPEATED else " together with others"


def _without_repeated_categories(
    categories: Sequence[Category], matrix: Floats, left_out: dict[str, str]
) -> tuple[Category, ...]:
    """Leave out a category whose every value goes with one value of another, and back."""
    kept: list[tuple[Category, Codes]] = []
    for one in categories:
        codes = one.codes(matrix[:, one.place])
        like = next((other for other, seen in kept if same_codes(codes, seen)), None)
        if like is None:
            kept.append((one, codes))
        else:
            left_out[one.name] = f"it says what {like.name} says"
    return tuple(one for one, _ in kept)
