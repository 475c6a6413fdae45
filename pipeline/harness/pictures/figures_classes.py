"""Which class is taken for which, as a figure."""

import numpy as np
from config import Json
from figures_form import Figure, listed, quoted, rows_of, share, times, told
from metrics import Classified, Codes

MOST_CLASSES = 20
_MOST_PAIRS = 8
_TOLD = 10
_TWO = 2


def confusion(outcome: Classified) -> Figure | None:
    """Counts of true classes (rows) and answers (columns); None with fewer than two classes.

    Of many classes the 20 largest are shown, and the pairs that are confused most.
    """
    counts, places = _counted(outcome)
    names = [told(outcome.classes[at]) for at in places]
    if len(names) < _TWO:
        return None
    pairs = _pairs(counts)
    order = np.argsort(-(counts.sum(0) + counts.sum(1)), kind="stable")
    shown = np.sort(order[:MOST_CLASSES])
    positive = places.index(outcome.positive) if outcome.positive in places else None
    told_pairs: list[Json] = [
        [names[true], names[said], int(counts[true, said]), int(counts[true].sum())]
        for true, said in pairs[:_MOST_PAIRS]
    ]
    return Figure(
        name="confusion",
        kind="confusion",
        title=_title(counts, names, pairs, positive),
        alt=_alt(counts, names, pairs),
        data={
            "classes": [names[at] for at in shown],
            "counts": [list(row) for row in counts[np.ix_(shown, shown)].tolist()],
            "rows": [int(counts[at].sum()) for at in shown],
            "more": len(names) - len(shown),
            "pairs": told_pairs,
        },
    )


def _counted(outcome: Classified) -> tuple[Codes, list[int]]:
    """The matrix of the classes that occur in truth or answers, and their places."""
    size = len(outcome.classes)
    flat = np.bincount(outcome.truth * size + outcome.said, minlength=size * size)
    counts = flat.reshape(size, size)
    occurs = np.flatnonzero(counts.sum(0) + counts.sum(1))
    return counts[np.ix_(occurs, occurs)], occurs.tolist()


def _pairs(counts: Codes) -> list[tuple[int, int]]:
    """True class and answer of each kind of mistake, the most frequent first."""
    wrong = counts * (1 - np.eye(len(counts), dtype=np.int64))
    true, said = np.nonzero(wrong)
    rarest_last = -(counts[true, said] / np.maximum(counts.sum(1)[true], 1))
    order = np.lexsort((rarest_last, -counts[true, said]))
    return [(int(true[at]), int(said[at])) for at in order]


def _title(
    counts: Codes, names: list[str], pairs: list[tuple[int, int]], positive: int | None
) -> str:
    if not pairs:
        return f"All {rows_of(int(counts.sum()))} held out are answered right"
    answered = np.flatnonzero(counts.sum(0))
    if len(answered) == 1:
        return f"It answers {quoted(names[answered[0]])} for every row"
    if positive is not None and len(names) == _TWO and counts[positive].any():
        found, of = int(counts[positive, positive]), int(counts[positive].sum())
        alarms = int(counts[1 - positive, positive])
        plural = "alarm" if alarms == 1 else "alarms"
        name = quoted(names[positive])
        return f"It finds {found:,} of {of:,} {name}, with {alarms:,} false {plural}"
    true, said = pairs[0]
    times = f"{counts[true, said]:,} of {counts[true].sum():,}"
    return f"{quoted(names[true])} is most often taken for {quoted(names[said])}: {times}"


def _alt(counts: Codes, names: list[str], pairs: list[tuple[int, int]]) -> str:
    right, total = int(np.trace(counts)), int(counts.sum())
    largest = np.argsort(-counts.sum(1), kind="stable")
    classes = [
        f"{names[at]} {counts[at, at]:,} of {counts[at].sum():,}"
        for at in largest
        if any(counts[at])
    ]
    mistakes = [f"{names[t]} taken for {names[s]} {times(int(counts[t, s]))}" for t, s in pairs]
    return (
        f"Confusion matrix of {rows_of(total)} held out in {len(names)} classes:"
        f" {right:,} right ({share(right / total)}). Right by class: {listed(classes, _TOLD)}."
        + (f" Most frequent mistakes: {listed(mistakes, 5)}." if mistakes else "")
    )
