"""What to do next: at most three things, the most useful first, each with the facts behind it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from figures_form import listed, number, quoted, rows_of, share
from metrics import Classified, Counted, Outcome
from phrases import found_and_right
from verdict import Level

MOST_STEPS = 3
RARE = 50  # rows of a class to learn from; with fewer, more help most
FOUND_LITTLE = 0.5  # of its held-out rows
FEW_ROWS = 500  # held out; the interval of more is narrow enough for most questions
FEW_TO_TELL = 100  # held out: with fewer, a relation may be there and not be seen
WIDE = 0.1  # of the way from guessing to perfect
UNEVEN = 0.25  # share of a class below which misses and false alarms differ in weight
WELL = 0.9  # found, and right: then no mistake is left to weigh
EMPTY = 0.2  # of an important column's cells
MATTERS = 0.03
LONGER = 4  # times the budget that was too short


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before the judgement; what a task does not know stays as it is.

    `learned` are the answers that were learned from, `gaps` (column, share missing) of those that
    matter, `differing` the columns in which held-out rows differ, `leaking` those that give the
    answer away. `linear` says that the recipe can do with the simple model alone, `cares` that the
    person said which mistake is worse. `hurried` is the time that was too short, in seconds.

    `things` is what rows are, as in "pictures", where they are more than cells: then no other
    columns would help. `stronger` is the name of a model that mostly does better.
    """

    target: str = ""
    inputs: Sequence[str] = ()
    learned: Sequence[str] = ()
    leaking: Sequence[str] = ()
    differing: Sequence[str] = ()
    gaps: Sequence[tuple[str, float]] = ()
    linear: bool = False
    cares: bool = False
    hurried: float = 0.0
    things: str = ""
    stronger: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judgement found.

    `width` is the 95 % interval's, as a share of the way from guessing to its better end.
    """

    level: Level
    outcome: Outcome
    width: float
    matched: bool = False


def next_steps(known: Known, found: Judged) -> list[str]:
    """At most three sentences."""
    steps = [_leaks(known)]
    if known.things or isinstance(found.outcome, Counted):
        steps += _of_things(known, found)
    elif found.level == "none":
        few = len(found.outcome) < FEW_TO_TELL
        more, other = _stronger(found), _other_columns(known)
        steps += [more if few else other, _differing(known), other if few else more]
    else:
        steps += [_differing(known), _hurried(known) or _simple(known, found)]
        steps += [_rare(known, found), _gaps(known)]
        steps += [_more_rows(known, found), _care(known, found)]
    return [step for step in steps if step][:MOST_STEPS]


def _of_things(known: Known, found: Judged) -> list[str | None]:
    """Where there are no columns to add: time, a stronger model, more to learn from."""
    longer, stronger = _longer(known), _other_model(known)
    if found.level == "none":
        return [longer, stronger, _more_to_learn(known, found), _differing(known)]
    more = [_rare(known, found), _more_rows(known, found), _care(known, found)]
    return [_differing(known), longer, stronger, *more]


def _longer(known: Known) -> str | None:
    if not known.hurried:
        return None
    return (
        f"Give it more time: after {number(known.hurried)} seconds it was still getting better."
        f" --set budget_minutes={_minutes(known)}"
    )


def _other_model(known: Known) -> str | None:
    if not known.stronger:
        return None
    return f"Let a model learn that has seen far more: --set backbone={known.stronger}"


def _more_to_learn(known: Known, found: Judged) -> str | None:
    learned = len(known.learned)
    of = f" than the {number(learned)} it learned from" if learned else ""
    rows = len(found.outcome)
    return f"Bring more {_things(known)}{of}; {number(rows)} more were held out to measure it."


def _things(known: Known) -> str:
    return known.things or "rows"


def _some(known: Known, count: int) -> str:
    """1 row, 12 pictures."""
    things = _things(known)
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def _minutes(known: Known) -> int:
    return max(1, int(np.ceil(LONGER * known.hurried / 60)))


def _leaks(known: Known) -> str | None:
    if not known.leaking:
        return None
    one = len(known.leaking) == 1
    names = listed([quoted(name) for name in known.leaking], 3)
    return (
        f"If {names} {'is' if one else 'are'} only known after the answer, leave"
        f" {'it' if one else 'them'} out: --set ignored_columns={','.join(known.leaking)}"
    )


def _other_columns(known: Known) -> str:
    """Other columns are worth more than more of the same."""
    names = listed([quoted(name) for name in known.inputs], 4)
    verb = "does" if len(known.inputs) == 1 else "do"
    so_far = f"{names} {verb} not surely tell it." if names else "what is there does not tell it."
    return (
        f"Bring what has to do with {quoted(known.target) if known.target else 'the answer'} and"
        f" is known before it is: {so_far}"
    )


def _stronger(found: Judged) -> str | None:
    rows = len(found.outcome)
    if rows >= FEW_ROWS:
        return None
    return (
        f"Bring more rows: with {rows_of(rows)} held out only a strong relation can be seen, with"
        f" {number(4 * rows)} one half as strong."
    )


def _differing(known: Known) -> str | None:
    if not known.differing:
        return None
    names = listed([quoted(name) for name in known.differing], 3)
    return (
        f"Learn from {_things(known)} like those held out as well: they differ in {names}, and"
        " what was learned from others may not hold there."
    )


def _hurried(known: Known) -> str | None:
    if not known.hurried:
        return None
    return (
        f"Give it more time: in {number(known.hurried)} seconds it could try only a few of its"
        f" kinds of models. --set budget_minutes={_minutes(known)}"
    )


def _simple(known: Known, found: Judged) -> str | None:
    if not (found.matched and known.linear):
        return None
    return "Use the simple model, which does as well and is easy to explain: --set backbone=linear"


def _rare(known: Known, found: Judged) -> str | None:
    """The class that is found least, where few rows of it were learned from."""
    rows = found.outcome
    if not isinstance(rows, Classified):
        return None
    learned = Counter(known.learned)
    recalls = [(found_and_right(rows, int(at))[0], int(at)) for at in np.unique(rows.truth)]
    missed = [
        (recall, at)
        for recall, at in recalls
        if recall < FOUND_LITTLE and learned[rows.classes[at]] < RARE
    ]
    if not missed:
        return None
    recall, at = min(missed)
    name, count = quoted(rows.classes[at]), learned[rows.classes[at]]
    return (
        f"Bring more {_things(known)} of {name}: {_some(known, count)}"
        f" {'was' if count == 1 else 'were'} learned from, and {share(recall)} of those held out"
        " are found."
    )


def _gaps(known: Known) -> str | None:
    empty = [(missing, name) for name, missing in known.gaps if missing >= EMPTY]
    if not empty:
        return None
    missing, name = max(empty)
    return f"Fill in {quoted(name)}: it matters, and {share(missing)} of its cells are empty."


def _more_rows(known: Known, found: Judged) -> str | None:
    rows = len(found.outcome)
    if rows >= FEW_ROWS or found.width < WIDE:
        return None
    whole = len(known.learned) + rows
    in_all = f", {number(4 * whole)} in all," if known.learned else ""
    return (
        f"Bring more {_things(known)}: with {_some(known, 4 * rows)} held out instead of"
        f" {number(rows)}{in_all} the score would be half as uncertain."
    )


def _care(known: Known, found: Judged) -> str | None:
    """Two uneven classes: which mistake is worse is for the person to say."""
    rows = found.outcome
    if known.cares or not isinstance(rows, Classified) or rows.positive is None:
        return None
    recall, precision = found_and_right(rows, rows.positive)
    well = min(np.nan_to_num(recall), np.nan_to_num(precision)) >= WELL
    if well or float(np.mean(rows.truth == rows.positive)) > UNEVEN:
        return None
    name = quoted(rows.classes[rows.positive])
    return (
        f"Say which mistake is worse: --set care=misses finds more of {name}, --set"
        " care=false_alarms is right more often when it says so."
    )
