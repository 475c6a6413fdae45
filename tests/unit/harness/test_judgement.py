"""What a person is told of a model is true, also when the truth is that it does not work."""

from collections.abc import Callable
from typing import Any

import pytest

Compute = Callable[[str], Any]

MADE_UP = """
import json, numpy as np
from dataclasses import replace
from config import BundleConfig
from judging import Reached, Told, judged, scored
from metrics import BETTER, Classified, Measured, value_of
from next_steps import Known
from progress import Problem
from verdict import judge

def config(metric, **more):
    return BundleConfig(
        task_type="tabular_classification", backbone="light_ensemble",
        columns={"target": "paid", "features": ("a", "b")}, ignored={}, kinds={}, metric=metric,
        better=BETTER[metric], positive=None, seed=3, budget_seconds=1, threads=1, split={},
        split_chosen=False, files=(), hyperparameters={}, **more)

def classes(draw, rows, shares, signal, noise=0.5):
    size = len(shares)
    truth = draw.choice(size, rows, p=shares)
    told = np.log(shares) + draw.normal(size=(rows, size)) * noise
    told[np.arange(rows), truth] += signal
    chances = np.exp(told) / np.exp(told).sum(axis=1, keepdims=True)
    names = tuple("abcdefgh"[:size])
    return Classified(names, truth, chances.argmax(1), chances, 1 if size == 2 else None)

def numbers(draw, rows, signal, tail=1.0):
    truth = np.sign(draw.normal(size=rows)) * np.abs(draw.normal(size=rows)) ** tail
    return Measured(truth, signal * truth + 0.2 * draw.normal(size=rows))

def guesses(metric, ours, draw):
    if isinstance(ours, Measured):
        off = draw.normal() * ours.truth.std() / (4 * len(ours)) ** 0.5
        always = Measured(ours.truth, np.full(len(ours), ours.truth.mean() + off))
        return [Reached("trivial", "always the mean", value_of(metric, always), always)]
    shares = np.bincount(ours.truth, minlength=len(ours.classes)) / len(ours)
    always = replace(ours, said=np.full(len(ours), shares.argmax()),
                     chances=np.tile(shares, (len(ours), 1)))
    said = [Reached("trivial", "always the commonest", value_of(metric, always), always)]
    if metric == "macro_f1":
        said.append(Reached("trivial", "at random", 1 / len(ours.classes)))
    if metric == "f1":
        other = replace(always, said=np.full(len(ours), 1))
        said.append(Reached("trivial", "always b", value_of(metric, other), other))
    return said

def verdict(metric, ours, reached, alarms=(), blocks=None):
    return judge(scored(config(metric), ours, reached, blocks), alarms)
"""

LEVELS = (
    MADE_UP
    + """
def level(metric, make, seed, rows):
    draw = np.random.default_rng([seed, rows])
    ours = make(draw, rows)
    return verdict(metric, ours, guesses(metric, ours, draw))[0]
even, uneven, many = (0.5, 0.5), (0.85, 0.15), (0.4, 0.3, 0.2, 0.1)
cases = [("roc_auc", even), ("accuracy", uneven), ("f1", uneven), ("macro_f1", many)]
def of_classes(shares, signal):
    return lambda draw, rows: classes(draw, rows, np.array(shares), signal)
def of_numbers(signal):
    return lambda draw, rows: numbers(draw, rows, signal)
noise, signal = [], []
for seed in range(20):
    rows = (30, 80, 250)[seed % 3]
    for metric, shares in cases:
        noise.append([metric, level(metric, of_classes(shares, 0.0), seed, rows)])
        signal.append([metric, level(metric, of_classes(shares, 1.2), seed, 150)])
    noise.append(["rmse", level("rmse", of_numbers(0.0), seed, rows)])
    signal.append(["rmse", level("rmse", of_numbers(0.4), seed, 150)])
print(json.dumps([noise, signal]))
"""
)

SENTENCES = (
    MADE_UP
    + """
draw = np.random.default_rng(1)
def told(metric, ours, more=(), alarms=(), blocks=None):
    return verdict(metric, ours, [*guesses(metric, ours, draw), *more], alarms, blocks)
good = classes(draw, 300, np.array([0.6, 0.4]), 1.5)
easy = classes(draw, 300, np.array([0.6, 0.4]), 40.0)
told_apart = classes(draw, 300, np.array([0.5, 0.3, 0.2]), 1.5)
near = numbers(draw, 300, 0.9)
def simple(metric, theirs):
    return Reached("simple", "a simple model", value_of(metric, theirs), theirs)
few = replace(good, truth=good.truth.copy())
few.truth[:2] = 1 - few.truth[:2]
steps = np.abs(draw.normal(size=60)) + 1
forecast = Measured(np.arange(60.0), np.arange(60.0) + 0.3 * draw.normal(size=60), np.ones(60))
last = Measured(forecast.truth, forecast.truth - 1.0, forecast.scale)
reached = [Reached("trivial", "the last season again", value_of("mase", last), last)]
def stretch(rows, backed):
    ahead = Measured(forecast.truth[:rows], forecast.said[:rows], np.ones(rows))
    same = Measured(ahead.truth, last.said[:rows], ahead.scale)
    guess = [Reached("trivial", "the last season again", value_of("mase", same), same)]
    return judge(replace(scored(config("mase"), ahead, guess), backed=backed), ())
print(json.dumps({
    "short": stretch(12, ""),
    "backed": stretch(12, "here and on 9 earlier stretches of the history"),
    "good": told("roc_auc", good),
    "right": told("accuracy", good),
    "classes": told("macro_f1", told_apart),
    "one": told("f1", good),
    "numbers": told("rmse", near),
    "share": told("r2", near),
    "forecast": verdict("mase", forecast, reached),
    "perfect": told("accuracy", easy),
    "leak": told("accuracy", easy, alarms=["The column code gives the answer away."]),
    "strong": told("accuracy", good, alarms=["The column code gives the answer away."]),
    "matched": told("roc_auc", good, [simple("roc_auc", few)]),
    "ahead": told("roc_auc", good, [simple("roc_auc", classes(draw, 300, np.ones(2) / 2, 0.0))]),
    "twelve": told("accuracy", classes(draw, 12, np.array([0.5, 0.5]), 40.0)),
}))
"""
)

