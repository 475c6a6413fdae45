"""Rows into train, validation and test: seeded, equal rows kept together, every class spread."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from config import Split
from tables import Cell, Row, Table

PARTS: tuple[Split, ...] = ("train", "validation", "test")
Key = Callable[[Row], Hashable]


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts as tables with the same columns, and how they were cut, in words."""

    train: Table
    validation: Table
    test: Table
    strategy: str
    dropped: int = 0

    @property
    def tables(self) -> dict[Split, Table]:
        """The parts by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def split_tables(
    given: Mapping[Split | None, Table],
    fractions: Mapping[Split, float],
    seed: int,
    *,
    keys: Sequence[Key],
    label: Callable[[Row], Cell] | None = None,
    time: Callable[[Row], float] | None = None,
    told: Sequence[str] = ("every class in the same share", "equal rows kept together"),
) -> Parts:
    """Cut tables into parts; a part the person gave as a file stays as it is.

    Rows that agree in any of the `keys` stay together (equal inputs, the same group), `label` is
    the class to spread evenly, `time` sorts rows so that the test part is the latest. Rows that
    agree with a row of a given test part are dropped from the others and counted. `told` says in
    words what `label` and `keys` are for.
    """
    kept = {part: _rows(given, part) for part in PARTS[1:]}
    pool = [row for part in (None, "train") for row in _rows(given, part)]
    before = len(pool) + len(kept["validation"])
    kept["validation"] = _without(kept["validation"], kept["test"], keys)
    pool = _without(pool, [*kept["test"], *kept["validation"]], keys)
    dropped = before - len(pool) - len(kept["validation"])
    wanted = {part: 0.0 if kept[part] else fractions.get(part, 0.0) for part in PARTS[1:]}
    if time:
        places = by_time([time(row) for row in pool], wanted)
    else:
        labels = [label(row) for row in pool] if label else None
        places = spread(together(pool, keys), labels, wanted, seed)
    names = next(iter(given.values())).names
    cut = {part: [pool[at] for at in places[part]] + kept.get(part, []) for part in PARTS}
    tables = {part: Table(names, rows) for part, rows in cut.items()}
    ours = _latest(wanted) if time else ", ".join(("at random", *told[0 if label else 1 :]))
    words = _words([part for part in PARTS[1:] if kept[part]], ours)
    return Parts(**tables, strategy=words, dropped=dropped)


def spread(
    keys: Sequence[Hashable],
    labels: Sequence[Cell] | None,
    fractions: Mapping[Split, float],
    seed: int,
) -> dict[Split, list[int]]:
    """Places of rows for each part, in file order; `fractions` of validation and test.

    Rows with equal keys go together. Groups are sorted by label in random order and every 1/f-th
    is drawn, so each class is spread as evenly as its size allows; a class is never without a
    training row.
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    order = list(groups.values())
    draw = random.Random(seed)  # noqa: S311 - a split is no secret
    draw.shuffle(order)
    named = [_commonest(labels, group) for group in order] if labels else [""] * len(order)
    order = [order[at] for at in sorted(range(len(order)), key=lambda at: named[at])]
    named.sort()
    parts = _draw(len(order), draw.random() / max(fractions["test"], 0.01), fractions)
    _keep_in_train(named, parts)
    places: dict[Split, list[int]] = {part: [] for part in PARTS}
    for group, part in zip(order, parts, strict=True):
        places[part].extend(group)
    return {part: sorted(rows) for part, rows in places.items()}


def by_time(
    times: Sequence[float] | Sequence[str], fractions: Mapping[Split, float]
) -> dict[Split, list[int]]:
    """Places of rows for each part: the latest are the test part, those before it validation.

    Rows of one time go to one part where there are other times to cut at.
    """
    order = sorted(range(len(times)), key=lambda at: times[at])
    sorted_times = [times[at] for at in order]
    test = _between(sorted_times, len(order) - round(len(order) * fractions["test"]))
    validation = _between(sorted_times[:test], test - round(len(order) * fractions["validation"]))
    return {"train": order[:validation], "validation": order[validation:test], "test": order[test:]}


def _between(times: Sequence[float | str], place: int) -> int:
    """The place nearest to this one where two times meet; none of them at either end."""
    if not 0 < place < len(times):
        return place
    early, late = place, place
    while early > 0 and times[early - 1] == times[early]:
        early -= 1
    while late < len(times) and times[late - 1] == times[late]:
        late += 1
    near = [at for at in (early, late) if 0 < at < len(times)]
    return min(near, key=lambda at: abs(at - place), default=place)


def together(rows: Sequence[Row], keys: Sequence[Key]) -> list[int]:
    """A group for each row; rows that agree in any key, also through others, share it."""
    group = list(range(len(rows)))

    def root(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    for key in keys:
        first: dict[Hashable, int] = {}
        for place, row in enumerate(rows):
            group[root(place)] = root(first.setdefault(key(row), place))
    return [root(place) for place in range(len(rows))]


def drop_repeats(table: Table, key: Key) -> tuple[Table, int]:
    """Keep the first of rows with equal keys; also how many were dropped."""
    first: dict[Hashable, Row] = {}
    for row in table.rows:
        first.setdefault(key(row), row)
    return Table(table.names, list(first.values())), len(table) - len(first)


def _draw(count: int, start: float, fractions: Mapping[Split, float]) -> list[Split]:
    """Systematic sampling: the test part first, validation from what is left."""
    parts: list[Split] = []
    rest = start
    share = min(1.0, fractions["validation"] / max(1 - fractions["test"], 1e-9))
    for place in range(count):
        if _passes(place + start, fractions["test"]):
            parts.append("test")
        else:
            parts.append("validation" if _passes(rest, share) else "train")
            rest += 1
    return parts


def _passes(position: float, fraction: float) -> bool:
    """Whether the count of drawn rows passes a whole number at this position."""
    return int((position + 1) * fraction) > int(position * fraction)


def _keep_in_train(named: Sequence[Cell], parts: list[Split]) -> None:
    trained = {name for name, part in zip(named, parts, strict=True) if part == "train"}
    for at, name in enumerate(named):
        if name not in trained:
            parts[at] = "train"
            trained.add(name)


def _commonest(labels: Sequence[Cell], places: Sequence[int]) -> str:
    return Counter(labels[place] or "" for place in places).most_common(1)[0][0]


def _rows(given: Mapping[Split | None, Table], part: Split | None) -> list[Row]:
    return given[part].rows if part in given else []


def _without(rows: list[Row], others: list[Row], keys: Sequence[Key]) -> list[Row]:
    seen = {(at, key(row)) for at, key in enumerate(keys) for row in others}
    return [row for row in rows if not any((at, key(row)) in seen for at, key in enumerate(keys))]


def _latest(wanted: Mapping[Split, float]) -> str:
    if not wanted["test"]:
        return "cut by time, the latest for validation"
    return f"the latest {100 * wanted['test']:.0f} % are the test part"


def _words(given: Sequence[str], ours: str) -> str:
    return f"{' and '.join(given)} as given, the rest {ours}" if given else ours
