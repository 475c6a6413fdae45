"""A folder of this machine as the host of models."""

from pathlib import Path

import pytest

from adapters.hosts.folder import adapter
from pipeline.errors import Bug, PersonCanFix
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "job" / "model"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "trees.txt").write_text("one")
    (folder / "README.md").write_text("card")
    (folder / "README.md").chmod(0o644)
    return folder


async def test_a_model_is_published_for_the_owner_alone(tmp_path: Path, model: Path) -> None:
    published = await adapter(models=tmp_path / "models").publish(model, "j-1", ANN)

    assert published.path == tmp_path / "models" / "j-1"
    assert (published.path / "model" / "trees.txt").read_text() == "one"
    assert {path.stat().st_mode & 0o077 for path in published.path.rglob("*")} == {0}


async def test_the_same_job_replaces_its_own_version(tmp_path: Path, model: Path) -> None:
    host = adapter(models=tmp_path / "models")
    await host.publish(model, "j-1", ANN)
    (model / "model" / "trees.txt").unlink()
    (model / "model" / "forest.txt").write_text("two")

    published = await host.publish(model, "j-1", ANN)

    assert published.path is not None
    assert [path.name for path in (published.path / "model").iterdir()] == ["forest.txt"]
    assert [path.name for path in published.path.parent.iterdir()] == ["j-1"]


async def test_what_an_interruption_left_is_cleared(tmp_path: Path, model: Path) -> None:
    (tmp_path / "models" / ".j-1-abc" / "new").mkdir(parents=True)

    await adapter(models=tmp_path / "models").publish(model, "j-1", ANN)

    assert [path.name for path in (tmp_path / "models").iterdir()] == ["j-1"]


async def test_what_was_published_is_brought_back(tmp_path: Path, model: Path) -> None:
    host = adapter(models=tmp_path / "models")
    published = await host.publish(model, "j-1", ANN)

    back = await host.fetch(published, tmp_path / "scratch" / "published", ANN)

    assert (back / "README.md").read_text() == "card"


async def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, model: Path) -> None:
    (tmp_path / "models").write_text("a file")

    with pytest.raises(PersonCanFix, match="could not be copied") as caught:
        await adapter(models=tmp_path / "models").publish(model, "j-1", ANN)
    assert "writable" in caught.value.hint


async def test_a_full_disk_says_so_and_keeps_the_earlier_version(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = adapter(models=tmp_path / "models")
    published = await host.publish(model, "j-1", ANN)

    def full(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(PersonCanFix, match="disk is full"):
        await host.publish(model, "j-1", ANN)
    assert published.path is not None
    assert (published.path / "README.md").read_text() == "card"


async def test_a_name_stays_below_the_host(tmp_path: Path, model: Path) -> None:
    with pytest.raises(Bug):
        await adapter(models=tmp_path / "models").publish(model, "../j-1", ANN)
