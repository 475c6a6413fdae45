"""Outcomes of every kind, tame and ugly, and one figure of each kind made of them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tests.unit.harness.modules import harness

Figure = Any
Floats = npt.NDArray[np.float64]
UGLY = (
    "A class name that is far too long for any picture, and then goes on for a while",
    "$x^2$ & 100 % of_{it}",
    "Größe \n XL",
    "苹果手机壳",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "",
    "\U0001f34e apple",
    "\ud800",
)


def classified(
    names: tuple[str, ...], rows: int, skill: float, positive: int | None = None, seed: int = 0
) -> Any:  # noqa: ANN401 - bundle files are typed where they lie side by side
    """Rows of some classes whose probabilities are right the more, the more skill there is."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(len(names), size=rows)
    scores = draw.normal(size=(rows, len(names)))
    scores[np.arange(rows), truth] += skill
    chances = np.exp(scores)
    chances /= chances.sum(axis=1, keepdims=True)
    return harness("metrics").Classified(names, truth, chances.argmax(axis=1), chances, positive)


def measured(truth: Floats, said: Floats) -> Any:  # noqa: ANN401 - as above
    """True and predicted numbers."""
    return harness("metrics").Measured(truth, said)


def noisy(rows: int, scale: float = 1.0, seed: int = 0) -> Any:  # noqa: ANN401 - as above
    """Predictions with noise, of some size."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(size=rows) * scale
    return measured(truth, truth + draw.normal(size=rows) * 0.2 * scale)


def series(name: str, past: int, steps: int, miss: float = 1.0) -> Any:  # noqa: ANN401 - as above
    """Counting up by one, forecast as much too high as `miss`, with 2 around it."""
    times = [f"2024-01-{1 + at:02d}" for at in range(past + steps)]
    counted = [float(at) for at in range(past + steps)]
    said = [value + miss for value in counted[past:]]
    return harness("figures").ForecastSeries(
        name=name,
        history_at=times[:past],
        history=counted[:past],
        at=times[past:],
        truth=counted[past:],
        said=said,
        lower=[value - 2 for value in said],
        upper=[value + 2 for value in said],
    )


def points(groups: int, rows: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """A map of groups that lie apart, each row in one of them."""
    draw = np.random.default_rng(0)
    labels = np.arange(rows) % groups
    around = np.column_stack([np.cos(np.arange(groups)), np.sin(np.arange(groups))]) * 9
    return around[labels] + draw.normal(size=(rows, 2)), labels


def one_of_each() -> list[Figure]:
    """A figure of each builder, from data that people have."""
    figures = harness("figures")
    two, five = classified(("no", "yes"), 300, 1.5, 1), classified(tuple("abcde"), 300, 1.5)
    places, labels = points(3, 300)
    return [
        figures.confusion(five),
        figures.roc(two),
        figures.precision_recall(two),
        figures.calibration(two),
        figures.residuals(noisy(300), "price"),
        figures.predicted(noisy(300), "price"),
        figures.importance([("width", 0.6), ("length", 0.4)]),
        figures.series_errors([("north", 0.8), ("south", 1.2)], "MASE"),
        figures.forecast([series("sales", 20, 5)], "sales"),
        figures.clusters(places, labels, ("small", "middle", "large"), ("width", "height")),
        figures.cluster_sizes(labels, ("small", "middle", "large")),
        figures.scan([2, 3, 4], {"silhouette": [0.4, 0.6, 0.5]}),
    ]


def ugly_ones() -> list[Figure]:
    """The same from data with long, strange and empty names, huge and tiny numbers, few rows."""
    figures = harness("figures")
    strange = classified(UGLY, 400, 1.0)
    many = classified(tuple(f"intent_of_the_customer_number_{at}" for at in range(77)), 900, 3.0)
    places, labels = points(8, 4_000)
    tail = noisy(500, 1e9)
    tail.truth[:3] *= 1e4
    return [
        figures.confusion(many),
        figures.roc(strange),
        figures.precision_recall(strange),
        figures.calibration(strange),
        figures.residuals(tail, UGLY[0]),
        figures.predicted(noisy(12, 1e-7), UGLY[3]),
        figures.importance([(name, 1.0) for name in UGLY] * 3),
        figures.forecast([series(name, 9, 3) for name in UGLY], UGLY[4]),
        figures.clusters(places * 1e9, labels, UGLY, (UGLY[0], UGLY[4])),
        figures.scan(list(range(2, 30)), {"stability": [0.5] * 28, "silhouette": [1e-9] * 28}, 99),
    ]
