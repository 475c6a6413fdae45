"""What is counted row by row is scored as the field does, and told in words anybody understands."""

from collections.abc import Callable
from typing import Any

import pytest

Compute = Callable[[str], Any]

SCORES = """
import json, numpy as np
from metrics import Counted, value_of
from tallies import bleu_of, chrf_of, mean_of, perplexity_of, ratio_of, spans_of
# Three translations beside their references, as sacrebleu 2.6.0 counts them.
words = [[6, 6, 5, 3, 1, 0, 6, 5, 4, 3], [3, 2, 2, 0, 0, 0, 3, 2, 1, 0],
         [7, 8, 5, 3, 1, 0, 7, 6, 5, 4]]
letters = [[16, 17, 15, 15, 16, 12, 14, 15, 10, 13, 14, 8, 12, 13, 6, 11, 12, 4],
           [9, 4, 4, 8, 3, 2, 7, 2, 1, 6, 1, 0, 0, 0, 0, 0, 0, 0],
           [15, 22, 13, 14, 21, 11, 13, 20, 8, 12, 19, 6, 11, 18, 4, 10, 17, 3]]
rows = Counted(3, {
    "bleu": bleu_of(words), "chrf": chrf_of(letters), **spans_of([1, 0, 2], [2, 0, 2], [1, 3, 3]),
    "rouge1": mean_of([0.2, 0.4, 0.9]), "eval_loss": ratio_of([2.0, 3.0, 4.0], [1, 2, 3]),
    "perplexity": perplexity_of([2.0, 3.0, 4.0], [1, 2, 3]),
})
second, nothing = np.array([0.0, 1.0, 0.0]), np.zeros(3)
many = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [3.0, 0.0, 2.0]])
def plain(weights):
    return {name: str(value_of(name, rows, weights)) for name in rows.by}
print(json.dumps({
    "all": plain(None), "second": plain(second), "nothing": plain(nothing),
    "together": [[str(one) for one in rows.by[name](many)] for name in rows.by],
    "apart": [[str(value_of(name, rows, one)) for one in many] for name in rows.by],
}))
"""

JUDGED = """
import json, numpy as np
from config import BundleConfig
from judging import Reached, Told, fitting, judged
from metrics import BETTER, Counted, value_of
from next_steps import Known
from progress import Problem
from tallies import mean_of, perplexity_of, ratio_of, spans_of

def config(metric):
    return BundleConfig(
        task_type="token_classification", backbone="any", columns={}, ignored={}, kinds={},
        metric=metric, better=BETTER[metric], positive=None, seed=3, budget_seconds=1, threads=1,
        split={}, split_chosen=False, files=(), hyperparameters={})

def told(metric, ours, theirs, rows, title, **known):
    other = Counted(rows, theirs)
    reached = [Reached("trivial", title, value_of(metric, other), other)]
    try:
        found = judged(config(metric), Counted(rows, ours), reached, [metric, "accuracy"],
                       told=Told(known=Known(**known)))
    except Problem as problem:
        return problem.message
    return {**found, "verdict": [found["verdict_level"], found["verdict"]]}

draw = np.random.default_rng(1)
rows = 120
there = draw.integers(1, 4, rows)
right, none = draw.binomial(there, 0.6), np.zeros(rows)
half = draw.random(rows) / 2
tokens = np.full(rows, 100)
print(json.dumps({
    "spans": told("span_f1", spans_of(right, right + 1, there), spans_of(none, none, there), rows,
                  "no spans", things="texts"),
    "perfect": told("span_f1", spans_of(there, there, there), spans_of(none, none, there), rows,
                    "no spans"),
    "empty": told("span_f1", spans_of(none, none, none), spans_of(none, none, none), rows, "none"),
    "same": told("rougeL", {"rougeL": mean_of(half)}, {"rougeL": mean_of(half)}, rows,
                 "the first three sentences", things="texts", stronger="bart", hurried=60.0),
    "lead": told("rougeL", {"rougeL": mean_of(half + 0.03)}, {"rougeL": mean_of(half)}, rows,
                 "the first three sentences"),
    "doubt": told("perplexity", {"perplexity": perplexity_of(100 * (2 + half), tokens)},
                  {"perplexity": perplexity_of(100 * (4 + half), tokens)}, rows, "single words"),
    "few": told("eval_loss", {"eval_loss": ratio_of(half[:8], tokens[:8])},
                {"eval_loss": ratio_of(half[:8] + 9, tokens[:8])}, 8, "the model before"),
    "fitting": fitting(["span_f1", "accuracy"], Counted(3, spans_of([1], [1], [1]))),
}, default=float))
"""


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def scores(compute: Compute, kept: dict[str, Any]) -> Any:  # noqa: ANN401 - what the lines print
    if "scores" not in kept:
        kept["scores"] = compute(SCORES)
    return kept["scores"]


