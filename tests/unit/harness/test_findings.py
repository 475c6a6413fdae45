"""What is found out about a model beside its score: how sure it is, what decides, what to do."""

from collections.abc import Callable
from typing import Any

Compute = Callable[[str], Any]

CALIBRATED = """
import json, numpy as np
from calibration import calibration_of
from metrics import Classified

def rows(seed, size, classes, sharper):
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=(size, classes)) * 1.5
    true = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    truth = (draw.random((size, 1)) > true.cumsum(axis=1)).sum(axis=1)
    told = np.exp(scores * sharper)
    told /= told.sum(axis=1, keepdims=True)
    return Classified(tuple("abcd"[:classes]), truth, told.argmax(1), told,
                      1 if classes == 2 else None)

def found(classes, sharper, size=500):
    return [calibration_of(rows(s, size, classes, sharper), s).warnings for s in range(10)]
sure = calibration_of(rows(1, 500, 4, 2.5), 1)
print(json.dumps({
    "right": found(2, 1.0) + found(4, 1.0),
    "too sure": found(2, 2.5) + found(4, 2.5),
    "too modest": found(4, 0.4),
    "few": found(2, 2.5, size=30),
    "details": sure.details,
}))
"""

CARE = """
import json, numpy as np
from deciding import learn_favour, said_of
from metrics import Classified
from phrases import found_and_right
from thresholds import threshold_of

def rows(seed, size, share, apart):
    draw = np.random.default_rng(seed)
    truth = (draw.random(size) < share).astype(int)
    odds = np.exp(apart * (draw.normal(size=size) + apart * truth) - apart**2 / 2)
    odds = odds * share / (1 - share)
    chances = np.column_stack([1 / (1 + odds), odds / (1 + odds)])
    return Classified(("no", "yes"), truth, chances.argmax(1), chances, 1)

told = []
for share, apart in ((0.5, 0.8), (0.5, 2.0), (0.15, 1.5), (0.05, 2.0)):
    unseen, held = rows(1, 800, share, apart), rows(2, 3000, share, apart)
    for care in (None, "misses", "false_alarms"):
        said = said_of(held.chances, learn_favour("roc_auc", unseen, care))
        outcome = Classified(held.classes, held.truth, said, held.chances, 1)
        told.append([*found_and_right(outcome, 1), threshold_of(outcome, care)])
many = Classified(("a", "b", "c"), np.zeros(9, int), np.zeros(9, int), np.ones((9, 3)) / 3)
print(json.dumps([told, learn_favour("roc_auc", many, "misses")]))
"""

IMPORTANT = """
import json, numpy as np, time
from importance import shares_of
from metrics import Measured
from tables import Table

draw = np.random.default_rng(1)
size = 400
names = ("strong", "weak", "useless", "ignored")
cells = draw.normal(size=(size, 4))
truth = 3 * cells[:, 0] + cells[:, 1] + 0.3 * draw.normal(size=size)
def table(matrix, names):
    return Table(tuple(names), [tuple(repr(float(v)) for v in row) for row in matrix])
def answer(rows, places, pause=0.0):
    time.sleep(pause)
    read = np.array([[float(cell) for cell in row] for row in rows.rows])
    return Measured(truth[places], 3 * read[:, 0] + read[:, 1] + 0.01 * read[:, 2])
def blind(rows, places):
    return Measured(truth[places], np.full(len(places), truth.mean()))
guess = float(truth.std())
wide = np.column_stack([draw.normal(size=(size, 60)), cells])
def last(rows, places):
    time.sleep(0.05)
    read = np.array([[float(cell) for cell in row] for row in rows.rows])[:, -4:]
    return Measured(truth[places], 3 * read[:, 0] + read[:, 1])
started = time.monotonic()
hurried = shares_of(last, table(wide, [*(f"c{n}" for n in range(60)), *names]), "rmse", guess, 1,
                    seconds=2.0)
took = time.monotonic() - started
print(json.dumps({
    "found": shares_of(answer, table(cells, names), "rmse", guess, 1),
    "blind": shares_of(blind, table(cells, names), "rmse", guess, 1),
    "hurried": hurried,
    "took": took,
}))
"""

