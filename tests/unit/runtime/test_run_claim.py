"""Who carries a run on this machine, when several could."""

from pathlib import Path

import pytest

from adapters.run_claim import RunClaim
from tests.unit.care.small_disk import small_disk


def test_a_run_that_another_carries_is_not_taken(tmp_path: Path) -> None:
    theirs, ours = RunClaim(tmp_path), RunClaim(tmp_path)

    assert theirs.take()
    assert not ours.take()
    assert theirs.holds()
    assert not ours.holds()


def test_who_fails_to_take_a_run_leaves_the_wish_for_its_end(tmp_path: Path) -> None:
    theirs = RunClaim(tmp_path)
    theirs.take()
    theirs.ask_for_end()

    RunClaim(tmp_path).take()

    assert theirs.is_end_wanted()


def test_a_run_that_was_let_go_of_is_taken_without_the_wish_for_its_end(tmp_path: Path) -> None:
    before, ours = RunClaim(tmp_path), RunClaim(tmp_path)
    before.take()
    before.ask_for_end()
    before.release()

    assert not ours.is_carried()
    assert ours.take()
    assert ours.is_carried()
    assert not ours.is_end_wanted()


def test_a_full_disk_leaves_nothing_claimed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        (disk.path / "run.lock").touch()
        disk.fill()
        claim = RunClaim(disk.path)

        with pytest.raises(OSError, match="No space left"):
            claim.take()
        disk.empty()

        assert RunClaim(disk.path).take()
