"""What is wanted of a finished job again, in many wordings."""

import pytest

from pipeline.hearing.again import wanted_again


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("same on Modal", {"runtime": "modal"}),
        ("the same, but on my Ray", {"runtime": "ray"}),
        ("Please train the same on Kaggle.", {"runtime": "kaggle"}),
        ("same but here", {"runtime": "local"}),
        ("same with epochs=3", {"epochs": "3"}),
        ("the same again but with epochs=3 and lr=0.01", {"epochs": "3", "learning_rate": "0.01"}),
        ("change seed to 5", {"seed": "5"}),
        ("the same again", {}),
    ],
)
def test_the_same_is_wanted_with_changes(words: str, wanted: dict[str, str]) -> None:
    assert wanted_again(words) == wanted


@pytest.mark.parametrize(
    "words",
    [
        "thanks",
        "is it the same as before?",
        "the same words occur in both",
        "samey",
        "predict: same",
    ],
)
def test_other_words_want_nothing_again(words: str) -> None:
    assert wanted_again(words) is None
