"""What matters to a person, in any wording, is heard; what only sounds like it is not."""

import pytest

from pipeline.hearing.judging import spoken_judgement
from pipeline.hearing.wishes import spoken_wishes
from tests.unit.understanding import cared_for

CLASSES = ("accuracy", "macro_f1", "f1", "roc_auc", "log_loss")
NUMBERS = ("rmse", "mae", "r2")
SERIES = ("mase", "smape", "mae", "rmse")


def heard(words: str, measured: tuple[str, ...], leaf: str) -> object:
    return spoken_judgement(words, spoken_wishes(words), measured).get(leaf)


def others(phrases: str, measured: tuple[str, ...], leaf: str, meant: object) -> dict[str, object]:
    """The phrases that are heard as something else."""
    told = {words: heard(words, measured, leaf) for words in phrases.strip().splitlines()}
    return {words: said for words, said in told.items() if said != meant}


@pytest.mark.parametrize(
    ("phrases", "care"),
    [
        (cared_for.MISSES, "misses"),
        (cared_for.FALSE_ALARMS, "false_alarms"),
        (cared_for.LOG_LOSS, None),
        (cared_for.ROC_AUC, None),
        (cared_for.MACRO_F1, None),
        (cared_for.ACCURACY, None),
        (cared_for.NOTHING, None),
    ],
)
def test_the_worse_mistake_is_heard(phrases: str, care: str | None) -> None:
    assert others(phrases, CLASSES, "care", care) == {}


@pytest.mark.parametrize(
    ("phrases", "measured", "metric"),
    [
        (cared_for.LOG_LOSS, CLASSES, "log_loss"),
        (cared_for.ROC_AUC, CLASSES, "roc_auc"),
        (cared_for.MACRO_F1, CLASSES, "macro_f1"),
        (cared_for.ACCURACY, CLASSES, "accuracy"),
        (cared_for.RMSE, NUMBERS, "rmse"),
        (cared_for.MAE, NUMBERS, "mae"),
        (cared_for.R2, NUMBERS, "r2"),
        (cared_for.MASE, SERIES, "mase"),
        (cared_for.SMAPE, SERIES, "smape"),
        (cared_for.NOTHING, CLASSES, None),
        (cared_for.NOTHING, NUMBERS, None),
        (cared_for.NOTHING, SERIES, None),
    ],
)
def test_a_metric_is_heard_without_its_name(
    phrases: str, measured: tuple[str, ...], metric: str | None
) -> None:
    assert others(phrases, measured, "metric", metric) == {}


@pytest.mark.parametrize("phrases", [cared_for.MISSES, cared_for.FALSE_ALARMS])
def test_the_worse_mistake_is_no_metric_but_by_its_own_name(phrases: str) -> None:
    told = others(phrases, CLASSES, "metric", None)
    assert set(told.values()) <= {"recall", "precision"}


def test_what_is_said_of_both_mistakes_is_no_choice() -> None:
    assert heard("misses are expensive and false alarms are expensive", CLASSES, "care") is None
    assert heard("good precision and recall please", CLASSES, "care") is None


def test_where_there_are_no_two_classes_no_mistake_is_worse() -> None:
    assert heard("we must not miss a single one", NUMBERS, "care") is None


def test_a_metric_that_is_named_beats_one_that_is_described() -> None:
    assert heard("rank them, but report the log loss", CLASSES, "metric") == "log_loss"
