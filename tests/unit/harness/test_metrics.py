"""Our metrics against scikit-learn's, and what the verdict makes of them."""

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

JUDGED = """
import json
from verdict import Score, judge
def level(value, interval, trivial, alarms=(), better="higher", rows=200):
    score = Score(metric="accuracy", better=better, value=value, interval=interval, rows=rows,
                  trivial=trivial)
    return judge(score, alarms)
print(json.dumps([
    level(0.90, (0.85, 0.95), 0.60),
    level(0.62, (0.55, 0.69), 0.60),
    level(0.63, (0.61, 0.65), 0.60),
    level(0.999, (0.99, 1.0), 0.60, ["The column code gives it away."]),
    level(0.999, (0.99, 1.0), 0.60),
    level(0.90, (0.75, 1.0), 0.60, rows=12),
    level(2.0, (1.5, 2.5), 5.0, better="lower"),
    level(4.9, (4.0, 5.5), 5.0, better="lower"),
    level(0.70, (0.61, 0.79), 0.60),
]))
"""

LEAKS = """
import json
from alarms import telling_columns
from tables import Table
rows = [(str(n % 7), f"{n * 1.25}", "late" if n >= 150 else "soon", "x" if n >= 150 else "y")
        for n in range(200)]
table = Table(("day", "amount", "note", "target"), rows)
fit, heldout = table.take(range(0, 200, 2)), table.take(range(1, 200, 2))
print(json.dumps(telling_columns(fit, heldout, ("day", "amount", "note"), "target")))
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


def test_the_verdict_is_no_better_than_its_interval(compute: Compute) -> None:
    judged = compute(JUDGED)
    levels = [level for level, _ in judged]
    assert levels == ["good", "none", "weak", "suspicious", "good", "weak", "good", "none", "none"]
    assert "code" in str(judged[3])
    assert "No better than guessing" in str(judged[1])
    assert "Not surely better than guessing" in str(judged[8])


def test_columns_that_tell_the_answer_are_named(compute: Compute) -> None:
    assert compute(LEAKS) == ["amount", "note"]
