"""What metrics.json says beyond its numbers: shares as bars, lists of facts as tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import JsonValue

from bot.report import wording
from pipeline.artifacts import Metrics

MOST_ROWS = 100
MOST_TEXTS = 12  # rows with long texts, which are read one after the other
LONG = 80  # signs of a text that no column holds
MOST_BARS = 15
_DRAWN = ("importance", "members", "classes", "confusion", "by_class")  # have places of their own
_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "clusters": "The groups",
        "series": "Each series",
        "per_class": "Each class",
        "targets": "Each target",
        "labels": "Each label",
        "entities": "Each kind of entity",
        "calibration": "How far its probabilities can be trusted",
        "horizon": "Step by step ahead",
        "scan": "Numbers of groups that were tried",
        "skill": "Share of the way from guessing to perfect",
        "silhouettes": "How clear each group is",
        "differences": "Columns that differ between the parts",
        "threshold": "When it decides for the class",
        "samples": "What it says, beside the truth",
        "worst": "Where it is most wrong",
        "training": "How the training went",
    }
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "": "Name",
        "brier": "Brier score",
        "error": "Mean distance of what it says from what comes true",
        "of": "For the class",
        "off": "Off by more than luck",
        "told": "In words",
        "from": "From a probability of",
        "care": "What would be worse",
        "right": "Right when said",
        "truth": "What is true",
        "true": "What is true",
        "said": "What it says",
        "written": "What it wrote",
        "really": "How it really went on",
        "expected": "What should be said",
        "before": "Before the training",
        "after": "After the training",
    }
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and its part of the whole; `length` is percent of the longest bar."""

    name: str
    value: str
    length: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares, the largest first; `rest` says what is not drawn."""

    bars: tuple[Bar, ...]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts; `numeric` tells for each column whether its cells are numbers.

    Where cells are `long` texts, each row is read for itself, a cell below the other.
    """

    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""
    long: bool = False


def importance(metrics: Metrics) -> Bars | None:
    """What the answers hang on most: pairs of column and share, those that count."""
    return _bars(_pairs(metrics.details.get("importance")), "column")


def members(metrics: Metrics) -> Bars | None:
    """The models that were blended, with the share of each."""
    found = metrics.details.get("members")
    return _bars(_pairs(list(found.items()) if isinstance(found, dict) else found), "model")


def tables(metrics: Metrics) -> tuple[Table, ...]:
    """Every other detail that can be read as a table, in the order of metrics.json."""
    found = [_classes(metrics.details)]
    loose: dict[str, JsonValue] = {}
    for name, value in metrics.details.items():
        if name in _DRAWN:
            continue
        if _is_plain(value):
            loose[_title(name)] = value
        else:
            found.append(_table(_title(name), value))
    found.append(_facts("More figures", loose))
    return tuple(table for table in found if table is not None)


def _bars(pairs: Iterable[tuple[str, float]], what: str) -> Bars | None:
    ranked = sorted((pair for pair in pairs if pair[1] > 0), key=lambda pair: -pair[1])
    total = sum(value for _, value in ranked)
    if not ranked or not 0 < total < float("inf"):
        return None
    drawn = tuple(
        Bar(
            wording.short(name, wording.LONGEST_NAME),
            wording.share(value / total),
            round(100 * value / ranked[0][1], 2),
        )
        for name, value in ranked[:MOST_BARS]
    )
    hidden = ranked[MOST_BARS:]
    part = wording.share(sum(value for _, value in hidden) / total)
    rest = f"{wording.count(len(hidden), f'more {what}')} with {part} together" if hidden else ""
    return Bars(drawn, rest)


def _pairs(value: object) -> list[tuple[str, float]]:
    """Pairs of a name and a number; whatever else is among them is left out."""
    return [
        (str(name), float(part))
        for pair in (value if isinstance(value, list) else ())
        if isinstance(pair, list | tuple) and len(pair) == 2  # noqa: PLR2004
        for name, part in [pair]
        if isinstance(part, int | float) and not isinstance(part, bool)
    ]


