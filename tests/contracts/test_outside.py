"""The contract of services outside: keys that are good or not, data that comes, models that go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.host import Terms
from tests.contracts.outside import MAKERS, Outside
from tests.fakes.jobs import ANN, BEN

pytestmark = pytest.mark.anyio
EVERY = pytest.mark.parametrize("outside", sorted(MAKERS), indirect=True)
WITH_DATA = pytest.mark.parametrize("outside", ["huggingface", "kaggle"], indirect=True)
WITH_MODELS = pytest.mark.parametrize("outside", ["huggingface"], indirect=True)


@pytest.fixture
async def outside(
    request: pytest.FixtureRequest, anyio_backend: str, tmp_path: Path
) -> AsyncIterator[Outside]:
    assert anyio_backend == "asyncio"
    async with MAKERS[request.param](tmp_path) as made:
        yield made


@EVERY
async def test_good_values_are_taken_and_say_whose_they_are(outside: Outside) -> None:
    checked = await outside.account.check(outside.values)

    assert checked is not None
    assert checked.name


@EVERY
async def test_values_that_are_none_are_refused_with_the_cure_and_never_repeated(
    outside: Outside,
) -> None:
    good = outside.values[outside.secret]
    wrong = good[:-6] + ("0a0a0a" if not good.endswith("0a0a0a") else "1b1b1b")

    with pytest.raises(PersonCanFix) as refused:
        await outside.account.check({**outside.values, outside.secret: wrong})

    assert refused.value.field == outside.account.account.kind
    assert "https://" in refused.value.hint
    assert wrong not in repr((refused.value, refused.value.hint, refused.value.__cause__))


@WITH_DATA
@pytest.mark.parametrize("owner", [ANN, BEN], ids=["connected", "nobody"])
async def test_public_data_comes_to_whoever_asks(
    outside: Outside, owner: Actor, tmp_path: Path
) -> None:
    assert outside.source is not None
    assert outside.source.takes(outside.data)
    into = tmp_path / "data"
    into.mkdir()

    (path,) = await outside.source.fetch(outside.data, into, owner)

    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    assert sum(one.stat().st_size for one in files) > 0
    assert path.parent == into


@WITH_DATA
async def test_data_that_is_not_there_is_asked_about(outside: Outside, tmp_path: Path) -> None:
    assert outside.source is not None
    with pytest.raises(PersonCanFix, match="no-such-data-at-all-0") as asked:
        await outside.source.fetch(f"{outside.data}-no-such-data-at-all-0", tmp_path, ANN)

    assert asked.value.field == "data"
    assert asked.value.hint


@WITH_MODELS
async def test_a_model_comes_back_as_it_was_published_and_again_as_a_new_revision(
    outside: Outside, tmp_path: Path
) -> None:
    assert outside.host is not None
    folder = tmp_path / "model"
    (folder / "model").mkdir(parents=True)
    (folder / "README.md").write_text("---\ntags: [mltrainer]\n---\n# Sorting notes\n")
    (folder / "model" / "model.safetensors").write_bytes(bytes(range(256)) * 400)
    terms = Terms(name=outside.model, space=False)

    first = await outside.host.publish(folder, "j-4f0c2k9a", ANN, terms=terms)
    (folder / "predict.py").write_text("print(1)\n")
    second = await outside.host.publish(folder, "j-4f0c2k9a", ANN, terms=terms)
    fetched = await outside.host.fetch(second, tmp_path / "fetched", ANN)

    assert first.url == second.url
    assert first.revision != second.revision
    found = {path.relative_to(fetched).as_posix() for path in fetched.rglob("*") if path.is_file()}
    assert found == {"README.md", "predict.py", "model/model.safetensors"}
    weights = (folder / "model" / "model.safetensors").read_bytes()
    assert (fetched / "model" / "model.safetensors").read_bytes() == weights
