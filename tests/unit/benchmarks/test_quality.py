"""The benchmark's own arithmetic: who wins, who stands where, and which results count."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.benchmarks.quality.accounts import Accounts
from tests.benchmarks.quality.document import write
from tests.benchmarks.quality.sets import chosen
from tests.benchmarks.quality.standing import Standing, standing
from tests.benchmarks.quality.store import Mark, Result, Store, rows_mark
from tests.benchmarks.quality.tables import beside_peers, beside_simple

ROOT = Path(__file__).resolve().parents[3]


def result(models: Mapping[str, float], rows: str = "same", better: str = "higher") -> Result:
    """A result of some models by one metric."""
    return Result.model_validate(
        {
            "mark": Mark(rows=rows, budget=60),
            "metric": "roc_auc",
            "better": better,
            "models": {name: {"roc_auc": value} for name, value in models.items()},
            "seconds": 60,
            "cpu_seconds": 57,
            "peak_mb": 400,
            "load": 2.5,
            "cores": 1,
            "details": {
                "difference": 1e-16,
                "verdict_level": "good",
                "details": {"members": {"trees": 0.75, "linear": 0.25}},
            },
        }
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two trials of one data set."""
    store = Store(tmp_path)
    for trial, (own, other) in enumerate(((0.9, 0.8), (0.7, 0.7))):
        store.keep("titanic", trial, "ours", result({"ours": own}))
        store.keep("titanic", trial, "simple", result({"LightGBM": other, "linear": 0.95}))
        for peer in ("autogluon_tables", "flaml_tables"):
            store.keep("titanic", trial, peer, result({peer: own + 0.01}))
    return store


def found(store: Store, *files: str) -> Standing:
    """Where titanic stands."""
    known = standing(store, "titanic", files, 60, 10)
    assert known is not None
    return known


def test_a_win_is_a_better_value_and_an_even_one_counts_half(store: Store) -> None:
    boosted, linear = found(store, "ours", "simple").duels()
    assert (boosted.other, boosted.won, boosted.even, boosted.ahead) == ("LightGBM", 1, 1, True)
    assert not boosted.often  # three quarters are too few
    assert (linear.won, linear.ahead) == (0, False)


def test_equal_models_share_their_rank(store: Store) -> None:
    ranks = found(store, "ours", "autogluon_tables", "flaml_tables").ranks()
    assert ranks == {
        "ours": [3, 3],
        "autogluon_tables": [1.5, 1.5],
        "flaml_tables": [1.5, 1.5],
    }


def test_a_lower_error_is_the_better_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep("titanic", 0, "ours", result({"ours": 0.5}, better="lower"))
    store.keep("titanic", 0, "simple", result({"naive": 0.6}, better="lower"))
    known = found(store, "ours", "simple")
    assert (known.best(), known.duels()[0].won) == ({"ours"}, 1)


def test_results_on_other_rows_are_not_compared(store: Store) -> None:
    store.keep("titanic", 1, "simple", result({"LightGBM": 0.1}, rows="others"))
    assert len(found(store, "ours", "simple").trials) == 1


@pytest.mark.parametrize(
    ("files", "budget"), [(("ours", "missing"), 60.0), (("ours", "simple"), 5.0)]
)
def test_nothing_stands_before_it_was_measured(
    store: Store, files: tuple[str, ...], budget: float
) -> None:
    assert standing(store, "titanic", files, budget, 10) is None


def test_the_mark_of_rows_knows_their_part_but_not_their_order(tmp_path: Path) -> None:
    def mark(name: str, parts: Mapping[str, list[str]]) -> str:
        for part, cells in parts.items():
            file = tmp_path / name / f"{part}.jsonl"
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = [["a", "b"], *([cell, "other"] for cell in cells)]
            file.write_text("\n".join(json.dumps(line) for line in lines), "ascii")
        return rows_mark(tmp_path / name, ["a"])

    rest = {"fit/validation": ["3"], "heldout/test": ["4"]}
    first = mark("first", {"fit/train": ["1", "2"], **rest})
    assert mark("turned", {"fit/train": ["2", "1"], **rest}) == first
    assert mark("swapped", {"fit/train": ["1", "4"], **rest, "heldout/test": ["2"]}) != first


def test_the_tables_show_who_is_best_whoever_it_is(store: Store) -> None:
    row = "| titanic | roc_auc ↑ | 2 | 0.8000 | 0.7500 (1, 1 even) | **0.9500** (0) |"
    assert row in beside_simple(store, 60)
    assert "| mean rank |  | 2 | 3.00 | 1.50 | 1.50 |" in beside_peers(store, 60)


def test_the_checks_tell_the_greatest_difference_and_who_took_part(store: Store) -> None:
    told = Accounts(store, 60).checks()
    assert "differ by at most 1.0e-16" in told
    assert "| titanic | trees 75%, linear 25% |" in told


def test_every_block_of_the_document_is_written_anew(store: Store, tmp_path: Path) -> None:
    document = tmp_path / "quality.md"
    document.write_text((ROOT / "docs" / "quality.md").read_text("utf-8"), "utf-8")
    write(store, 60, document)
    once = document.read_text("utf-8")
    write(store, 60, document)
    assert document.read_text("utf-8") == once
    assert "95% of a core in the mean" in once


def test_an_unknown_data_set_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no data set moon; known: titanic, adult"):
        chosen(["moon"])
