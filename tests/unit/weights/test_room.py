"""What makes way for a new model, and what never does."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from adapters.weights.shelf import WeightsShelf, adapter
from pipeline.artifacts import Architecture
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.folders import JobFolder
from pipeline.jobs import JobStatus
from pipeline.ports.weights import Fetched, Offer
from pipeline.training import rehearsal_step
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub, model, safetensors
from tests.fakes.jobs import new_job
from tests.unit.weights.rooms import room

pytestmark = pytest.mark.anyio
ROOM_FOR_TWO = 2_500
SIZE = 1_000  # bytes of a model, about


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    names = ("ann/one", "ann/two", "ann/three", "ann/four")
    files = {"model__safetensors": safetensors(SIZE)}
    with FakeHub({name: model(name, **files) for name in names}) as hub:
        yield hub


def shelf(hub: FakeHub, tmp_path: Path, *needed: str) -> WeightsShelf:
    return WeightsShelf(room(tmp_path, ROOM_FOR_TWO, needed), hub.url)


async def say(line: str) -> None:
    del line


async def fetched(shelf: WeightsShelf, name: str, *, hours_ago: int = 0) -> Fetched:
    """A model, taken for the last time so many hours ago."""
    got = await shelf.fetch(await shelf.find(name, local=False), say)
    then = got.folder.stat().st_mtime - hours_ago * 3600
    os.utime(got.folder, (then, then))
    return got


def kept(shelf: WeightsShelf) -> set[str]:
    return {path.name.partition("@")[0] for path in shelf.cache.glob("[!.]*")}


async def test_the_least_recently_taken_makes_way(hub: FakeHub, tmp_path: Path) -> None:
    here = shelf(hub, tmp_path)
    await fetched(here, "ann/one", hours_ago=9)
    await fetched(here, "ann/two", hours_ago=5)
    await fetched(here, "ann/one", hours_ago=3)
    assert kept(here) == {"ann--one", "ann--two"}
    await fetched(here, "ann/three")
    assert kept(here) == {"ann--one", "ann--three"}
    assert not list(here.cache.glob(".*.gone"))


async def test_what_a_job_needs_stays(hub: FakeHub, tmp_path: Path) -> None:
    here = shelf(hub, tmp_path, "ann--one")
    await fetched(here, "ann/one", hours_ago=9)
    await fetched(here, "ann/two", hours_ago=5)
    await fetched(here, "ann/three")
    assert kept(here) == {"ann--one", "ann--three"}


async def test_what_finds_no_room_is_refused_and_nothing_goes_for_it(
    hub: FakeHub, tmp_path: Path
) -> None:
    here = shelf(hub, tmp_path, "ann--one")
    await fetched(here, "ann/one", hours_ago=9)
    await fetched(here, "ann/two", hours_ago=5)
    hub.models["ann/large"] = model(model__safetensors=safetensors(2 * SIZE))
    with pytest.raises(
        PersonCanFix, match=r"ann/large needs .* and those that jobs need stay"
    ) as no:
        await fetched(here, "ann/large")
    assert "MLTRAINER_WEIGHTS_GB" in no.value.hint
    assert no.value.field == "architecture.backbone"
    assert kept(here) == {"ann--one", "ann--two"}


async def test_what_was_taken_just_now_stays_until_its_job_is_saved(
    hub: FakeHub, tmp_path: Path
) -> None:
    here = shelf(hub, tmp_path)
    await fetched(here, "ann/one")
    await fetched(here, "ann/two")
    with pytest.raises(PersonCanFix, match="can be freed for it"):
        await fetched(here, "ann/three")


async def test_what_was_cut_off_makes_way(hub: FakeHub, tmp_path: Path) -> None:
    here = shelf(hub, tmp_path, "ann--one")
    await fetched(here, "ann/one")
    hub.cut_after = 500
    with pytest.raises(TryAgain):
        await fetched(here, "ann/two")
    hub.broken = 0
    (next(here.cache.glob(".*.draft")) / "rest").write_bytes(bytes(SIZE))
    await fetched(here, "ann/three")
    assert kept(here) == {"ann--one", "ann--three"}
    assert not list(here.cache.glob(".*.draft"))


async def test_two_that_come_at_once_do_not_take_the_same_room(tmp_path: Path) -> None:
    here = room(tmp_path, ROOM_FOR_TWO)
    offers = [Offer(f"ann/{at}", f"ann/{at}", "a1", "", SIZE) for at in range(3)]
    drafts = [tmp_path / f".{at}.draft" for at in range(3)]
    async with here.taken(offers[0], drafts[0]), here.taken(offers[1], drafts[1]):
        with pytest.raises(PersonCanFix, match="can be freed for it"):
            async with here.taken(offers[2], drafts[2]):
                pass
    async with here.taken(offers[2], drafts[2]):
        assert not list(tmp_path.iterdir())


async def test_a_download_that_goes_on_needs_room_for_the_rest_alone(tmp_path: Path) -> None:
    here, draft = room(tmp_path, ROOM_FOR_TWO), tmp_path / ".it.draft"
    draft.mkdir()
    (draft / "part").write_bytes(bytes(SIZE))
    async with here.taken(Offer("ann/it", "ann/it", "a1", "", ROOM_FOR_TWO), draft):
        assert (draft / "part").is_file()


@pytest.mark.parametrize(
    ("status", "days", "stays"),
    [
        (JobStatus.RUNNABLE, 30, True),
        (JobStatus.WAITING, 6, True),
        (JobStatus.WAITING, 8, False),
        (JobStatus.FAILED, 6, True),
        (JobStatus.FAILED, 8, False),
        (JobStatus.DONE, 0, False),
        (JobStatus.CANCELLED, 0, False),
    ],
)
async def test_a_job_needs_its_model_as_long_as_it_may_go_on(
    tmp_path: Path, status: JobStatus, days: int, *, stays: bool
) -> None:
    clock, database = FakeClock(), Database(f"sqlite:///{tmp_path}/jobs.db")
    await database.open()
    store = SqlStore(database=database, clock=clock)
    chosen = Architecture(
        backbone="it", why="", requirements=(), weights=f"{tmp_path}/ann--it@0123456789ab"
    )
    row = await store.create(new_job(clock), [])
    await store.save(row, row.context.evolve(architecture=chosen), status=status)
    clock.advance(days * 86_400)
    needed = adapter(
        home=tmp_path, hf_endpoint="x", weights_gb=1, database=database, clock=clock
    ).room.needed
    assert await needed("ann--it@0123456789ab") is stays
    assert not await needed("ann--i_@0123456789ab")
    await database.close()


def test_a_job_whose_model_made_way_is_told_how_it_comes_back(tmp_path: Path) -> None:
    gone = Architecture(backbone="it", why="", requirements=(), weights=str(tmp_path / "gone"))
    job = new_job(FakeClock()).evolve(architecture=gone)
    with pytest.raises(PersonCanFix, match="made way for others") as told:
        rehearsal_step(job, JobFolder(tmp_path), tmp_path)
    assert "undo architecture" in told.value.hint
