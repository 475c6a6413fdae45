"""A job is begun out of an earlier one, from a shell: what has not changed is not done again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.chatting import messages
from tests.stories.shell import Shell, last_object
from tests.stories.test_sessions import WORDS


@pytest.fixture
def shell(tmp_path: Path, environments: Path) -> Iterator[Shell]:
    (tmp_path / "messages.csv").write_bytes(messages().content)
    shell = Shell(tmp_path, environments)
    yield shell
    shell.end()


def test_the_same_with_a_change_goes_on_from_where_it_matters(shell: Shell) -> None:
    run = shell.run("run", WORDS, "--data", "messages.csv", "--set", "seed=1", "--yes", "--json")
    first = last_object(run.stdout)
    (shell.folder / "messages.csv").unlink()

    forked = shell.run("fork", first["job"], "--set", "seed=2", "--json")
    again = shell.run("fork", first["job"], "--from", "monitor", "--json")
    wrong = shell.run("fork", first["job"], "--set", "seed=none", "--json")

    assert (forked.returncode, again.returncode) == (0, 0), forked.stderr + again.stderr
    changed, same = last_object(forked.stdout), last_object(again.stdout)
    assert len({first["job"], changed["job"], same["job"]}) == 3
    assert changed["locked"]["seed"] == 2
    assert same["metric"]["value"] == first["metric"]["value"]
    assert Path(changed["model"]["path"]) != Path(first["model"]["path"])
    log = shell.run("log", changed["job"]).stdout
    assert f"Forked from {first['job']}: hyperparameters.seed = 2" in log
    assert "intake_manager started" not in log
    assert last_object(shell.run("status", first["job"], "--json").stdout) == first
    assert wrong.returncode == 2
    assert "seed" in wrong.stderr
