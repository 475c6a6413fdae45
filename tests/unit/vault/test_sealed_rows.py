"""What is stored opens in its own row alone, and lies nowhere in the clear."""

import json
from pathlib import Path

import pytest

from adapters.vault import SqlVault, _keep, page
from adapters.vault.sealing import DoesNotOpen, new_key, seal, unseal
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.secrets import SecretRef
from tests.fakes.jobs import ANN, BEN
from tests.unit.vault.conftest import Change

pytestmark = pytest.mark.anyio

VALUE = "planted-" + "v" * 24
MOVE = "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE id = ?) WHERE id = ?"


async def does_not_open(vault: SqlVault, who: Actor, ref: SecretRef) -> None:
    with pytest.raises(PersonCanFix, match="does not open") as refused:
        await vault.reveal(who, ref, "test")
    assert "InvalidTag" not in str(refused.value)
    assert refused.value.hint


async def test_a_ciphertext_in_another_owners_row_does_not_open(
    vault: SqlVault, change: Change
) -> None:
    ann = await vault.put(ANN, "kaggle", VALUE, tail="")
    ben = await vault.put(BEN, "kaggle", "of ben", tail="")

    change(MOVE, ann.id, ben.id)

    await does_not_open(vault, BEN, ben)


async def test_a_ciphertext_under_another_name_or_kind_does_not_open(
    vault: SqlVault, change: Change
) -> None:
    kaggle = await vault.put(ANN, "kaggle", VALUE, tail="")
    modal = await vault.put(ANN, "modal", "other", tail="")

    change(MOVE, kaggle.id, modal.id)
    await does_not_open(vault, ANN, modal)

    change("UPDATE secrets SET kind = 'groq' WHERE id = ?", kaggle.id)
    await does_not_open(vault, ANN, SecretRef("groq", kaggle.id))


async def test_a_row_given_to_another_owner_does_not_open(vault: SqlVault, change: Change) -> None:
    ann = await vault.put(ANN, "kaggle", VALUE, tail="")
    await vault.put(BEN, "modal", "of ben", tail="")

    change("UPDATE secrets SET owner = ? WHERE id = ?", BEN.key, ann.id)

    await does_not_open(vault, BEN, ann)


async def test_a_persons_key_in_another_persons_row_does_not_open(
    vault: SqlVault, change: Change
) -> None:
    await vault.put(ANN, "kaggle", VALUE, tail="")
    ben = await vault.put(BEN, "kaggle", "of ben", tail="")
    take = "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE owner = ?)"

    change(f"{take} WHERE owner = ?", ANN.key, BEN.key)

    await does_not_open(vault, BEN, ben)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
async def test_a_ciphertext_cut_short_does_not_open(
    vault: SqlVault, change: Change, length: int
) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")

    change("UPDATE secrets SET sealed = substr(sealed, 1, ?)", length)

    await does_not_open(vault, ANN, ref)


async def test_what_does_not_open_is_written_down(vault: SqlVault, change: Change) -> None:
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")
    change("UPDATE secrets SET sealed = x'00'")

    await does_not_open(vault, ANN, ref)

    assert change("SELECT action FROM audit ORDER BY number")[-1] == ("damaged",)


async def test_no_value_lies_in_a_file_in_the_clear(vault: SqlVault, tmp_path: Path) -> None:
    ref = await vault.put(ANN, "kaggle", json.dumps({"key": VALUE}), tail=VALUE[-4:])
    await vault.reveal(ANN, ref, "download data")
    with pytest.raises(PersonCanFix):
        await vault.reveal(BEN, ref, "download data")
    await vault.put(ANN, "kaggle", VALUE, tail=VALUE[-4:])

    files = [path for path in tmp_path.iterdir() if path.is_file()]

    assert {"mltrainer.db", "mltrainer.db-wal", "master.key"} <= {path.name for path in files}
    for path in files:
        raw = path.read_bytes()
        assert VALUE.encode() not in raw, path.name
        assert VALUE.encode("utf-16-le") not in raw, path.name


async def test_a_forgotten_persons_ciphertext_can_never_open_again(
    vault: SqlVault, change: Change
) -> None:
    """A row brought back from a backup finds no key, not even when its owner comes back."""
    ref = await vault.put(ANN, "kaggle", VALUE, tail="")
    change("CREATE TABLE backup AS SELECT * FROM secrets")

    await vault.forget(ANN)
    assert change("SELECT owner FROM data_keys") == [("audit",)]
    assert change("SELECT * FROM secrets") == []

    await vault.put(ANN, "modal", "new", tail="")
    change("INSERT INTO secrets SELECT * FROM backup")
    await does_not_open(vault, ANN, ref)


async def test_two_thousand_secrets_outlive_a_rotation(
    vault: SqlVault, change: Change, tmp_path: Path
) -> None:
    people = [Actor(platform="terminal", space="local", id=f"p{n}") for n in range(2000)]
    refs = {}
    await vault.check()
    async with vault._page() as one:
        for who in people:
            refs[who.key] = await _keep(
                one, who, "kaggle", f"of {who.id}", {"tail": "", "name": ""}
            )
    sealed = change("SELECT id, sealed FROM secrets ORDER BY id")

    assert await vault.rotate() == 2000

    newest = (tmp_path / "master.key").read_text().splitlines()[0]
    (tmp_path / "master.key").write_text(newest)
    assert change("SELECT id, sealed FROM secrets ORDER BY id") == sealed
    async with vault._page() as one:
        for who in people:
            assert await page.open_secret(one, who, refs[who.key]) == f"of {who.id}"


def test_the_same_value_is_never_sealed_alike() -> None:
    key = new_key()

    assert len({seal(key, b"value", "a") for _ in range(100)}) == 100
    assert unseal(key, seal(key, b"value", "a", "b"), "a", "b") == b"value"


def test_what_a_value_is_bound_to_is_not_read_across_its_parts() -> None:
    key = new_key()
    with pytest.raises(DoesNotOpen):
        unseal(key, seal(key, b"value", "a", "bc"), "ab", "c")
