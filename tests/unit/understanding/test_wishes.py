"""Explicit wishes: short names, checked values, everything locked."""

import pytest

from pipeline.errors import PersonCanFix, UnknownName
from pipeline.intent import ParsedIntent
from pipeline.wishes import leaf, locked_values, parse, parse_all, with_wishes


@pytest.mark.parametrize(
    ("name", "dotted"),
    [
        ("target", "dataset.label_column"),
        ("text", "dataset.text_column"),
        ("epochs", "hyperparameters.epochs"),
        ("hyperparameters.epochs", "hyperparameters.epochs"),
        ("seed", "hyperparameters.seed"),
        ("backbone", "architecture.backbone"),
        ("lora_r", "peft.lora_r"),
        ("task_type", "task_type"),
    ],
)
def test_a_short_name_means_the_one_leaf_it_ends(name: str, dotted: str) -> None:
    assert leaf(name) == dotted


def test_an_unknown_name_lists_the_known_ones_with_the_nearest_first() -> None:
    with pytest.raises(UnknownName, match=r"Unknown setting .hyperparameters.epoch.") as error:
        leaf("hyperparameters.epoch")
    assert "hyperparameters.epochs" in error.value.options[0]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "20", 20),
        ("learning_rate", "1e-3", 0.001),
        ("peft.use_lora", "true", True),
        ("target_modules", "q_proj, v_proj", ["q_proj", "v_proj"]),
        ("target", "Survived", "Survived"),
        ("known", "promo, holiday", ["promo", "holiday"]),
        ("care", "misses", "misses"),
    ],
)
def test_a_value_is_read_in_the_type_of_its_leaf(name: str, text: str, value: object) -> None:
    assert parse(name, text)[1] == value


def test_all_wrong_wishes_are_reported_together() -> None:
    with pytest.raises(PersonCanFix) as error:
        parse_all({"epochs": "many", "optimizer": "magic", "colour": "red"})
    for part in ("epochs=many", "optimizer=magic", "'colour'"):
        assert part in error.value.message


def test_a_wish_is_locked_and_read_back() -> None:
    intent = with_wishes(ParsedIntent(), parse_all({"epochs": "5", "target": "sold"}))
    assert intent.hyperparameters.epochs == 5
    assert locked_values(intent) == {"dataset.label_column": "sold", "hyperparameters.epochs": 5}
