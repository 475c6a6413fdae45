"""Data sets of the Hub in a job's folder: what is found, taken, cut, refused, and for whom."""

import json
import os
from pathlib import Path

import pytest

from adapters.hub_client import folder_of
from adapters.sources.huggingface import MOST_BYTES, HubSource, adapter
from adapters.sources.huggingface.cards import glob
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.hub import Repo, dataset
from tests.fakes.jobs import ANN, BEN
from tests.unit.hub.conftest import People

pytestmark = pytest.mark.anyio
ROWS = b"text,kind\nhello,ham\nwin,spam\n"
CONFIGS = """
configs:
- config_name: plain
  data_files:
  - split: train
    path: plain/tr-*
  - split: test
    path: plain/te-*
- config_name: raw
  data_files: raw/*.csv
"""


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def source(people: People, most: int = MOST_BYTES) -> HubSource:
    return HubSource(people.vault, people.home, people.hub.url, most)


async def brought(
    people: People, location: str, into: Path, most: int = MOST_BYTES
) -> dict[str, bytes]:
    """What lies in the folder that came: contents by paths, without what is hidden."""
    (folder,) = await source(people, most).fetch(location, into, ANN)
    files = [path for path in folder.rglob("*") if path.is_file()]
    shown = [path for path in files if not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in shown}


async def refusal(
    people: People, location: str, into: Path, most: int = MOST_BYTES
) -> MLTrainerError:
    with pytest.raises(MLTrainerError) as error:
        await source(people, most).fetch(location, into, ANN)
    assert list(into.iterdir()) == []
    assert "hf_" not in str(vars(error.value))
    return error.value


@pytest.mark.parametrize(
    "location",
    [
        "hf:ann/mails",
        " HF:datasets/ann/mails ",
        "hf://datasets/ann/mails",
        "https://huggingface.co/datasets/ann/mails",
        "huggingface.co/datasets/ann/mails/",
        "https://hf.co/datasets/ann/mails/viewer",
        "https://huggingface.co/datasets/ann/mails/tree/main",
        "URL/datasets/ann/mails",
    ],
)
async def test_a_data_set_is_meant_by_its_name_or_its_address(
    people: People, into: Path, location: str
) -> None:
    people.hub.datasets["ann/mails"] = dataset({"train.csv": ROWS, "test.csv": ROWS})
    location = location.replace("URL", people.hub.url)
    assert source(people).takes(location)
    assert await brought(people, location, into) == {"train.csv": ROWS, "test.csv": ROWS}


async def test_what_is_not_of_the_hub_is_left_to_others(people: People) -> None:
    for location in ("mails.csv", "https://example.org/datasets/a/b", "kaggle:ann/mails", ""):
        assert not source(people).takes(location)


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("hf:ann/mails/more", "names no data set"),
        ("hf:", "names no data set"),
        ("hf:ann/mails:a:b:c", "names no data set"),
        ("https://huggingface.co/ann/model", "is no data set on Hugging Face"),
    ],
)
async def test_what_cannot_be_meant_says_how_to_write_it(
    people: People, into: Path, location: str, says: str
) -> None:
    error = await refusal(people, location, into)
    assert says in error.message
    assert "hf:OWNER/NAME" in error.hint
    assert people.hub.requests == []


async def test_a_name_without_an_owner_is_found_as_the_hub_finds_it(
    people: People, into: Path
) -> None:
    people.hub.datasets["old/mails"] = dataset({"train.csv": ROWS})
    people.hub.moved["mails"] = "old/mails"
    assert await brought(people, "hf:mails", into) == {"train.csv": ROWS}


async def test_a_name_without_an_owner_may_be_the_one_exact_hit_of_a_search(
    people: People, into: Path
) -> None:
    people.hub.datasets |= {"ann/mails": dataset({"a.csv": ROWS}), "x/mails_2": dataset({})}
    assert await brought(people, "hf:Mails", into) == {"a.csv": ROWS}


