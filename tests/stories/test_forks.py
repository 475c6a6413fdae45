"""A job is begun out of an earlier one, from a shell: with changes, or with new data."""

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
    assert 2 in changed["locked"].values()
    assert same["metric"]["value"] == first["metric"]["value"]
    assert Path(changed["model"]["path"]) != Path(first["model"]["path"])
    log = shell.run("log", changed["job"]).stdout
    assert f"Forked from {first['job']}: hyperparameters.seed = 2" in log
    assert "intake_manager started" not in log
    assert last_object(shell.run("status", first["job"], "--json").stdout) == first
    assert wrong.returncode == 2
    assert "seed" in wrong.stderr


def test_a_better_model_takes_the_place_of_the_earlier_one_and_an_equal_one_does_not(
    shell: Shell,
) -> None:
    mixed, clear = shell.folder / "mixed.csv", shell.folder / "messages.csv"
    header, *rows = clear.read_text("utf-8").splitlines()
    swapped = [row.replace("claim,", "chat,", 1) if n % 3 else row for n, row in enumerate(rows)]
    mixed.write_text("\n".join([header, *swapped, ""]), "utf-8")
    run = shell.run("run", WORDS, "--data", "mixed.csv", "--yes", "--json")
    first = last_object(run.stdout)
    assert first["status"] == "done", run.stderr

    better = shell.run("retrain", first["job"], "--data", "messages.csv", "--json")
    found = last_object(better.stdout)
    equal = shell.run("retrain", first["job"], "--data", "messages.csv", "--json")

    assert (better.returncode, equal.returncode) == (0, 0), better.stderr + equal.stderr
    assert "The new model is better" in better.stderr
    assert found["columns"] == first["columns"]
    assert found["model"]["path"] == first["model"]["path"]
    told = shell.run("predict", first["job"], "--text", "claim cash now you won a prize call")
    assert "claim" in told.stdout
    assert "The earlier one stays" in equal.stderr
    assert "never.csv" in shell.run("retrain", first["job"], "--data", "never.csv").stderr
