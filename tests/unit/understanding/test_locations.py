"""Which data set the words name, in many wordings."""

import pytest

from pipeline.hearing.locations import spoken_locations


@pytest.mark.parametrize(
    ("words", "locations"),
    [
        (
            "Sort parcels. Dataset is on HuggingFace at parcel_notes. I'll train on Kaggle.",
            ("hf:parcel_notes",),
        ),
        ("the data is on hugging face under acme/parcel-notes, thanks", ("hf:acme/parcel-notes",)),
        (
            "use the Hugging Face dataset acme/parcel-notes to tell them apart",
            ("hf:acme/parcel-notes",),
        ),
        ("learn from the parcels dataset on HF", ("hf:parcels",)),
        ("predict prices with acme/house-prices from Kaggle", ("kaggle:acme/house-prices",)),
        ("the kaggle dataset called acme/house-prices", ("kaggle:acme/house-prices",)),
        ("dataset `acme/a.b` on the hub", ("hf:acme/a.b",)),
        (
            "on Kaggle at one/two, and on Hugging Face at three/four",
            ("kaggle:one/two", "hf:three/four"),
        ),
    ],
)
def test_a_data_set_is_heard_where_it_is_named(words: str, locations: tuple[str, ...]) -> None:
    assert spoken_locations(words) == locations


@pytest.mark.parametrize(
    "words",
    [
        "train it on Kaggle and publish it on Hugging Face",
        "the data is on kaggle as well",
        "my dataset is the same as on Kaggle",
        "the whole dataset on Hugging Face",
        "publish the model on Hugging Face as parcel-sorter",
        "put it on hugging face under my name",
        "push the result to me on hugging face under acme/parcel-sorter",
        "upload the finished model from here, on HF at acme/parcel-sorter",
        "classify which posts on Kaggle were spam",
        "the data set from kaggle",
        "find out who is on the hub",
        "push it to hugging face, it is called parcels",
    ],
)
def test_no_data_set_is_heard_where_none_is_named(words: str) -> None:
    assert spoken_locations(words) == ()
