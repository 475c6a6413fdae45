"""Where a model is to be published, in many wordings."""

import pytest

from pipeline.hearing.places import spoken_place

PLACES = ("folder", "huggingface")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("make me a spam filter and publish it on Hugging Face", "huggingface"),
        ("push the finished model to huggingface please", "huggingface"),
        ("a model that is uploaded to my hugging-face", "huggingface"),
        ("put it in a folder", None),
        ("put it in the folder", "folder"),
        ("the data comes from hugging face", None),
        ("classify which posts were published", None),
    ],
)
def test_a_place_is_heard_only_as_where_to_publish(words: str, place: str | None) -> None:
    assert spoken_place(words, PLACES) == place