@pytest.mark.parametrize(
    ("there", "says", "options"),
    [
        (("ann/mails", "ben/mails"), "Several data sets have", ("hf:ann/mails", "hf:ben/mails")),
        (("ann/mails_2",), "No data set has the name 'mails'", ("hf:ann/mails_2",)),
        ((), "The data set mails is not on Hugging Face", ()),
    ],
)
async def test_a_name_that_is_not_one_is_asked_back(
    people: People, into: Path, there: tuple[str, ...], says: str, options: tuple[str, ...]
) -> None:
    people.hub.datasets |= {name: dataset({"a.csv": ROWS}) for name in there}
    error = await refusal(people, "hf:mails", into)
    assert isinstance(error, PersonCanFix)
    assert says in error.message
    assert (error.field, error.options) == ("data", options)


async def test_splits_are_told_by_names_and_what_is_no_data_stays_there(
    people: People, into: Path
) -> None:
    files = {
        "data/train-00000-of-00002.parquet": b"PAR1a",
        "data/train-00001-of-00002.parquet": b"PAR1b",
        "data/validation-00000-of-00001.parquet": b"PAR1v",
        "data/unsupervised-00000-of-00001.parquet": b"PAR1u",
        "dataset_infos.json": b"{}",
        "loader.py": b"import os",
        ".gitattributes": b"*",
    }
    people.hub.datasets["ann/mails"] = dataset(files)
    assert await brought(people, "hf:ann/mails", into) == {
        "train-00000.parquet": b"PAR1a",
        "train-00001.parquet": b"PAR1b",
        "validation.parquet": b"PAR1v",
    }
    note = json.loads((into / "mails" / ".huggingface.json").read_text("utf-8"))
    assert note["repo"] == "ann/mails"
    assert note["revision"] == people.hub.datasets["ann/mails"].revision
    assert note["card"]["license"] == "mit"


@pytest.mark.parametrize(
    ("location", "files"),
    [
        ("hf:ann/mails:plain", {"train.csv": b"tr", "test.csv": b"te"}),
        ("hf:ann/mails:plain:test", {"test.csv": b"te"}),
        ("https://hf.co/datasets/ann/mails/viewer/plain/train", {"train.csv": b"tr"}),
        ("hf:ann/mails:raw", {"x.csv": b"x"}),
        ("hf:ann/mails:plain:train", {"train.csv": b"tr"}),
        ("https://hf.co/datasets/ann/mails/blob/main/raw/x.csv", {"x.csv": b"x"}),
    ],
)
async def test_a_configuration_and_a_split_are_as_the_card_has_them(
    people: People, into: Path, location: str, files: dict[str, bytes]
) -> None:
    there = {"plain/tr-1.csv": b"tr", "plain/te-1.csv": b"te", "raw/x.csv": b"x"}
    people.hub.datasets["ann/mails"] = dataset(there, card=CONFIGS)
    assert await brought(people, location, into) == files


@pytest.mark.parametrize(
    ("location", "says", "first"),
    [
        ("hf:ann/mails", "several configurations: plain, raw", "hf:ann/mails:plain"),
        ("hf:ann/mails:other", "no configuration 'other'", "hf:ann/mails:plain"),
        ("hf:ann/mails:plain:dev", "no split 'dev': test, train", "hf:ann/mails:plain:test"),
    ],
)
async def test_which_configuration_or_split_is_asked_with_those_there_are(
    people: People, into: Path, location: str, says: str, first: str
) -> None:
    there = {"plain/tr-1.csv": b"tr", "plain/te-1.csv": b"te", "raw/x.csv": b"x"}
    people.hub.datasets["ann/mails"] = dataset(there, card=CONFIGS)
    error = await refusal(people, location, into)
    assert isinstance(error, PersonCanFix)
    assert says in error.message
    assert error.options[0] == first
    assert first in error.hint


@pytest.mark.parametrize(
    ("location", "files"),
    [
        ("hf:ann/mails:de", {"train.csv": b"d1", "test.csv": b"d2"}),
        ("hf:ann/mails:de:train", {"train.csv": b"d1"}),
        ("https://hf.co/datasets/ann/mails/tree/main/en", {"train.csv": b"e1"}),
    ],
)
async def test_a_folder_may_be_meant_where_the_card_has_no_configurations(
    people: People, into: Path, location: str, files: dict[str, bytes]
) -> None:
    there = {"de/train.csv": b"d1", "de/test.csv": b"d2", "en/train.csv": b"e1"}
    people.hub.datasets["ann/mails"] = dataset(there)
    assert await brought(people, location, into) == files


