"""How much each column matters: what is lost when its cells are shuffled among the rows.

Asked of the model as it is used, on rows it never saw. Of two columns that say the same, each
seems to matter little, as the other is still there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from metrics import BETTER, Codes, Outcome, value_of
from tables import Table

MOST_ROWS = 1_000
FEWEST_ROWS = 100  # below, the loss of a single row would look like a column's
MOST_SECONDS = 15.0
REPEATS = 5
LEAST = 0.005  # of what the model has over guessing: less is the luck of a few rows
SURE = 2.0  # standard errors above nothing
MOST_TOLD = 20

Ask = Callable[[Table, Codes], Outcome]


@dataclass
class Shuffling:
    """Asks the model again and again until time is over; `lost` holds what each column cost.

    `ask` answers rows, told with their places among all held-out ones. Values are turned so that
    more is better.
    """

    ask: Ask
    rows: Table
    places: Codes
    metric: str
    seed: int
    deadline: float
    lost: dict[str, list[float]] = field(default_factory=dict)
    took: float = 0.0

    def value(self, rows: Table) -> float:
        """The metric on these rows, higher is better."""
        started = time.monotonic()
        sign = 1 if BETTER[self.metric] == "higher" else -1
        value = sign * value_of(self.metric, self.ask(rows, self.places))
        self.took = time.monotonic() - started
        return value

    def without(self, columns: Sequence[str], seed: int) -> float:
        """The metric when the cells of these columns come from other rows, all from the same."""
        order = np.random.default_rng([self.seed, seed]).permutation(len(self.rows))
        at = {self.rows.names.index(name) for name in columns}
        rows = [
            tuple(other[n] if n in at else cell for n, cell in enumerate(row))
            for row, other in zip(self.rows.rows, (self.rows.rows[p] for p in order), strict=True)
        ]
        return self.value(Table(self.rows.names, rows))

    @property
    def late(self) -> bool:
        """Whether there is no time for another question."""
        return time.monotonic() + self.took > self.deadline


def shares_of(
    ask: Ask,
    rows: Table,
    metric: str,
    guess: float,
    seed: int,
    *,
    seconds: float = MOST_SECONDS,
) -> list[tuple[str, float]]:
    """The columns with the share of what the model has over `guess` that is lost without each.

    The largest first; 0 is a column that makes no difference. Columns that time did not reach are
    not there. Empty where the model is no better than the guess.
    """
    some = _rows(len(rows), MOST_ROWS, seed)
    shuffling = Shuffling(
        ask, rows.take(some.tolist()), some, metric, seed, time.monotonic() + seconds
    )
    full = shuffling.value(shuffling.rows)
    fitting = seconds / max(shuffling.took * len(rows.names), 1e-9)
    if fitting < 1 and len(some) > FEWEST_ROWS:
        fewer = some[: max(FEWEST_ROWS, int(len(some) * fitting))]
        shuffling.rows, shuffling.places = rows.take(fewer.tolist()), fewer
        full = shuffling.value(shuffling.rows)
    sign = 1 if BETTER[metric] == "higher" else -1
    skill = full - sign * guess
    if not np.isfinite(skill) or skill <= 0:
        return []
    for repeat in range(REPEATS):
        for name in _order(shuffling, full) if repeat == 0 else list(shuffling.lost):
            if shuffling.late:
                break
            loss = full - shuffling.without([name], repeat)
            shuffling.lost.setdefault(name, []).append(loss)
    found = [(name, _share(lost, skill)) for name, lost in shuffling.lost.items()]
    return sorted(found, key=lambda pair: -pair[1])


def _rows(count: int, most: int, seed: int) -> Codes:
    order = np.random.default_rng(seed).permutation(count)
    return order[:most].astype(np.int64)


def _order(shuffling: Shuffling, full: float) -> list[str]:
    """The columns, those that matter as a group first where there is no time for all of them."""
    names = list(shuffling.rows.names)
    left = (shuffling.deadline - time.monotonic()) / 2
    blocks = int(left / max(shuffling.took, 1e-9))
    if blocks >= len(names) / 2 or blocks < 2:  # noqa: PLR2004 - nothing to choose from
        return names
    parts = [list(part) for part in np.array_split(names, blocks)]
    lost = [full - shuffling.without(part, REPEATS) for part in parts]
    return [name for at in np.argsort(-np.array(lost), kind="stable") for name in parts[at]]


def _share(lost: Sequence[float], skill: float) -> float:
    """The mean loss as a share of the skill; nothing where luck explains it."""
    losses = np.array(lost)
    losses = losses[np.isfinite(losses)]
    if not len(losses):
        return 0.0
    mean = float(losses.mean())
    unsure = float(losses.std(ddof=1)) / len(losses) ** 0.5 if len(losses) > 1 else 0.0
    return min(mean / skill, 1.0) if mean > max(SURE * unsure, LEAST * skill) else 0.0
