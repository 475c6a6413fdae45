"""Master keys: made once, closed to others, never shown; a wrong or lost one says so."""

import asyncio
import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.vault import SqlVault
from adapters.vault.master_keys import KeyFile, MasterKey, choose_source
from pipeline.errors import PersonCanFix
from tests.fakes.jobs import ANN, BEN
from tests.unit.vault.conftest import Change

pytestmark = pytest.mark.anyio

WithSetting = Callable[..., SqlVault]


def a_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


async def test_the_first_key_is_made_in_a_file_that_only_its_owner_reads(
    vault: SqlVault, tmp_path: Path
) -> None:
    await vault.check()

    made = tmp_path / "master.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    (line,) = made.read_text().splitlines()
    assert len(base64.urlsafe_b64decode(line)) == 32
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_of_two_that_make_the_first_key_both_use_the_same(tmp_path: Path) -> None:
    sources = [KeyFile(tmp_path / "master.key", may_make=True) for _ in range(2)]

    assert len({source.load(make=True).newest.id for source in sources}) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_a_file_that_others_can_read_is_refused(
    vault: SqlVault, tmp_path: Path, mode: int
) -> None:
    await vault.check()
    (tmp_path / "master.key").chmod(mode)

    with pytest.raises(PersonCanFix, match="can be read by other people") as refused:
        await vault.put(ANN, "kaggle", "value", tail="")

    assert f"chmod 600 {tmp_path / 'master.key'}" in refused.value.hint


async def test_a_server_makes_no_key_by_itself(tmp_path: Path) -> None:
    source = choose_source(None, tmp_path, may_make=False)

    with pytest.raises(PersonCanFix, match="MLTRAINER_MASTER_KEYS is not set") as refused:
        source.load(make=True)

    assert "openssl rand" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", ["x" * 44, "short", base64.b64encode(b"1" * 31).decode(), "ü" * 44])
def test_a_bad_key_is_named_by_its_place_and_not_shown(bad: str, tmp_path: Path) -> None:
    source = choose_source(f"{a_key()} {bad}", tmp_path, may_make=True)

    with pytest.raises(PersonCanFix, match="Key 2 in MLTRAINER_MASTER_KEYS is") as refused:
        source.load(make=False)

    assert bad not in f"{refused.value} {refused.value.hint} {refused.value.__cause__!r}"


def test_a_setting_of_separators_alone_holds_no_key(tmp_path: Path) -> None:
    with pytest.raises(PersonCanFix, match="holds no key"):
        choose_source(" , ", tmp_path, may_make=True).load(make=True)


def test_a_key_may_be_written_in_either_alphabet(tmp_path: Path) -> None:
    raw = bytes(range(224, 256))
    ways = [
        base64.b64encode(raw),
        base64.urlsafe_b64encode(raw),
        base64.b64encode(raw).rstrip(b"="),
    ]
    text = ",".join(way.decode() for way in ways)

    assert choose_source(text, tmp_path, may_make=True).load(make=False).keys == (MasterKey(raw),)


def test_a_key_is_not_in_its_repr() -> None:
    assert repr(MasterKey(b"k" * 32)) == "MasterKey()"


async def test_a_wrong_master_key_says_so(vault: SqlVault, with_setting: WithSetting) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")
    wrong = with_setting(a_key())

    for attempt in (
        wrong.reveal(ANN, ref, "test"),
        wrong.put(BEN, "kaggle", "value", tail=""),
        wrong.forget(ANN, "kaggle"),
        wrong.rotate(),
        wrong.check(),
    ):
        with pytest.raises(PersonCanFix, match="MLTRAINER_MASTER_KEYS does not hold") as refused:
            await attempt
        assert "secrets forget --all" in refused.value.hint
    assert await vault.reveal(ANN, ref, "test") == "value"


async def test_a_wrong_key_file_says_so(vault: SqlVault, tmp_path: Path) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")
    (tmp_path / "master.key").write_text(a_key())

    with pytest.raises(PersonCanFix, match=f"{tmp_path / 'master.key'} does not hold"):
        await vault.reveal(ANN, ref, "test")


async def test_a_lost_key_file_is_not_made_anew(vault: SqlVault, tmp_path: Path) -> None:
    await vault.put(ANN, "kaggle", "value", tail="")
    (tmp_path / "master.key").unlink()

    with pytest.raises(PersonCanFix, match=r"master key is gone.*master\.key") as refused:
        await vault.put(ANN, "modal", "value", tail="")

    assert "backup" in refused.value.hint
    assert not (tmp_path / "master.key").exists()


async def test_with_the_key_lost_everything_can_be_forgotten_to_begin_anew(
    vault: SqlVault, tmp_path: Path, change: Change
) -> None:
    await vault.put(ANN, "kaggle", "value", tail="")
    (tmp_path / "master.key").unlink()

    assert await vault.forget(ANN) == 1

    ref = await vault.put(ANN, "kaggle", "again", tail="")
    assert await vault.reveal(ANN, ref, "test") == "again"
    assert await vault.verify() is None
    begun = "SELECT purpose FROM audit WHERE action = 'begin' ORDER BY number"
    assert change(begun) == [("the vault is new",), ("the master key was lost",)]


async def test_with_the_key_lost_nobody_takes_other_peoples_secrets_along(
    vault: SqlVault, with_setting: WithSetting
) -> None:
    await vault.put(ANN, "kaggle", "value", tail="")
    ben = await vault.put(BEN, "kaggle", "of ben", tail="")

    with pytest.raises(PersonCanFix, match="does not hold"):
        await with_setting(a_key()).forget(ANN)

    assert len(await vault.held(ANN)) == 1
    assert await vault.reveal(BEN, ben, "test") == "of ben"


async def test_rotating_a_file_puts_a_new_key_above_the_older_ones(
    vault: SqlVault, tmp_path: Path
) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")
    (old,) = (tmp_path / "master.key").read_text().splitlines()

    assert await vault.rotate() == 1

    new, kept = (tmp_path / "master.key").read_text().splitlines()
    assert (kept, new != old) == (old, True)
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    assert await vault.spare() == (f"key 2 ({MasterKey(base64.urlsafe_b64decode(old)).id})",)
    (tmp_path / "master.key").write_text(new)
    assert await vault.reveal(ANN, ref, "test") == "value"


async def test_rotating_the_setting_tells_which_key_may_go(with_setting: WithSetting) -> None:
    old, new = a_key(), a_key()
    ref = await with_setting(old).put(ANN, "kaggle", "value", tail="")
    both = with_setting(new, old)
    assert [one.split()[1] for one in await both.spare()] == ["1"]

    assert await both.rotate() == 1

    assert [one.split()[1] for one in await both.spare()] == ["2"]
    assert await with_setting(new).reveal(ANN, ref, "test") == "value"
    with pytest.raises(PersonCanFix, match="does not hold"):
        await with_setting(old).reveal(ANN, ref, "test")


async def test_rotations_at_once_lose_no_key(vault: SqlVault, tmp_path: Path) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")

    await asyncio.gather(*(vault.rotate() for _ in range(5)))

    assert len((tmp_path / "master.key").read_text().splitlines()) == 6
    assert await vault.reveal(ANN, ref, "test") == "value"
    assert await vault.verify() is None