async def test_what_is_no_folder_and_no_split_is_told_with_what_there_is(
    people: People, into: Path
) -> None:
    people.hub.datasets["ann/mails"] = dataset({"de/train.csv": b"d1", "test.csv": b"d2"})
    error = await refusal(people, "hf:ann/mails:fr:train", into)
    assert error.message == "hf:ann/mails has no configuration 'fr': de."
    error = await refusal(people, "hf:ann/mails:fr", into)
    assert error.message == "hf:ann/mails has no split 'fr': test, train."


def test_patterns_of_cards_are_read_as_the_hub_reads_them() -> None:
    assert glob("data/*.csv").fullmatch("data/a.csv")
    assert not glob("data/*.csv").fullmatch("data/more/a.csv")
    assert glob("**/tr?in-[0-9]*.csv").fullmatch("a/b/train-0.csv")
    assert glob("./**").fullmatch("a/b.c")


async def test_pictures_keep_their_folders_and_the_table_beside_them(
    people: People, into: Path
) -> None:
    picture = b"GIF89a" + bytes(100)
    there = {f"images/{name}/1.png": picture for name in ("train/cat", "train/dog", "test/cat")}
    people.hub.datasets["ann/cats"] = dataset({**there, "images/metadata.csv": b"file_name\n"})
    assert sorted(await brought(people, "hf:ann/cats", into)) == [
        "metadata.csv",
        "test/cat/1.png",
        "train/cat/1.png",
        "train/dog/1.png",
    ]


async def test_pictures_inside_parquet_are_refused_plainly(people: People, into: Path) -> None:
    card = "dataset_info: {features: [{name: image, dtype: image}, {name: label, dtype: int64}]}"
    people.hub.datasets["ann/cats"] = dataset({"train.parquet": b"PAR1"}, card=card)
    error = await refusal(people, "hf:ann/cats", into)
    assert "keeps its pictures inside Parquet files" in error.message


async def test_a_lone_archive_is_left_to_be_unpacked(people: People, into: Path) -> None:
    people.hub.datasets["ann/cats"] = dataset({"cats.zip": bytes(18)})
    assert await source(people).fetch("hf:ann/cats", into, ANN) == (into / "cats.zip",)


async def test_a_data_set_made_by_a_program_is_taken_as_the_hub_has_converted_it(
    people: People, into: Path
) -> None:
    people.hub.datasets["ann/mails"] = made = dataset({"mails.py": b"import os"})
    error = await refusal(people, "hf:ann/mails", into)
    assert "makes its data by a program of its author" in error.message
    made.branches["refs/convert/parquet"] = {
        "default/train/0000.parquet": b"PAR1",
        "default/partial-test/0000.parquet": b"PAR1",
    }
    files = await brought(people, "hf:ann/mails", into)
    assert sorted(files) == ["test.parquet", "train.parquet"]


@pytest.mark.parametrize(
    ("there", "says"),
    [({}, "is empty"), ({"a.mp3": b"ID3"}, "has no files I can read, only a.mp3")],
)
async def test_a_data_set_without_data_says_why(
    people: People, into: Path, there: dict[str, bytes], says: str
) -> None:
    people.hub.datasets["ann/mails"] = dataset(there)
    assert says in (await refusal(people, "hf:ann/mails", into)).message


async def test_a_private_data_set_is_its_owners_alone_and_nothing_of_it_stays_behind(
    people: People, into: Path
) -> None:
    people.hub.datasets["ann/mails"] = dataset({"train.csv": ROWS})
    people.hub.datasets["ann/mails"].private = True
    error = await refusal(people, "hf:ann/mails", into)
    assert "connect your account" in error.hint
    await people.both()
    assert await brought(people, "hf:ann/mails", into) == {"train.csv": ROWS}
    assert list(folder_of(people.home, ANN.key).iterdir()) == []
    with pytest.raises(PersonCanFix, match="your account may not see it"):
        await source(people).fetch("hf:ann/mails", into / "mails", BEN)
    sent = {one.removeprefix("Bearer ") for one in people.hub.tokens}
    assert sent == {people.ann, people.ben}
    kept = [path for path in people.home.rglob("*") if path.is_file()]
    assert kept == []