ODD = (
    MADE_UP
    + """
draw = np.random.default_rng(2)
truth = draw.normal(size=200)
said = truth + 0.3 * draw.normal(size=200)
spoiled = truth.copy()
spoiled[7] = 500.0
flat = Measured(truth, np.full(200, truth.mean()))
group = np.repeat(np.arange(8), 40)
luck = np.repeat(draw.normal(size=8), 40)
grouped = Measured(luck + 0.1 * draw.normal(size=320), np.zeros(320))
same = 0.3 * np.repeat(luck[::40] * (np.arange(8) < 3), 40)
grouped = Measured(grouped.truth, same)
def whole(metric, ours, names, blocks=None, reached=None):
    reached = reached or guesses(metric, ours, draw)
    return judged(config(metric), ours, reached, names, told=Told(), blocks=blocks)
one_class = Classified(("a", "b"), np.zeros(30, int), np.zeros(30, int), np.ones((30, 2)) / 2, 1)
refused = ""
try:
    whole("roc_auc", one_class, ("roc_auc",), reached=[Reached("trivial", "always a", 0.5)])
except Problem as problem:
    refused = f"{problem.message} {problem.hint}"
perfect = classes(draw, 30, np.array([0.5, 0.5]), 40.0)
everything = whole("accuracy", perfect, ("accuracy", "macro_f1", "f1", "roc_auc", "log_loss"))
zero = Reached("trivial", "zero", 1.0, Measured(grouped.truth, np.zeros(320)))
zero = replace(zero, value=value_of("rmse", zero.outcome))
print(json.dumps({
    "spoiled": whole("rmse", Measured(spoiled, said), ("rmse", "mae", "r2")),
    "clean": whole("rmse", Measured(truth, said), ("rmse", "mae", "r2")),
    "flat": verdict("rmse", flat, guesses("rmse", flat, draw)),
    "five": whole("rmse", Measured(truth[:5], said[:5]), ("rmse", "mae", "r2")),
    "one": whole("rmse", Measured(truth[:1], said[:1]), ("rmse", "mae", "r2")),
    "one class": refused,
    "perfect": everything,
    "rows": verdict("rmse", grouped, [zero])[0],
    "groups": verdict("rmse", grouped, [zero], blocks=group)[0],
}))
"""
)

JARGON = ("auc", "f1", "rmse", "macro", "r2", "mase", "percentile", "bootstrap", "interval")


def test_models_of_random_labels_are_told_as_no_better_than_guessing(compute: Compute) -> None:
    noise, signal = compute(LEVELS)
    assert [pair for pair in noise if pair[1] != "none"] == []
    assert [pair for pair in signal if pair[1] == "none"] == []


def test_a_verdict_is_a_plain_sentence(compute: Compute) -> None:
    told = compute(SENTENCES)
    levels = {name: level for name, (level, _) in told.items()}
    said = {name: sentence for name, (_, sentence) in told.items()}
    assert levels == {
        **dict.fromkeys(said, "good"),
        "leak": "suspicious",
        "twelve": "weak",
        "short": "weak",
    }
    for sentence in said.values():
        assert not any(word in sentence.lower().split() for word in JARGON), sentence
        assert sentence.endswith(".")
    assert "where guessing does in 50%" in said["good"]
    assert "right for" in said["right"]
    assert "3 classes" in said["classes"]
    assert "it finds" in said["one"]
    assert "better than “always the mean”" in said["numbers"]
    assert "of the differences in “paid”" in said["share"]
    assert "better than “the last season again”" in said["forecast"]
    assert "column code" in said["leak"]
    assert "simple model does as well" in said["matched"]
    assert "simple model" not in said["ahead"]
    assert "too few rows" in said["twelve"]
    assert "too few rows" in said["short"]
    assert ", here and on 9 earlier stretches of the history: " in said["backed"]


def test_odd_rows_are_judged_for_what_they_are(compute: Compute) -> None:
    told = compute(ODD)
    assert told["spoiled"]["verdict_level"] == "weak"
    assert "a few extreme ones decide" in told["spoiled"]["verdict"]
    assert any(
        "1% of the rows" in w or "of the squared error" in w for w in told["spoiled"]["warnings"]
    )
    assert told["clean"]["verdict_level"] == "good"
    assert told["clean"]["warnings"] == []
    assert told["flat"][0] == "none"
    assert told["five"]["verdict_level"] in {"none", "weak"}
    assert told["one"]["verdict_level"] == "none"
    assert told["one"]["metric"]["ci95"] is None
    assert "r2" not in told["one"]["metrics"]
    assert "all of one class" in told["one class"]
    assert told["rows"] != "none"
    assert told["groups"] == "none"


def test_a_perfect_score_on_few_rows_still_leaves_room_for_mistakes(compute: Compute) -> None:
    perfect = compute(ODD)["perfect"]
    assert perfect["metric"]["value"] == 1.0
    assert perfect["metric"]["ci95"] == [pytest.approx(0.91, abs=0.02), 1.0]
    assert perfect["details"]["by_class"]["a"]["found"] == 1.0
