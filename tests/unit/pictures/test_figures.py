"""What figures say: a finding as title, alt texts that state the numbers, little data."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.harness.modules import harness
from tests.unit.pictures.samples import (
    UGLY,
    classified,
    measured,
    noisy,
    one_of_each,
    points,
    series,
    ugly_ones,
)

figures = harness("figures")
form = harness("figures_form")
metrics = harness("metrics")


def answered(truth: str, said: str, names: str, positive: int | None = None) -> object:
    """Rows by the first letters of their true class and answer."""
    places = [np.array([names.index(letter) for letter in letters]) for letters in (truth, said)]
    sure = np.eye(len(names))[places[1]]
    return metrics.Classified(tuple(names), *places, sure, positive)


def test_the_alt_text_of_a_matrix_counts_what_is_right_and_what_is_confused() -> None:
    figure = figures.confusion(answered("aaaabbbccc", "aaaabbcacc", "abc"))

    assert "10 rows held out in 3 classes: 8 right (80%)" in figure.alt
    assert "a 4 of 4, b 2 of 3, c 2 of 3" in figure.alt
    assert "b taken for c 1 time," in figure.alt
    assert figure.data["counts"] == [[4, 0, 0], [0, 2, 1], [1, 0, 2]]


@pytest.mark.parametrize(
    ("truth", "said", "positive", "title"),
    [
        ("ynyn", "ynyn", 1, "All 4 rows held out are answered right"),
        ("ynyn", "nnnn", 1, "It answers “n” for every row"),
        ("yyynn", "yynyn", 1, "It finds 2 of 3 “y”, with 1 false alarm"),
        ("yyynn", "ynnnn", None, "“y” is most often taken for “n”: 2 of 3"),
    ],
)
def test_the_title_of_a_matrix_is_its_finding(
    truth: str, said: str, positive: int | None, title: str
) -> None:
    assert figures.confusion(answered(truth, said, "ny", positive)).title == title


def test_of_77_classes_the_20_largest_are_shown_and_the_most_confused_pairs() -> None:
    names = tuple(f"class {at}" for at in range(77))
    figure = figures.confusion(classified(names, 3_000, 3.0))

    assert len(figure.data["classes"]) == len(figure.data["counts"]) == 20
    assert figure.data["more"] == 57
    counts = [count for _, _, count, _ in figure.data["pairs"]]
    assert counts == sorted(counts, reverse=True)


def test_the_area_is_the_reported_one_and_a_perfect_ranking_finds_all_at_once() -> None:
    rows = classified(("no", "yes"), 300, 1.0, 1)
    perfect = figures.roc(answered("ny" * 20, "ny" * 20, "ny", 1))

    assert figures.roc(rows).data["area"] == pytest.approx(metrics.value_of("roc_auc", rows), 1e-4)
    assert set(perfect.data["y"]) == {1.0}
    assert perfect.title == "It ranks “y” above the others in 100% of all pairs"


def test_a_curve_of_equal_probabilities_is_the_one_of_guessing() -> None:
    truth = np.arange(40) % 4 // 3
    same = metrics.Classified(("no", "yes"), truth, truth * 0, np.full((40, 2), 0.5), 1)

    assert figures.roc(same).data["y"] == pytest.approx(np.linspace(0, 1, 101))
    assert set(figures.precision_recall(same).data["y"]) == {0.25}


def test_of_several_classes_the_mean_and_the_hardest_are_shown() -> None:
    rows = classified(("a", "b", "c"), 400, 1.0)
    figure = figures.roc(rows)

    assert "mean of 3 classes each against the rest" in figure.alt
    assert figure.data["hardest"]["value"] <= figure.data["area"]
    assert f"Hardest: {figure.data['hardest']['class']}" in figure.alt


def said_and_came(stretch: float) -> object:
    """Rows whose probabilities are true at stretch 1, and too near 0 and 1 above."""
    draw = np.random.default_rng(1)
    true = draw.random(4_000)
    logits = np.log(true / (1 - true)) * stretch
    said = 1 / (1 + np.exp(-logits))
    truth = (draw.random(4_000) < true).astype(np.int64)
    chances = np.column_stack([1 - said, said])
    return metrics.Classified(("no", "yes"), truth, (said > 0.5).astype(int), chances, 1)


@pytest.mark.parametrize(
    ("stretch", "start"),
    [
        (1.0, "Its probabilities can be taken at their word"),
        (3.0, "It is too sure"),
        (0.3, "It is surer than it says"),
    ],
)
def test_calibration_says_whether_probabilities_hold(stretch: float, start: str) -> None:
    figure = figures.calibration(said_and_came(stretch))

    assert figure.title.startswith(start)
    assert sum(rows for _, _, rows, _, _ in figure.data["bins"]) == 4_000
    assert all(low <= came <= high for _, came, _, low, high in figure.data["bins"])


def test_few_rows_do_not_judge_probabilities() -> None:
    figure = figures.calibration(classified(("no", "yes"), 30, 0.5, 1))

    assert figure.title == "Its probabilities are right as far as 30 rows can tell"


def test_errors_are_told_by_what_is_wrong_with_them() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=400)
    high = figures.residuals(measured(truth, truth + 3 + draw.normal(size=400)), "t")
    growing = np.exp(draw.normal(size=400))
    fan = figures.residuals(measured(growing * (1 + draw.normal(size=400)), growing), "t")

    assert high.title == "Its predictions are too high by 2.98 on average"
    assert fan.title.startswith("Larger predictions miss by more")
    assert "nine in ten within" in fan.alt
    assert figures.residuals(measured(truth, truth), "t").title == "Every prediction is exact"


def test_rows_far_out_are_kept_when_points_are_thinned() -> None:
    rows = noisy(5_000)
    rows.truth[:4] += 1e6
    figure = figures.residuals(rows, "t")

    assert len(figure.data["error"]) == 800
    assert sum(error < -1e5 for error in figure.data["error"]) == 4
    assert "largest is 1 million" in figure.alt


def test_predictions_are_told_by_what_they_explain() -> None:
    truth = np.array([1.0, 2.0, 3.0, 4.0])
    exact = figures.predicted(measured(truth, truth), "price")
    mean = figures.predicted(measured(truth, truth * 0 + 2.5), "price")

    assert exact.title == "It explains 100% of the differences in “price”"
    assert mean.title == "It predicts “price” no better than the mean does"
    assert "The truth goes from 1 to 4, the predictions from 2.5 to 2.5" in mean.alt


def test_importance_is_ranked_and_of_one_whole() -> None:
    figure = figures.importance([("b", 1.0), ("a", 3.0), ("useless", -0.5), ("lost", np.nan)])

    assert figure.title == "“a” matters most, then “b”"
    assert figure.data["bars"] == [["a", 0.75, "75%"], ["b", 0.25, "25%"]]
    assert "2 more make no difference" in figure.alt


def test_six_forecasts_are_drawn_and_the_others_named() -> None:
    all_of_them = [series(f"s{at}", 20, 5, miss=at) for at in range(9)]
    figure = figures.forecast(all_of_them, "sales")

    drawn = [one["name"] for one in figure.data["series"]]
    assert len(drawn) == 6
    assert (drawn[0], drawn[-1]) == ("s0", "s8")
    rest = figure.alt.split("Not drawn: ")[1]
    assert all((f"s{at}" in rest) != (f"s{at}" in drawn) for at in range(9))
    assert "s0, 5 steps from 2024-01-21 to 2024-01-25" in figure.alt
    assert "5 of 5 true values in the interval" in figure.alt


def test_a_forecast_of_the_future_does_not_speak_of_misses() -> None:
    ahead = series("x", 20, 3)
    ahead.truth.clear()
    figure = figures.forecast([ahead], "sales")

    assert figure.title == "What it expects of “sales” in the next 3 steps"
    assert "miss" not in figure.alt


def test_a_long_forecast_is_thinned() -> None:
    figure = figures.forecast([series("x", 3_000, 1_000)], "t")

    assert len(figure.data["series"][0]["said"]) == 200
    assert len(figure.data["series"][0]["history"]) == 200


def test_a_map_keeps_each_group_and_at_most_1500_points() -> None:
    places, labels = points(12, 20_000)
    labels[labels == 11] = -1
    figure = figures.clusters(places, labels, [f"g{at}" for at in range(12)], ("x", "y"))

    assert len(figure.data["x"]) == len(figure.data["group"]) == 1_500
    assert set(figure.data["group"]) == set(range(-1, 11))
    assert "g0 1,667 (8%)" in figure.alt
    assert "1,666 rows in no group" in figure.alt


def test_one_group_is_called_one() -> None:
    places, labels = points(1, 12)

    figure = figures.clusters(places, labels, ["all"], ("x", "y"))
    assert figure.title == "All 12 rows form one group"


def test_an_index_is_best_where_its_direction_says() -> None:
    indices = {"silhouette": [0.2, 0.6, 0.5], "davies_bouldin": [1.0, 2.0, 0.5]}
    figure = figures.scan([2, 3, 4], indices)

    assert figure.title == "3 groups: best by Silhouette; Davies-Bouldin is best at 4"
    assert "2: 0.2, 3: 0.6, 4: 0.5" in figure.alt
    assert figures.scan([2, 3, 4], indices, 2).title == "2 groups taken; Silhouette is best at 3"


def test_where_there_is_nothing_to_show_there_is_no_figure() -> None:
    none, one = noisy(0), answered("a", "a", "a")
    single = answered("a" * 50, "a" * 50, "ab", 1)
    empty = np.empty((0, 2))

    assert figures.confusion(one) is None
    assert figures.roc(single) is None
    assert figures.precision_recall(single) is None
    assert figures.calibration(classified(("no", "yes"), 12, 1.0, 1)) is None
    assert figures.residuals(none, "t") is None
    assert figures.predicted(measured(np.full(9, np.nan), np.zeros(9)), "t") is None
    assert figures.importance([("a", 0.0)]) is None
    assert figures.series_errors([("a", 1.0)], "MASE") is None
    assert figures.forecast([], "t") is None
    assert figures.clusters(empty, np.empty(0, int), ["a"], ("x", "y")) is None
    assert figures.cluster_sizes(np.zeros(9, int), ["a"]) is None
    assert figures.scan([2], {"silhouette": [0.5]}) is None


def test_figures_are_small_plain_json_whatever_the_data(tmp_path: Path) -> None:
    made = [*one_of_each(), *ugly_ones()]
    figures.write_figures([*made, None], tmp_path / "figures.json")

    written = (tmp_path / "figures.json").read_text("utf-8")
    told = json.loads(written, parse_constant=pytest.fail)
    assert len(written) < 300_000
    assert [one["name"] for one in told] == list(dict.fromkeys(one.name for one in made))
    assert all(one["title"] and any(map(str.isdigit, one["alt"])) for one in told)


def test_names_are_kept_short_and_on_one_line() -> None:
    figure = figures.importance([(name, 1.0) for name in UGLY])

    assert all(len(name) <= 60 and name.isprintable() for name, _, _ in figure.data["bars"])
    assert "(blank)" in [name for name, _, _ in figure.data["bars"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.92784, "0.928"),
        (-57.31, "-57.3"),
        (999.96, "1,000"),
        (1234.5, "1,234"),
        (4_567_890, "4.57 million"),
        (-2.5e9, "-2.5 billion"),
        (2.5e-7, "2.5e-7"),
        (0.0, "0"),
        (float("nan"), "unknown"),
    ],
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert form.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0%"), (1e-9, "0.1%"), (0.254, "25%"), (0.9999, "99.9%"), (1.0, "100%")],
)
def test_only_all_is_a_hundred_percent(value: float, text: str) -> None:
    assert form.share(value) == text
