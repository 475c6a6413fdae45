"""The sandbox level is chosen by trying it, and never silently weakened."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sandbox import levels
from adapters.sandbox.levels import choose
from adapters.sandbox.view import python_homes
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.ports.runtime import SandboxLevel
from tests.unit.runtime.conftest import sandbox_or_skip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]


def _without(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == program else which(name))


def _without_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*, sockets: bool) -> bytes:
        raise OSError(f"seccomp is missing (sockets: {sockets})")

    monkeypatch.setattr(levels, "seccomp_program", refuse)


async def test_the_best_level_of_the_machine_is_taken() -> None:
    best = await sandbox_or_skip("full")

    assert (await choose()).level == best.level


async def test_without_bubblewrap_the_next_level_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    await sandbox_or_skip("partial")
    _without("bwrap", monkeypatch)

    assert (await choose()).level == "partial"


async def test_a_demanded_level_is_never_weakened(monkeypatch: pytest.MonkeyPatch) -> None:
    _without("bwrap", monkeypatch)

    with pytest.raises(PersonCanFix, match=r"'full' does not hold.*not installed") as caught:
        await choose("full")
    assert "apt-get install bubblewrap" in caught.value.hint


async def test_no_level_at_all_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    _without("bwrap", monkeypatch)
    _without_landlock(monkeypatch)

    with pytest.raises(PersonCanFix) as caught:
        await choose()
    assert "MLTRAINER_SANDBOX=limited" in caught.value.hint


async def test_the_weakest_level_comes_only_when_it_is_demanded() -> None:
    assert (await choose("limited")).level == "limited"


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the PATH with a bwrap that only runs what it is given."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)  # the sandbox's user must be able to start it
        program = Path(name, "bwrap")
        program.write_text('#!/bin/sh\nwhile [ "$1" != "--" ]; do shift; done\nshift\nexec "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", name, prepend=":")
        yield program


@pytest.mark.usefixtures("pretended")
async def test_a_sandbox_with_an_open_door_is_not_taken() -> None:
    await sandbox_or_skip("partial")  # without seccomp the level would fall for another reason

    with pytest.raises(PersonCanFix, match="a file outside can be read"):
        await choose("full")


async def test_an_unknown_level_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="Unknown sandbox level 'ful'") as caught:
        await choose("ful")  # type: ignore[arg-type]
    assert caught.value.options[0] == "full"


def test_a_python_needs_its_environment_and_its_base(tmp_path: Path) -> None:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /opt/python/bin\nversion = 3.11\n")
    python = tmp_path / "env" / "bin" / "python"
    python.symlink_to("/opt/python/bin/python3")

    assert python_homes(python)[:2] == (tmp_path / "env", Path("/opt/python"))


def test_a_python_at_the_root_does_not_show_the_machine() -> None:
    assert Path("/") not in python_homes(Path("/bin/python3"))


@pytest.mark.parametrize("level", ["full", "partial"])
async def test_a_bot_that_closes_its_files_to_others_still_runs_steps(level: SandboxLevel) -> None:
    await sandbox_or_skip(level)
    before = os.umask(0o077)
    try:
        assert (await choose(level)).level == level
    finally:
        os.umask(before)