def _classes(details: Mapping[str, JsonValue]) -> Table | None:
    """Each class: its rows, how many were found, how often it is right when it is said."""
    names, counts = details.get("classes"), details.get("confusion")
    if not isinstance(names, list) or not isinstance(counts, list) or len(names) != len(counts):
        return None
    matrix = [[n for n in row if isinstance(n, int)] for row in counts if isinstance(row, list)]
    if any(len(row) != len(names) for row in matrix) or len(matrix) != len(names):
        return None
    spelt = [wording.short(wording.cell(name), wording.LONGEST_NAME) for name in names]
    return Table(
        title="Each class",
        columns=("Class", "Held-out rows", "Found", "Right when said", "Mostly taken for"),
        numeric=(False, True, True, True, False),
        rows=tuple(_class(at, spelt, matrix) for at in range(len(spelt))),
    )


def _class(at: int, names: list[str], counts: list[list[int]]) -> tuple[str, ...]:
    rows, said = sum(counts[at]), sum(row[at] for row in counts)
    wrong = [0 if other == at else n for other, n in enumerate(counts[at])]
    most = max(wrong)
    taken_for = f"{names[wrong.index(most)]} ({wording.count(most, 'time')})" if most else ""
    return (
        names[at],
        f"{rows:,}",
        wording.share(counts[at][at] / rows) if rows else "none here",
        wording.share(counts[at][at] / said) if said else "never said",
        taken_for,
    )


def _table(title: str, value: JsonValue) -> Table | None:
    """A list of flat objects, or an object of them by name; None for what is neither."""
    if isinstance(value, dict):
        if value and all(isinstance(one, dict) for one in value.values()):
            named = [{"": key, **one} for key, one in value.items() if isinstance(one, dict)]
            return _of_objects(title, named)
        return _facts(title, {_label(key): one for key, one in value.items()})
    if isinstance(value, list) and (pairs := _named(value)):
        return _facts(title, pairs)
    objects = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    return _of_objects(title, objects)


def _of_objects(title: str, objects: list[dict[str, JsonValue]]) -> Table | None:
    names = tuple(dict.fromkeys(name for one in objects for name in one))
    if not names:
        return None
    long = any(_is_long(one.get(name)) for one in objects for name in names)
    most = MOST_TEXTS if long else MOST_ROWS
    hidden = len(objects) - most
    return Table(
        title=title,
        columns=tuple(_label(name) for name in names),
        numeric=tuple(all(_is_number(one.get(name)) for one in objects) for name in names),
        rows=tuple(tuple(wording.cell(one.get(name)) for name in names) for one in objects[:most]),
        rest=f"{hidden:,} more in metrics.json" if hidden > 0 else "",
        long=long,
    )


def _facts(title: str, facts: Mapping[str, JsonValue]) -> Table | None:
    plain = [(name, value) for name, value in facts.items() if _is_plain(value)]
    if not plain:
        return None
    rows = tuple((name, wording.cell(value)) for name, value in plain[:MOST_ROWS])
    return Table(title, (), (False, all(_is_number(value) for _, value in plain)), rows)


def _is_plain(value: JsonValue) -> bool:
    """A value that fits a cell."""
    if isinstance(value, list):
        return bool(value) and not any(isinstance(one, list | dict) for one in value)
    return value is not None and not isinstance(value, dict)


def _is_long(value: JsonValue) -> bool:
    """A text that is read like prose; lists and objects are as long as what they say."""
    text = wording.cell(value)
    return not _is_number(value) and (len(text) > LONG or "\n" in text)


def _is_number(value: JsonValue) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _named(value: list[JsonValue]) -> dict[str, JsonValue]:
    """A list of pairs of a name and a value as an object; empty where it is none."""
    pairs = [one for one in value if isinstance(one, list) and len(one) == 2]  # noqa: PLR2004
    named = {one[0]: one[1] for one in pairs if isinstance(one[0], str)}
    return named if len(named) == len(value) else {}


def _label(name: str) -> str:
    return _LABELS.get(name) or wording.metric_title(name)


def _title(name: str) -> str:
    return _TITLES.get(name) or wording.title(name)
