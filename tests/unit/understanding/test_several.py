"""Two columns to predict, or cells of several labels, are told from what only looks like it."""

import pytest

from pipeline.artifacts import ColumnKind
from pipeline.hearing.several import labels_in, wanted_together
from tests.unit.understanding.reports import column, report

DATA = report(
    *(column(name) for name in ("price", "demand", "rooms", "area", "Y1", "Y2")),
    column("heating_load"),
    column("cooling_load"),
    column("profit_and_loss"),
)


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ("predict price and demand", ("price", "demand")),
        ("Predict the price and the demand from rooms and area", ("price", "demand")),
        ("estimate price as well as demand", ("price", "demand")),
        ("I want to predict demand & price please", ("demand", "price")),
        ("the targets are price and demand", ("price", "demand")),
        ("forecast price and demand for next week", ("price", "demand")),
        ("train a model that predicts the price and demand of a house", ("price", "demand")),
        ("predict heating load and cooling load", ("heating_load", "cooling_load")),
        ("targets: Y1 and Y2", ("Y1", "Y2")),
        ("predict price, demand and area", ("price", "demand", "area")),
    ],
)
def test_several_wanted_columns_are_heard(words: str, columns: tuple[str, ...]) -> None:
    assert wanted_together(DATA, words) == columns


@pytest.mark.parametrize(
    "words",
    [
        "predict price from rooms and area",
        "predict price using demand and area",
        "ignore rooms and area, predict price",
        "predict price, rooms and area are inputs",
        "predict price and ignore demand",
        "predict price and publish it",
        "predict profit and loss",
        "predict price with rooms, area and demand",
        "rooms and area are known, what is the price",
        "predict the price and tell me how demand matters",
        "how do rooms and area influence the price",
        "I know the rooms and the area, predict price",
        "predict the price of a house by area and rooms",
        "can you predict price based on everything but demand and area",
    ],
)
def test_columns_that_are_only_mentioned_are_not_wanted(words: str) -> None:
    assert wanted_together(DATA, words) == ()


@pytest.mark.parametrize(
    ("kind", "cells", "labels"),
    [
        ("category", ("a", "b", "a;b", "b;c", "c"), {"a", "b", "c"}),
        (
            "text",
            ("drama|comedy", "drama", "comedy|action", "action"),
            {"drama", "comedy", "action"},
        ),
        ("nested", ('["a","b"]', '["a"]', '["b"]'), {"a", "b"}),
        ("category", ("['x', 'y']", "['x']"), {"x", "y"}),
        (
            "category",
            ("refund", "billing, refund", "tech", "tech, billing", "billing"),
            {"refund", "billing", "tech"},
        ),
        ("category", ("red", "green"), set()),
        ("category", ("New York, NY", "Boston, MA", "Albany, NY"), set()),
        ("category", ("Smith; John", "Doe; Jane"), set()),
        ("category", ("n/a", "a/b"), set()),
        ("category", ("very high", "high"), set()),
        ("number", ("1;2", "1", "2"), set()),
    ],
)
def test_cells_of_several_labels_are_known(
    kind: ColumnKind, cells: tuple[str, ...], labels: set[str]
) -> None:
    told = column("tags", kind, len(cells), top=tuple((cell, 9) for cell in cells))
    assert set(labels_in(told)) == labels
