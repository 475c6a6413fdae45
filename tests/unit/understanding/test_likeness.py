"""Words are known again in another form, misspelt or clipped, and others are not taken for them."""

import pytest

from pipeline.hearing.likeness import distance, likeness, mended, name_words, stem
from pipeline.hearing.phrases import hear, says


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("returned", "returns"),
        ("predict", "predictions"),
        ("departure", "deparuture"),
        ("diesel", "desiel"),
        ("image", "imgae"),
        ("next", "nxt"),
        ("weeks", "wks"),
        ("days", "dayz"),
        ("category", "catagory"),
        ("churn", "churned"),
    ],
)
def test_another_form_and_a_slip_of_the_pen_are_the_same_word(known: str, said: str) -> None:
    assert likeness(known, said) >= 0.9


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("house", "households"),
        ("some", "someone"),
        ("age", "wage"),
        ("text", "next"),
        ("price", "pride"[::-1]),
        ("sex", "six"),
        ("area", "are"),
    ],
)
def test_other_words_are_other_words(known: str, said: str) -> None:
    assert likeness(known, said) == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HasChurned", ("has", "churned")),
        ("mean_flat_value", ("mean", "flat", "value")),
        ("Distance (km)", ("distance", "km")),
        ("HammerGBP", ("hammer", "gbp")),
        ("leaf_count", ("leaf", "count")),
    ],
)
def test_a_name_is_read_in_its_words(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


def test_only_words_of_the_vocabulary_are_spelt_right() -> None:
    vocabulary = frozenset(("weeks", "ahead", "model", "modal"))
    assert mended("13 wks ahed on modal", vocabulary) == "13 weeks ahead on modal"
    assert mended("models of weekly sales", vocabulary) == "models of weekly sales"


def test_a_phrase_is_heard_in_a_row_and_also_misspelt() -> None:
    assert says("an objcet detecton pls", ["object detection"])
    assert says("fine tunning for me", ["fine tuning"])
    assert not says("the detection of an object", ["object detection"])
    assert hear("forecast it", ["forecast"], ["next"]).clearness > 0.8
    assert hear("the next one", ["forecast"], ["next"]).clearness < 0.5


def test_words_of_strangers_are_not_kept_for_ever() -> None:
    for number in range(20_000):
        stem(f"word{number}")
        distance(f"word{number}", "word", 1)

    assert stem.cache_info().currsize <= 1 << 14
    assert distance.cache_info().currsize <= 1 << 14
