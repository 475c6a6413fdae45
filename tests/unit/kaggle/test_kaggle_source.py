"""Data sets of Kaggle come into the job's folder, private ones with their owner's key alone."""

import zipfile
from pathlib import Path

import pytest

from adapters.sources.kaggle import KaggleSource
from pipeline.errors import PersonCanFix, TryAgain
from tests.fakes.jobs import ANN, BEN
from tests.fakes.kaggle.faults import ALWAYS
from tests.unit.kaggle.conftest import House

pytestmark = pytest.mark.anyio
FILES = {"letters.csv": b"text,label\nhi,1\n", "more/notes.txt": b"n"}


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return sorted(archive.namelist())


@pytest.mark.parametrize(
    "location",
    [
        "kaggle:zoe/letters",
        "Kaggle://zoe/letters",
        "kaggle:zoe/letters/versions/1",
        "kaggle:letters",
        "https://www.kaggle.com/datasets/zoe/letters",
        "http://kaggle.com/datasets/zoe/letters/data?select=letters.csv#top",
        "kaggle:https://www.kaggle.com/datasets/zoe/letters/",
    ],
)
async def test_a_data_set_comes_as_one_archive(house: House, tmp_path: Path, location: str) -> None:
    house.world.publish("zoe/letters", FILES)
    house.world.publish("zoe/many-letters", FILES)
    into = _folder(tmp_path)
    assert house.source.takes(location)
    (path,) = await house.source.fetch(location, into, ANN)
    assert path == into / "letters.zip"
    assert _names(path) == ["letters.csv", "more/notes.txt"]


@pytest.mark.parametrize("location", ["hf:zoe/letters", "zoe/letters", "https://kaggle.com.test/"])
async def test_other_locations_are_left_to_others(house: House, location: str) -> None:
    assert not house.source.takes(location)


async def test_public_data_needs_no_account_and_private_data_its_owners(
    house: House, tmp_path: Path
) -> None:
    house.world.publish("zoe/letters", FILES)
    house.world.publish("ann-k/diary", FILES, private=True)
    into = _folder(tmp_path)
    await house.source.fetch("kaggle:zoe/letters", into, BEN)
    await house.source.fetch("kaggle:ann-k/diary", into, ANN)
    with pytest.raises(PersonCanFix, match="shows nobody a data set 'ann-k/diary'") as told:
        await house.source.fetch("kaggle:ann-k/diary", into, BEN)
    assert told.value.field == "kaggle"
    await house.connect(BEN, house.ben.values)
    with pytest.raises(PersonCanFix, match="shows you no data set 'ann-k/diary'") as told:
        await house.source.fetch("kaggle:ann-k/diary", into, BEN)
    assert told.value.field == "data"
    assert sorted(path.name for path in into.iterdir()) == ["diary.zip", "letters.zip"]
    assert {who for who, call, _ in house.world.asked} == {"", "ann-k", "ben-k"}


async def test_a_name_that_several_have_is_asked_about(house: House, tmp_path: Path) -> None:
    for number in range(25):
        house.world.publish(f"u{number}/letters-{number}", FILES)
    house.world.publish("zoe/letters", FILES)
    house.world.publish("abe/letters", FILES)
    with pytest.raises(PersonCanFix, match="2 data sets on Kaggle are called 'letters'") as told:
        await house.source.fetch("kaggle:letters", _folder(tmp_path), ANN)
    assert told.value.options == ("kaggle:zoe/letters", "kaggle:abe/letters")
    with pytest.raises(PersonCanFix, match="No data set on Kaggle is called 'letter'") as told:
        await house.source.fetch("kaggle:letter", _folder(tmp_path), ANN)
    assert told.value.options[0] == "kaggle:u0/letters-0"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://www.kaggle.com/competitions/rockets/data", "competition"),
        ("kaggle:c/rockets", "competition"),
        ("https://www.kaggle.com/code/zoe/letters", "names no data set"),
        ("kaggle:", "names no data set"),
        ("kaggle:zoe/../letters", "names no data set"),
        ("kaggle:zoe/gone", "shows you no data set 'zoe/gone'"),
        ("kaggle:zoe/terms", "shows you no data set 'zoe/terms'"),
        ("kaggle:zoe/large", r"too large: 9.0 GB, and at most 5.4 GB"),
        ("kaggle:zoe/liar", "too large"),
    ],
)
async def test_what_cannot_be_fetched_is_told_and_leaves_nothing(
    house: House, tmp_path: Path, location: str, words: str
) -> None:
    house.world.publish("zoe/terms", FILES, terms=True)
    house.world.publish("zoe/large", FILES, size=9 * 10**9)
    house.world.publish("zoe/liar", {"a.bin": bytes(5000)}, size=10)
    source = house.source
    if location.endswith("liar"):
        source = KaggleSource(source.kaggle, most_bytes=1000)
    into = _folder(tmp_path)
    with pytest.raises(PersonCanFix, match=words) as told:
        await source.fetch(location, into, ANN)
    assert told.value.field == "data"
    assert told.value.hint
    assert list(into.iterdir()) == []


async def test_a_download_that_breaks_off_goes_on_where_it_was(
    house: House, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 2000
    house.world.publish("zoe/letters", {"a.bin": content})
    house.world.cut = [100_000, 200_000]
    (path,) = await house.source.fetch("kaggle:zoe/letters", _folder(tmp_path), ANN)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("a.bin") == content
    assert house.world.cut == []


async def test_what_may_pass_by_itself_is_tried_again_and_leaves_nothing(
    house: House, tmp_path: Path
) -> None:
    house.world.publish("zoe/letters", FILES)
    into = _folder(tmp_path)
    house.world.faults.refuse("DownloadDataset", 503)
    with pytest.raises(TryAgain, match=r"trouble of its own \(503\)"):
        await house.source.fetch("kaggle:zoe/letters", into, ANN)
    house.world.faults.set("GetDataset", "drop")
    with pytest.raises(TryAgain, match="cannot be reached"):
        await house.source.fetch("kaggle:zoe/letters", into, ANN)
    house.world.faults.refuse("fetch", 503, times=ALWAYS)
    with pytest.raises(TryAgain):
        await house.source.fetch("kaggle:zoe/letters", into, ANN)
    assert list(into.iterdir()) == []
    house.ann.active = False
    with pytest.raises(PersonCanFix, match="does not accept your key") as told:
        await house.source.fetch("kaggle:zoe/letters", into, ANN)
    assert told.value.field == "kaggle"


def _folder(tmp_path: Path) -> Path:
    into = tmp_path / "data"
    into.mkdir(exist_ok=True)
    return into