async def test_a_gated_data_set_opens_once_its_person_has_agreed(
    people: People, into: Path
) -> None:
    people.hub.datasets["big/mails"] = gated = dataset({"train.csv": ROWS})
    gated.gated = True
    await people.both()
    error = await refusal(people, "hf:big/mails", into)
    assert "agree at" in error.hint
    gated.allowed.add("ann")
    assert await brought(people, "hf:big/mails", into) == {"train.csv": ROWS}


async def test_a_stale_token_does_not_keep_from_what_everybody_may_read(
    people: People, into: Path
) -> None:
    people.hub.datasets["big/mails"] = dataset({"train.csv": ROWS})
    await people.both()
    people.hub.revoke(people.ann)
    assert await brought(people, "hf:big/mails", into) == {"train.csv": ROWS}
    people.hub.datasets["big/mails"].private = True
    (into / "mails").rename(into.parent / "seen")
    error = await refusal(people, "hf:big/mails", into)
    assert "does not accept your token any more" in error.message


async def test_what_does_not_fit_comes_in_part_and_its_name_says_so(
    people: People, into: Path
) -> None:
    row = b'"a ""quoted""\ncell",1\n'
    train = b"text,kind\n" + row * 200_000
    people.hub.datasets["ann/mails"] = dataset({"train.csv": train, "test.csv": ROWS})
    files = await brought(people, "hf:ann/mails", into, most=2_000_000)
    assert sorted(files) == ["test.csv", "train-first-1-MB.csv"]
    part = files["train-first-1-MB.csv"]
    assert train.startswith(part)
    assert part.endswith(row)
    assert 1_500_000 < len(part) <= 2_000_000


async def test_of_many_large_files_the_first_ones_are_taken(people: People, into: Path) -> None:
    there = {f"train-{number}.parquet": bytes(400_000) for number in range(5)}
    people.hub.datasets["ann/mails"] = dataset(there)
    files = await brought(people, "hf:ann/mails", into, most=1_000_000)
    assert sorted(files) == [f"train-first-2-of-5-files-0000{number}.parquet" for number in (0, 1)]


@pytest.mark.parametrize(
    ("name", "content"), [("a.parquet", bytes(3_000)), ("a.json", b"[1," + bytes(3_000))]
)
async def test_what_is_too_large_and_cannot_be_cut_is_refused_with_what_to_do(
    people: People, into: Path, name: str, content: bytes
) -> None:
    people.hub.datasets["ann/mails"] = dataset({name: content})
    error = await refusal(people, "hf:ann/mails", into, most=1_000)
    assert "cannot be read in part" in error.message
    assert error.hint


async def test_a_download_that_fails_half_way_goes_on_with_what_is_missing(
    people: People, into: Path
) -> None:
    there = {"train.csv": ROWS, "test.csv": ROWS}
    people.hub.datasets["ann/mails"] = mails = dataset(there)
    people.hub.fail("GET", "/resolve/.*/test.csv", 503)
    people.hub.fail("GET", "/resolve/.*/train.csv", 503)
    error = await refusal(people, "hf:ann/mails", into)
    assert isinstance(error, TryAgain)
    error = await refusal(people, "hf:ann/mails", into)
    assert isinstance(error, TryAgain)
    assert await brought(people, "hf:ann/mails", into) == there
    assert sorted(mails.asked) == ["test.csv from 0", "train.csv from 0"]


async def test_names_of_strangers_are_cleaned(people: People, into: Path) -> None:
    names = ("-rm\u202e a;b.csv", "..csv", "../up.csv", "/root.csv")
    strange = Repo(dict.fromkeys(names, ROWS), license=None)
    people.hub.datasets["ann/mails"] = strange
    assert sorted(await brought(people, "hf:ann/mails", into)) == ["_rm_ a;b.csv"]


def test_the_shelf_plugs_it_in_by_its_settings(people: People) -> None:
    made = adapter(vault=people.vault, home=people.home, hf_endpoint=f"{people.hub.url}/")
    assert made.endpoint == people.hub.url
    assert os.fspath(made.home) == os.fspath(people.home)