STEPS = """
import json, numpy as np
from metrics import Classified, Measured
from next_steps import Judged, Known, next_steps

def classes(truth, said, names=("no", "yes"), positive=1):
    truth, said = np.array(truth), np.array(said)
    return Classified(names, truth, said, np.eye(len(names))[said], positive)
numbers = Measured(np.arange(120.0), np.arange(120.0))
few = classes([0] * 40 + [1] * 20, [0] * 38 + [1] * 22)
rare = classes([0] * 60 + [1] * 50 + [2] * 6, [0] * 60 + [1] * 50 + [0] * 5 + [2],
               ("cat", "dog", "owl"), None)
uneven = classes([0] * 900 + [1] * 100, [0] * 930 + [1] * 70)
many = Known(target="sold", inputs=("a", "b"), learned=["no"] * 400 + ["yes"] * 200)
print(json.dumps({
    "few": next_steps(many, Judged("good", few, 0.4)),
    "enough": next_steps(many, Judged("good", classes([0, 1] * 500, [0, 1] * 500), 0.02)),
    "none": next_steps(many, Judged("none", numbers, 1.0)),
    "blind": next_steps(many, Judged("none", few, 1.0)),
    "leak": next_steps(Known(leaking=("code",)), Judged("suspicious", numbers, 0.0)),
    "rare": next_steps(Known(learned=["cat"] * 200 + ["dog"] * 200 + ["owl"] * 7),
                       Judged("good", rare, 0.05)),
    "simple": next_steps(Known(linear=True), Judged("good", numbers, 0.05, matched=True)),
    "hurried": next_steps(Known(linear=True, hurried=60.0),
                          Judged("good", numbers, 0.05, matched=True)),
    "differing": next_steps(Known(differing=("age",)), Judged("good", numbers, 0.05)),
    "gaps": next_steps(Known(gaps=(("age", 0.4), ("pay", 0.1))), Judged("good", numbers, 0.05)),
    "care": next_steps(Known(), Judged("good", uneven, 0.05)),
    "cares": next_steps(Known(cares=True), Judged("good", uneven, 0.05)),
}))
"""


def test_probabilities_that_mislead_are_told_and_honest_ones_not(compute: Compute) -> None:
    told = compute(CALIBRATED)
    assert told["right"] == [[]] * 20
    assert all(warnings for warnings in told["too sure"] + told["too modest"])
    assert told["few"] == [[]] * 10
    assert told["details"]["told"].startswith("when it says ")
    assert told["details"]["error"] > 0.1
    assert sum(rows for *_, rows in told["details"]["bins"]) == 500


def test_the_threshold_follows_the_worse_mistake(compute: Compute) -> None:
    told, untouched = compute(CARE)
    assert untouched == []
    for usual, misses, alarms in zip(told[::3], told[1::3], told[2::3], strict=True):
        assert usual[2] is None
        assert misses[0] > usual[0] + 0.03
        assert alarms[1] > usual[1]
        assert "fewer of them are missed" in misses[2]["told"]
        assert misses[2]["from"] < 0.5 < alarms[2]["from"]
        assert misses[2]["found"] == misses[0]


def test_what_decides_is_told_and_what_does_not_is_nothing(compute: Compute) -> None:
    told = compute(IMPORTANT)
    shares = dict(told["found"])
    assert list(shares)[:2] == ["strong", "weak"]
    assert shares["strong"] > 2 * shares["weak"] > 0
    assert shares["useless"] == shares["ignored"] == 0
    assert told["blind"] == []
    assert told["took"] < 4
    assert told["hurried"][0][0] == "strong"


def test_next_steps_follow_from_what_is_known(compute: Compute) -> None:
    told = compute(STEPS)
    assert all(len(steps) <= 3 for steps in told.values())
    assert "240 rows held out instead of 60" in told["few"][0]
    assert told["enough"] == []
    assert "“sold”" in told["none"][0]
    assert "rows held out" in told["blind"][0]
    assert "--set ignored_columns=code" in told["leak"][0]
    assert "“owl”: 7 rows were learned from" in told["rare"][0]
    assert "--set backbone=linear" in told["simple"][0]
    assert "--set budget_minutes=4" in told["hurried"][0]
    assert not any("backbone" in step for step in told["hurried"])
    assert "“age”" in told["differing"][0]
    assert "40% of its cells" in told["gaps"][0]
    assert "--set care=misses" in told["care"][0]
    assert told["cares"] == []
