"""The contract of the vault, held by the real one and by the fake."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.vault import SqlVault
from adapters.vault.master_keys import choose_source
from pipeline.errors import Bug, MLTrainerError, PersonCanFix
from pipeline.ports.vault import Vault
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN
from tests.fakes.vault import MemoryVault

pytestmark = pytest.mark.anyio

VALUE = "k" * 30 + "1234"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture(params=["sqlite", "postgres", "memory"])
async def vault(
    request: pytest.FixtureRequest, clock: FakeClock, heard: list[str], tmp_path: Path
) -> AsyncIterator[Vault]:
    if request.param == "memory":
        yield MemoryVault(clock=clock, on_value=heard.append)
        return
    url = f"sqlite:///{tmp_path}/mltrainer.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    database = Database(url)
    await database.open()
    keys = choose_source(None, tmp_path, may_make=True)
    yield SqlVault(database=database, clock=clock, keys=keys, on_value=heard.append)
    await database.close()


async def test_a_value_comes_out_as_it_went_in(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", "ключ\n" + VALUE, tail="1234")

    assert await vault.reveal(ANN, ref, "download data") == "ключ\n" + VALUE


async def test_a_person_is_shown_the_tail_and_no_more(vault: Vault, clock: FakeClock) -> None:
    checked = clock.now()
    ref = await vault.put(ANN, "kaggle", VALUE, tail="1234", name="ann-at-work", checked_at=checked)

    (shown,) = await vault.held(ANN)

    assert (shown.kind, shown.ref, shown.tail) == ("kaggle", str(ref), "1234")
    assert (shown.name, shown.at, shown.checked_at) == ("ann-at-work", checked, checked)
    assert shown.expires_at is None
    assert VALUE not in repr(shown)


async def test_a_tail_is_at_most_four_characters(vault: Vault) -> None:
    await vault.put(ANN, "kaggle", VALUE, tail=VALUE)

    assert [one.tail for one in await vault.held(ANN)] == ["1234"]


async def test_everybody_has_their_own_and_sees_only_that(vault: Vault) -> None:
    ann = await vault.put(ANN, "kaggle", "of ann", tail="")
    ben = await vault.put(BEN, "kaggle", "of ben", tail="")

    assert await vault.reveal(ANN, ann, "test") == "of ann"
    assert await vault.reveal(BEN, ben, "test") == "of ben"
    assert [one.ref for one in await vault.held(ANN)] == [str(ann)]


async def test_nobody_but_the_owner_gets_a_value(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="1234")

    with pytest.raises(PersonCanFix, match="owner") as refused:
        await vault.reveal(BEN, ref, "train")

    assert "connect kaggle" in refused.value.hint


async def test_an_admin_is_not_the_owner_either(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="1234")

    with pytest.raises(PersonCanFix, match="owner"):
        await vault.reveal(BEN.model_copy(update={"admin": True}), ref, "train")


async def test_a_new_value_takes_the_place_of_the_old_under_a_new_name(vault: Vault) -> None:
    old = await vault.put(ANN, "kaggle", "old", tail="")
    new = await vault.put(ANN, "kaggle", "new", tail="")

    assert old != new
    assert await vault.find(ANN, "kaggle") == new
    assert await vault.reveal(ANN, new, "test") == "new"
    with pytest.raises(PersonCanFix, match="not stored here any more"):
        await vault.reveal(ANN, old, "test")


async def test_a_name_cannot_be_guessed_and_can_be_read_back(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")

    assert len(ref.id) >= 32
    assert SecretRef.parse(str(ref)) == ref


async def test_a_name_with_another_kind_opens_nothing(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")

    with pytest.raises(PersonCanFix, match="not stored here"):
        await vault.reveal(ANN, SecretRef("modal", ref.id), "test")


async def test_what_is_not_there_is_not_found(vault: Vault) -> None:
    await vault.put(ANN, "kaggle", VALUE, tail="")

    assert await vault.find(ANN, "modal") is None
    assert await vault.find(BEN, "kaggle") is None
    assert await vault.held(BEN) == ()


async def test_a_value_that_is_over_is_not_found_nor_given_out(
    vault: Vault, clock: FakeClock
) -> None:
    end = clock.now() + timedelta(hours=1)
    ref = await vault.put(ANN, "kaggle", VALUE, tail="", expires_at=end)
    assert await vault.find(ANN, "kaggle") == ref

    clock.advance(3600)

    assert await vault.find(ANN, "kaggle") is None
    assert [one.expires_at for one in await vault.held(ANN)] == [end]
    with pytest.raises(PersonCanFix, match="ended") as refused:
        await vault.reveal(ANN, ref, "test")
    assert "connect kaggle" in refused.value.hint


async def test_forgetting_a_kind_leaves_the_others(vault: Vault) -> None:
    kaggle = await vault.put(ANN, "kaggle", VALUE, tail="")
    modal = await vault.put(ANN, "modal", VALUE, tail="")

    assert await vault.forget(ANN, "kaggle") == 1
    assert await vault.forget(ANN, "kaggle") == 0
    assert await vault.reveal(ANN, modal, "test") == VALUE
    with pytest.raises(PersonCanFix, match="not stored here any more"):
        await vault.reveal(ANN, kaggle, "test")


async def test_forgetting_everything_leaves_other_people_alone(vault: Vault) -> None:
    await vault.put(ANN, "kaggle", VALUE, tail="")
    await vault.put(ANN, "modal", VALUE, tail="")
    ben = await vault.put(BEN, "kaggle", "of ben", tail="")

    assert await vault.forget(ANN) == 2
    assert await vault.held(ANN) == ()
    assert await vault.reveal(BEN, ben, "test") == "of ben"


async def test_somebody_forgotten_can_come_back(vault: Vault) -> None:
    await vault.put(ANN, "kaggle", "before", tail="")
    await vault.forget(ANN)

    ref = await vault.put(ANN, "kaggle", "after", tail="")

    assert await vault.reveal(ANN, ref, "test") == "after"


async def test_rotation_changes_each_persons_key_and_no_value(vault: Vault) -> None:
    refs = {who.key: await vault.put(who, "kaggle", who.key, tail="") for who in (ANN, BEN)}

    assert await vault.rotate() == 2

    for who in (ANN, BEN):
        assert await vault.reveal(who, refs[who.key], "test") == who.key


async def test_twenty_values_at_once_leave_one_of_each_kind(vault: Vault) -> None:
    refs = await asyncio.gather(*(vault.put(ANN, "kaggle", str(n), tail="") for n in range(20)))

    left = await vault.find(ANN, "kaggle")
    assert left in refs
    assert len(await vault.held(ANN)) == 1
    assert await vault.reveal(ANN, left, "test") == str(refs.index(left))
    assert await vault.verify() is None


async def test_each_value_that_passes_is_told_to_the_log_mask(
    vault: Vault, heard: list[str]
) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")
    assert heard == [VALUE]

    await vault.reveal(ANN, ref, "test")

    assert heard == [VALUE, VALUE]


async def test_a_kind_is_a_plain_word(vault: Vault) -> None:
    with pytest.raises(Bug):
        await vault.put(ANN, "Kaggle:1", VALUE, tail="")


async def test_no_error_shows_a_value(vault: Vault) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="1234")
    for who, name in ((BEN, ref), (ANN, SecretRef("kaggle", "0" * 32))):
        with pytest.raises(MLTrainerError) as refused:
            await vault.reveal(who, name, "test")
        assert VALUE not in f"{refused.value!r} {refused.value.hint} {refused.value.__cause__!r}"
