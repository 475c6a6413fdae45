"""S9: data or weights that change at their source are those that were found, or are not taken.

What a data set was is told by its folder's note and by the passport of the model.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.sources.huggingface import HubSource, fetching
from adapters.sources.huggingface.fitting import Part
from adapters.weights import hub as asked
from adapters.weights.shelf import WeightsShelf
from pipeline import model_card
from pipeline.errors import PersonCanFix, TryAgain
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub, Repo, dataset, model, safetensors
from tests.fakes.jobs import ANN
from tests.fakes.reported import reported_job
from tests.fakes.vault import MemoryVault
from tests.unit.weights.rooms import room

if TYPE_CHECKING:
    from huggingface_hub import HfApi

pytestmark = pytest.mark.anyio

GOOD = b"text,kind\nhello,ham\nwin,spam\n"
EVIL = b"text,kind\nhello,spam\nwin,ham\n"
WEIGHTS = safetensors()
POISON = WEIGHTS[:-1] + b"\x01"  # as large, and one bit another


@dataclass
class Swapped(Repo):
    """A repository that gives other files than it announces, of the same size."""

    announced: Repo = field(default_factory=lambda: Repo({}))

    def described(self, name: str, *, blobs: bool = True) -> dict[str, Any]:
        return self.announced.described(name, blobs=blobs)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


def saved(repo: Repo) -> str:
    """Make what a repository is now one of its states; returns its revision."""
    return repo.commit("a state", "ann")


def poison(repo: Repo) -> None:
    """Its owner, or who took the account over, saves something else under the same name."""
    for name in repo.files:
        if name.endswith(".csv"):
            repo.files[name] = EVIL
    saved(repo)


async def brought(hub: FakeHub, home: Path, location: str = "hf:ann/mails") -> Path:
    """Where a data set came to."""
    source = HubSource(MemoryVault(clock=FakeClock()), home / "home", hub.url)
    into = home / "data"
    into.mkdir(exist_ok=True)
    (folder,) = await source.fetch(location, into, ANN)
    return folder


def revision(folder: Path) -> str:
    """The state that a data set's note names."""
    return str(json.loads((folder / ".huggingface.json").read_text("utf-8"))["revision"])


def while_it_comes(
    monkeypatch: pytest.MonkeyPatch, repo: Repo, *, is_pinned: bool = True, breaks: bool = False
) -> None:
    """Let a data set change at its source before its last file is fetched."""
    real = fetching.fetched

    def fetched(api: "HfApi", name: str, state: str, part: Part, draft: Path) -> None:
        if part.name.startswith("train"):
            poison(repo)
            if breaks:
                monkeypatch.setattr(fetching, "fetched", real)
                raise TryAgain("The line broke.", "Again.")
        real(api, name, state if is_pinned else "main", part, draft)

    monkeypatch.setattr(fetching, "fetched", fetched)


@pytest.fixture
def mails(hub: FakeHub) -> Repo:
    repo = hub.datasets["ann/mails"] = dataset({"test.csv": GOOD, "train.csv": GOOD})
    saved(repo)
    return repo


async def test_data_that_changes_while_it_comes_is_what_it_was_when_it_was_found(
    hub: FakeHub, mails: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = mails.revision
    while_it_comes(monkeypatch, mails)
    folder = await brought(hub, tmp_path)
    assert mails.revision != found
    assert {path.read_bytes() for path in folder.glob("*.csv")} == {GOOD}
    assert revision(folder) == found


async def test_without_the_fixed_state_the_change_would_come(
    hub: FakeHub, mails: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_comes(monkeypatch, mails, is_pinned=False)
    folder = await brought(hub, tmp_path)
    assert EVIL in {path.read_bytes() for path in folder.glob("*.csv")}


async def test_what_goes_on_after_a_break_is_never_of_two_states(
    hub: FakeHub, mails: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_comes(monkeypatch, mails, breaks=True)
    with pytest.raises(TryAgain):
        await brought(hub, tmp_path)
    folder = await brought(hub, tmp_path)
    assert {path.read_bytes() for path in folder.glob("*.csv")} == {EVIL}
    assert revision(folder) == mails.revision


async def test_a_change_at_the_source_shows_in_the_note(
    hub: FakeHub, mails: Repo, tmp_path: Path
) -> None:
    before = revision(await brought(hub, tmp_path))
    poison(mails)
    assert revision(await brought(hub, tmp_path)) not in {"", before}
    again = await brought(hub, tmp_path, f"hf:ann/mails@{before}")
    assert revision(again) == before
    assert (again / "train.csv").read_bytes() == GOOD


async def test_a_state_that_was_taken_away_is_not_replaced_by_another(
    hub: FakeHub, mails: Repo, tmp_path: Path
) -> None:
    with pytest.raises(PersonCanFix):
        await brought(hub, tmp_path, f"hf:ann/mails@{'0' * 40}")
    assert [*(tmp_path / "data").iterdir()] == []
    assert mails.files


def test_the_passport_tells_one_state_of_data_and_weights_from_another(tmp_path: Path) -> None:
    context = reported_job(tmp_path)
    report, run = context.data_report, context.run
    assert report is not None
    assert run is not None
    assert run.metrics is not None
    other = context.evolve(data_report=report.model_copy(update={"sha256": "f" * 64}))
    told = [json.loads(model_card.passport(one, run.metrics)) for one in (context, other)]
    assert [one["data_sha256"] for one in told] == [report.sha256, "f" * 64]


async def silent(line: str) -> None:
    del line


async def test_weights_that_change_while_they_come_are_those_that_were_found(
    hub: FakeHub, tmp_path: Path
) -> None:
    repo = hub.models["ann/tiny"] = model("mit")
    saved(repo)
    shelf = WeightsShelf(room(tmp_path / "weights"), hub.url)
    offer = await shelf.find("ann/tiny", local=False)
    repo.files["model.safetensors"] = POISON
    saved(repo)

    fetched = await shelf.fetch(offer, silent)

    assert (fetched.folder / "model.safetensors").read_bytes() == WEIGHTS
    assert fetched.revision == offer.revision != repo.revision


async def test_weights_that_are_not_as_announced_are_not_kept(hub: FakeHub, tmp_path: Path) -> None:
    announced = model("mit")
    hub.models["ann/tiny"] = Swapped(
        {**announced.files, "model.safetensors": POISON}, "mit", announced=announced
    )
    shelf = WeightsShelf(room(tmp_path / "weights"), hub.url)
    offer = await shelf.find("ann/tiny", local=False)

    with pytest.raises(TryAgain, match="came damaged"):
        await shelf.fetch(offer, silent)

    assert [*shelf.cache.rglob("*.safetensors")] == []


async def test_without_the_comparison_they_would_be(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = model("mit")
    repo = hub.models["ann/tiny"] = Swapped(
        {**announced.files, "model.safetensors": POISON}, "mit", announced=announced
    )
    plan = {"name": "ann/tiny", "revision": repo.revision, "endpoint": hub.url}
    plan |= {"work": "fetch", "into": str(tmp_path / "into")}
    with pytest.raises(TryAgain, match="came damaged"):
        await asyncio.to_thread(asked._fetch, plan)
    monkeypatch.setattr(asked, "_check_whole", lambda *_: None)
    await asyncio.to_thread(asked._fetch, plan)
    assert (tmp_path / "into" / "model.safetensors").read_bytes() == POISON
