"""The Hub's own client against a small Hub on this machine, and folders of this machine."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.weights.shelf import WeightsShelf
from pipeline.errors import PersonCanFix, TryAgain
from tests.fakes.hub import CONFIG, FakeHub, Model, model, safetensors
from tests.fakes.hub.repos import part_of
from tests.unit.weights.rooms import room

pytestmark = pytest.mark.anyio
Lines = list[str]
MODEL_FILES = ["config.json", "model.safetensors", "tokenizer.json", "weights.json"]


@pytest.fixture
def shelf(tmp_path: Path, hub: FakeHub) -> WeightsShelf:
    return WeightsShelf(room(tmp_path / "weights"), hub.url)


async def say(line: str) -> None:
    del line


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def refused(shelf: WeightsShelf, name: str, *, local: bool = False) -> PersonCanFix:
    """What a person is told of a model, when it is looked for or when it comes."""
    with pytest.raises(PersonCanFix) as error:
        await shelf.fetch(await shelf.find(name, local=local), say)
    assert error.value.field == "architecture.backbone"
    assert not list(shelf.cache.glob("[!.]*"))
    return error.value


async def test_data_alone_is_fetched_once_and_as_nobody(
    shelf: WeightsShelf, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_server")
    extra = {
        "pytorch_model__bin": b"x",
        "modeling__py": b"x",
        "README__md": b"x",
        "spiece__model": b"s",
    }
    hub.models["ann/tiny"] = model("mit", **extra)
    offer = await shelf.find("ann/tiny", local=False)
    assert (offer.name, offer.license, offer.size > 64) == ("ann/tiny", "mit", True)
    first = await shelf.fetch(offer, say)
    assert names(first.folder) == sorted([*MODEL_FILES, "spiece.model"])
    assert (first.title, first.license, first.revision) == ("ann/tiny", "mit", offer.revision)
    assert first.folder.parent == shelf.cache
    assert first.folder.name == f"ann--tiny@{offer.revision[:12]}"
    assert await shelf.fetch(offer, say) == first
    assert len(hub.models["ann/tiny"].asked) == 4
    assert hub.tokens == []


async def test_what_was_fetched_serves_without_a_network(shelf: WeightsShelf, hub: FakeHub) -> None:
    hub.models["ann/tiny"] = model("mit")
    offer = await shelf.find("ann/tiny", local=False)
    fetched = await shelf.fetch(offer, say)
    hub.broken = 503
    assert await shelf.find("ann/tiny", local=False) == offer
    assert await shelf.fetch(offer, say) == fetched
    with pytest.raises(TryAgain, match="does not answer properly"):
        await shelf.find("ann/other", local=False)


async def test_after_a_download_that_was_cut_off_only_what_lacks_is_fetched(
    shelf: WeightsShelf, hub: FakeHub
) -> None:
    large = hub.models["ann/large"] = model()
    offer = await shelf.find("ann/large", local=False)
    hub.cut_after = 20
    with pytest.raises(TryAgain, match="does not answer properly"):
        await shelf.fetch(offer, say)
    assert not list(shelf.cache.glob("[!.]*"))
    before, hub.broken = len(large.asked), 0
    fetched = await shelf.fetch(offer, say)
    assert large.asked[before:] == ["model.safetensors from 0", "tokenizer.json from 0"]
    assert (fetched.folder / "model.safetensors").read_bytes() == safetensors()


async def test_weights_that_the_hubs_own_robot_has_converted_are_taken(
    shelf: WeightsShelf, hub: FakeHub
) -> None:
    old = Model({"config.json": CONFIG, "pytorch_model.bin": b"x"}, proposed=model())
    hub.models["ann/old"] = old
    fetched = await shelf.fetch(await shelf.find("ann/old", local=False), say)
    assert names(fetched.folder) == MODEL_FILES
    old.proposed_by = "somebody"
    with pytest.raises(PersonCanFix, match="has no weights as model"):
        await shelf.find("ann/old", local=False)


async def test_cancelling_ends_the_download_and_its_process(
    shelf: WeightsShelf, hub: FakeHub
) -> None:
    hub.models["ann/tiny"] = model()
    offer = await shelf.find("ann/tiny", local=False)
    hub.silent = True
    fetching = asyncio.ensure_future(shelf.fetch(offer, say))
    await asyncio.sleep(0.2)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    hub.silent = False
    assert (await shelf.fetch(offer, say)).folder.is_dir()


async def test_a_hub_that_keeps_silent_is_not_waited_for(tmp_path: Path, hub: FakeHub) -> None:
    hub.silent = True
    shelf = WeightsShelf(room(tmp_path), hub.url, find_seconds=0.2)
    with pytest.raises(TryAgain, match="did not answer in time"):
        await shelf.find("ann/tiny", local=False)


async def test_a_status_that_only_proxies_know_is_no_fault_of_ours(
    shelf: WeightsShelf, hub: FakeHub
) -> None:
    hub.broken = 520
    with pytest.raises(TryAgain, match="does not answer properly"):
        await shelf.find("ann/tiny", local=False)


async def test_without_a_network_it_is_said_at_once(tmp_path: Path) -> None:
    shelf = WeightsShelf(room(tmp_path), "http://127.0.0.1:9")
    with pytest.raises(TryAgain, match=r"127\.0\.0\.1:9 cannot be reached"):
        await shelf.find("ann/tiny", local=False)


def parted(*names: str) -> Model:
    """Weights in one part, with an index that names these files."""
    index = json.dumps({"weight_map": {f"layer{at}": name for at, name in enumerate(names)}})
    return Model(
        {
            "config.json": CONFIG,
            "model.safetensors.index.json": index.encode(),
            "model-1-of-1.safetensors": safetensors(),
            "tokenizer.json": b"{}",
        }
    )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (Model({"config.json": CONFIG, "pytorch_model.bin": b"x"}), r"There is: config\.json, pyt"),
        (Model({"adapter_model.safetensors": b"x"}), "has no config.json"),
        (Model({"config.json": CONFIG, "adapter_model.safetensors": b"x"}), "no weights as model"),
        (model(config__json=b'{"auto_map": {"AutoModel": "m.M"}}'), "program code of its author"),
        (model(config__json=b"no"), "config.json of ann/it cannot be read"),
        (parted("model-1-of-1.safetensors", "../other.bin"), "names parts that are not among"),
        (parted("tokenizer.json"), "names parts that are not among"),
        (Model({}, gated=True), "given only to those who agree to its terms at http"),
        (Model({}, private=True), "no model ann/it that everybody may read"),
    ],
)
async def test_what_may_not_be_used_is_refused_with_its_cause(
    shelf: WeightsShelf, hub: FakeHub, made: Model, told: str
) -> None:
    hub.models["ann/it"] = made
    assert told.replace("\\", "") in (await refused(shelf, "ann/it")).message


@pytest.mark.parametrize(
    "name", ["../x", "a b", "/etc", "a/b/c", "a--b/c", "x" * 97, "", "-x/y", "x/y."]
)
async def test_what_is_no_name_of_a_model_never_leaves_this_machine(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(PersonCanFix, match="is no model of the Hub"):
        await WeightsShelf(room(tmp_path), "http://127.0.0.1:9").find(name, local=False)


async def test_what_is_too_large_is_refused_before_it_comes(tmp_path: Path, hub: FakeHub) -> None:
    hub.models["ann/tiny"] = model()
    shelf = WeightsShelf(room(tmp_path), hub.url, most_bytes=100)
    assert "too large" in (await refused(shelf, "ann/tiny")).message


def _saved(folder: Path, made: Model) -> Path:
    folder.mkdir(parents=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(part_of(content, 0, len(content)))
    return folder


async def test_a_folder_is_copied_so_that_nobody_changes_it_later(
    shelf: WeightsShelf, tmp_path: Path
) -> None:
    mine = _saved(tmp_path / "mine", model(evil__bin=b"x"))
    offer = await shelf.find(str(mine), local=True)
    first = await shelf.fetch(offer, say)
    assert names(first.folder) == sorted(set(MODEL_FILES) - {"weights.json"})
    assert first.title == "local/mine"
    assert await shelf.fetch(offer, say) == first
    (mine / "tokenizer.json").write_bytes(b"[]")
    second = await shelf.fetch(await shelf.find(str(mine), local=True), say)
    assert second.revision != first.revision
    assert json.loads((first.folder / "tokenizer.json").read_bytes()) == {}


async def test_a_folder_of_the_machine_is_nothing_to_those_who_are_elsewhere(
    shelf: WeightsShelf, tmp_path: Path
) -> None:
    mine = _saved(tmp_path / "mine", model())
    with pytest.raises(PersonCanFix, match="is no model of the Hub"):
        await shelf.find(str(mine), local=False)


async def test_weights_in_parts_come_with_their_index(
    shelf: WeightsShelf, hub: FakeHub, tmp_path: Path
) -> None:
    whole = hub.models["ann/parts"] = parted("model-1-of-1.safetensors")
    fetched = await shelf.fetch(await shelf.find("ann/parts", local=False), say)
    assert {*whole.files} < {*names(fetched.folder)}
    mine = str(_saved(tmp_path / "mine", parted("tokenizer.json")))
    assert "not among its files" in (await refused_copy(shelf, mine)).message


async def refused_copy(shelf: WeightsShelf, folder: str) -> PersonCanFix:
    with pytest.raises(PersonCanFix) as error:
        await shelf.fetch(await shelf.find(folder, local=True), say)
    return error.value


def _linked(folder: Path) -> None:
    _saved(folder, model())
    (folder / "model.safetensors").rename(folder.with_name("elsewhere"))
    (folder / "model.safetensors").symlink_to(folder.with_name("elsewhere"))


def _piped(folder: Path) -> None:
    _saved(folder, model())
    (folder / "tokenizer.json").unlink()
    os.mkfifo(folder / "tokenizer.json")


def _nothing(folder: Path) -> None:
    del folder


@pytest.mark.parametrize(
    ("make", "told"),
    [(_linked, "is a link or no file"), (_piped, "is a link or no file"), (_nothing, "no folder")],
)
async def test_only_plain_files_of_a_folder_are_taken(
    shelf: WeightsShelf, tmp_path: Path, make: Callable[[Path], None], told: str
) -> None:
    make(tmp_path / "mine")
    error = await refused(shelf, str(tmp_path / "mine"), local=True)
    assert told in error.message
