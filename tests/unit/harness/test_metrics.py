"""Our metrics against scikit-learn's, and what a bootstrap makes of them."""

from collections.abc import Callable
from typing import Any

import pytest

Compute = Callable[[str], Any]

AGAINST_SKLEARN = """
import json, numpy as np, sklearn.metrics as sk
from metrics import classified, Measured, value_of
draw = np.random.default_rng(5)
pairs = []
for size in (2, 3, 6):
    names = [f"class {at}" for at in range(size)]
    truth, scores = draw.integers(size, size=300), draw.random((300, size)).round(1) + 0.05
    chances = scores / scores.sum(axis=1, keepdims=True)
    said = chances.argmax(axis=1)
    named = lambda places: [names[at] for at in places]
    rows = classified(named(truth), named(said), chances, names, names[1] if size == 2 else None)
    pairs.append((value_of("accuracy", rows), sk.accuracy_score(truth, said)))
    pairs.append((value_of("macro_f1", rows), sk.f1_score(truth, said, average="macro")))
    pairs.append((value_of("log_loss", rows), sk.log_loss(truth, chances)))
    if size == 2:
        pairs.append((value_of("f1", rows), sk.f1_score(truth, said)))
        pairs.append((value_of("roc_auc", rows), sk.roc_auc_score(truth, chances[:, 1])))
    else:
        area = sk.roc_auc_score(truth, chances, multi_class="ovr")
        pairs.append((value_of("roc_auc", rows), area))
numbers = Measured(draw.normal(size=200), draw.normal(size=200))
pairs.append((value_of("rmse", numbers), sk.root_mean_squared_error(numbers.truth, numbers.said)))
pairs.append((value_of("mae", numbers), sk.mean_absolute_error(numbers.truth, numbers.said)))
pairs.append((value_of("r2", numbers), sk.r2_score(numbers.truth, numbers.said)))
print(json.dumps(pairs))
"""

INTERVAL = """
import json, numpy as np
from metrics import classified, interval
truth = ["yes"] * 90 + ["no"] * 10
rows = classified(truth, ["yes"] * 100, np.tile([0.1, 0.9], (100, 1)), ["no", "yes"], "yes")
print(json.dumps([interval("accuracy", rows, 1), interval("accuracy", rows, 1)]))
"""

UNSEEN = """
import json, numpy as np
from metrics import classified, value_of
rows = classified(["a", "z"], ["a", "a"], np.array([[0.9, 0.1], [0.5, 0.5]]), ["a", "b"])
print(json.dumps([value_of("accuracy", rows), value_of("macro_f1", rows)]))
"""

CHANCE = """
import json, numpy as np
from metrics import by_chance, classified, value_of
draw = np.random.default_rng(3)
shares, names = (0.7, 0.2, 0.1), ["a", "b", "c"]
def guessed(shares_of_guesses):
    truth, said = (draw.choice(names, 30_000, p=p) for p in (shares, shares_of_guesses))
    rows = classified(truth.tolist(), said.tolist(), np.full((30_000, 3), 1 / 3), names)
    return value_of("macro_f1", rows), by_chance("macro_f1", rows), by_chance("accuracy", rows)
print(json.dumps([guessed(shares), guessed((1.0, 0.0, 0.0)), guessed((1 / 3, 1 / 3, 1 / 3))]))
"""

OF_SERIES = """
import json, numpy as np
from metrics import Grouped, Measured, interval, value_of
truth, said = np.array([1.0, 2.0, 4.0, 0.0]), np.array([2.0, 2.0, 2.0, 0.0])
scale = np.array([2.0, 2.0, 4.0, 0.0])
rows, flat = Measured(truth, said, scale), Measured(truth, said, np.zeros(4))
groups = Grouped(np.array([0.5, 0.7, -0.2]), {"stability": 0.9})
whole = Measured(np.arange(60.0), np.arange(60.0) + np.repeat([1.0, 4.0, 2.0, 6.0, 0.0, 9.0], 10))
blocks = np.repeat(np.arange(6), 10)
print(json.dumps({
    "mase": value_of("mase", rows),
    "flat": str(value_of("mase", flat)),
    "smape": value_of("smape", rows),
    "silhouette": value_of("silhouette", groups, np.array([2.0, 0.0, 1.0])),
    "stability": [value_of("stability", groups), interval("stability", groups, 1)],
    "rows": interval("mae", whole, 1),
    "blocks": interval("mae", whole, 1, blocks=blocks),
    "one": interval("mae", whole, 1, blocks=np.zeros(60, int)),
}))
"""

LEAKS = """
import json, numpy as np
from alarms import columns_of, copies
from config import BundleConfig
from tables import Table
draw = np.random.default_rng(1)
answer = draw.integers(0, 2, 300)
columns = {"note": np.array(["soon", "late"])[answer], "day": draw.integers(0, 7, 300),
           "amount": answer + draw.normal(size=300), "target": answer}
cells = [[str(cell) for cell in column] for column in columns.values()]
table = Table(tuple(columns), list(zip(*cells)))
config = BundleConfig(
    task_type="tabular_classification", backbone="linear", metric="accuracy", better="higher",
    columns={"target": "target", "features": ("note", "day", "amount")}, ignored={},
    kinds={"note": "category", "day": "integer", "amount": "number", "target": "boolean"},
    positive=None, seed=1, budget_seconds=1, threads=1, split={}, split_chosen=False, files=(),
    hyperparameters={}, insisted=("note",))
found = copies(config, table, table)
print(json.dumps([found, columns_of([*found, "another doubt"])]))
"""


def test_every_metric_equals_scikit_learns(compute: Compute) -> None:
    pairs = compute(AGAINST_SKLEARN)
    for ours, theirs in pairs:
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_the_interval_is_repeatable_and_around_the_value(compute: Compute) -> None:
    first, again = compute(INTERVAL)
    assert first == again
    assert first[0] == pytest.approx(0.84, abs=0.02)
    assert first[1] == pytest.approx(0.95, abs=0.02)


def test_a_class_the_model_never_saw_counts_as_wrong(compute: Compute) -> None:
    assert compute(UNSEEN) == [0.5, pytest.approx(1 / 3)]


def test_no_way_of_guessing_has_a_better_macro_f1_than_the_shares(compute: Compute) -> None:
    as_often, always, evenly = compute(CHANCE)
    assert as_often == [pytest.approx(1 / 3, abs=0.01), pytest.approx(1 / 3), None]
    assert always[0] < evenly[0] < 1 / 3


def test_errors_of_series_are_counted_in_their_own_steps(compute: Compute) -> None:
    told = compute(OF_SERIES)
    assert told["mase"] == pytest.approx((0.5 + 0.0 + 0.5) / 3)
    assert told["flat"] == "nan"
    assert told["smape"] == pytest.approx((2 / 3 + 0 + 2 / 3 + 0) / 4)


def test_groups_are_weighed_row_by_row_where_they_can_be(compute: Compute) -> None:
    told = compute(OF_SERIES)
    assert told["silhouette"] == pytest.approx((1.0 - 0.2) / 3)
    assert told["stability"] == [0.9, None]


def test_rows_that_are_alike_leave_a_wider_interval(compute: Compute) -> None:
    told = compute(OF_SERIES)
    single, together = (told[name][1] - told[name][0] for name in ("rows", "blocks"))
    assert together > 2 * single
    assert told["one"] is None


def test_a_column_kept_although_it_tells_the_answer_is_doubted(compute: Compute) -> None:
    doubts, columns = compute(LEAKS)
    assert columns == ["note"]
    assert "note" in doubts[0]
