"""Thousands of known values are found as one is, wherever they stand."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from adapters.known_values import KnownValues
from adapters.sanitizer import KeySanitizer
from tests.benchmarks.corpus.keys import drawn

RANDOM = Random(7)  # noqa: S311 (no real secrets)
THOUSANDS = [f"same-front-{drawn('', 20)(RANDOM)}" for _ in range(5000)]


def test_every_one_of_thousands_is_found(sanitizer: KeySanitizer) -> None:
    for value in THOUSANDS:
        sanitizer.know(value)

    for value in THOUSANDS[::500]:
        assert sanitizer.clean(f"<{value}>x").text == "<[secret: known]>x"
    assert sanitizer.clean("same-front-but-no-value").found == ()


def test_of_two_with_one_beginning_the_longer_is_taken_out_whole(sanitizer: KeySanitizer) -> None:
    for value in ("a-value-that", "a-value-that-goes-on"):
        sanitizer.know(value)

    assert sanitizer.clean("a-value-that-goes-on!").text == "[secret: known]!"
    assert sanitizer.clean("a-value-that stops").text == "[secret: known] stops"


@given(
    values=st.lists(st.text("ab", min_size=8, max_size=12), min_size=1, max_size=6),
    text=st.text("ab", max_size=60),
)
def test_what_is_found_is_what_is_there(values: list[str], text: str) -> None:
    known = KnownValues()
    known.add(values, "known")

    found = {text[start:end] for start, end, _ in known.found(text)}

    assert found == {value for value in values if value in text}
