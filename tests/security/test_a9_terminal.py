"""A9: what the program writes on a shared machine is its owner's alone."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.shell import Shell

LOOSE = 0o022
NOBODY = 65534


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    made = Shell(tmp_path, tmp_path / "environments", MLTRAINER_MASTER_KEYS="")
    before = os.umask(LOOSE)
    yield made
    os.umask(before)
    made.end()


def written(home: Path) -> list[Path]:
    """All that lies there, the home too."""
    return [home, *home.rglob("*")]


@pytest.mark.parametrize("made_before", [False, True])
def test_nobody_else_reads_what_is_written(shell: Shell, *, made_before: bool) -> None:
    if made_before:
        shell.home.mkdir(mode=0o755)
    assert shell.run("list").returncode == 0
    database = shell.home / "mltrainer.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    for path in written(shell.home):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.lstat().st_mode) & ~wanted == 0, path


def test_another_user_of_the_machine_is_kept_out(shell: Shell) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can try it as somebody else")
    assert shell.run("list").returncode == 0
    for folder in (shell.folder, *shell.folder.parents[:3]):
        if folder.stat().st_uid == os.geteuid() and folder.name.startswith(
            ("bt-", "test_", "pytest")
        ):
            folder.chmod(0o755)
    tried = subprocess.run(
        ["/bin/sh", "-c", 'ls "$1"; cat "$1/mltrainer.db"', "sh", str(shell.home)],
        cwd="/",
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode != 0
    assert tried.stdout == ""
    assert tried.stderr.count("Permission denied") == 2