@pytest.fixture
def judged(compute: Compute, kept: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    if "judged" not in kept:
        kept["judged"] = compute(JUDGED)
    return kept["judged"]


def test_translations_are_scored_as_sacrebleu_does(scores: Any) -> None:  # noqa: ANN401 - as above
    assert float(scores["all"]["bleu"]) == pytest.approx(26.518122980477767)
    assert float(scores["all"]["chrf"]) == pytest.approx(48.82817405868573)
    assert float(scores["second"]["bleu"]) == 0
    assert float(scores["second"]["chrf"]) == pytest.approx(41.11211031175059)


def test_counts_are_put_together_before_they_are_divided(scores: Any) -> None:  # noqa: ANN401
    found = {name: float(value) for name, value in scores["all"].items()}
    assert found["span_f1"] == pytest.approx(2 * 3 / (4 + 7))
    assert [found["recall"], found["precision"]] == pytest.approx([3 / 7, 3 / 4])
    assert found["rouge1"] == pytest.approx(0.5)
    assert found["eval_loss"] == pytest.approx(1.5)
    assert found["perplexity"] == pytest.approx(2.718281828**1.5)
    assert set(scores["nothing"].values()) == {"nan"}


def test_many_draws_at_once_are_each_draw_alone(scores: Any) -> None:  # noqa: ANN401 - as above
    for together, apart in zip(scores["together"], scores["apart"], strict=True):
        assert list(map(float, together)) == pytest.approx(list(map(float, apart)), nan_ok=True)


def test_what_is_found_and_what_is_right_is_told_in_shares(judged: Any) -> None:  # noqa: ANN401
    level, verdict = judged["spans"]["verdict"]
    assert level == "good"
    assert "it finds 61% of the entities that are there" in verdict
    assert "of what it marks is right, on 120 rows held out" in verdict
    assert "where “no spans” reaches 0" in verdict
    assert judged["spans"]["metrics"].keys() == {"span_f1"}
    assert judged["fitting"] == ["span_f1"]


def test_nothing_wrong_in_few_rows_leaves_room_for_some(judged: Any) -> None:  # noqa: ANN401
    assert judged["perfect"]["metric"]["ci95"] == [pytest.approx(120 / 123), 1]
    assert judged["perfect"]["details"]["skill"] == 1


def test_rows_without_anything_to_find_cannot_be_measured(judged: Any) -> None:  # noqa: ANN401
    assert "hold nothing to count, so span f1 cannot be measured" in judged["empty"]


def test_a_strong_simple_answer_need_not_be_beaten_by_much(judged: Any) -> None:  # noqa: ANN401
    assert judged["lead"]["verdict"][0] == "good"
    assert judged["same"]["verdict"][0] == "none"
    assert judged["same"]["verdict"][1].startswith("No better than “the first three sentences”")


def test_no_columns_are_asked_for_where_rows_are_texts(judged: Any) -> None:  # noqa: ANN401
    assert judged["same"]["next_steps"] == [
        "Give it more time: after 60 seconds it was still getting better. --set budget_minutes=4",
        "Let a model learn that has seen far more: --set backbone=bart",
        "Bring more texts; 120 more were held out to measure it.",
    ]


def test_perplexity_is_compared_by_what_a_loss_would_be(judged: Any) -> None:  # noqa: ANN401
    low, high = judged["doubt"]["metric"]["ci95"]
    assert low < judged["doubt"]["metric"]["value"] < high
    assert judged["doubt"]["details"]["skill"] == pytest.approx(2 / 4.24, abs=0.02)
    assert "hesitates between" in judged["doubt"]["verdict"][1]


def test_few_rows_never_make_a_good_model(judged: Any) -> None:  # noqa: ANN401 - as above
    assert judged["few"]["verdict"][0] == "weak"
    assert "too few rows" in judged["few"]["verdict"][1]
