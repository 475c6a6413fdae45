"""A person stops a stage, goes back to an earlier one, and makes a talk short, from a shell."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.llm import FakeProviders, Hangs
from tests.stories.shell import LONGEST, Shell, last_object
from tests.stories.test_sessions import WORDS, read_until

SECONDS = 20  # of which most is the start of the program; the machine may be busy


@pytest.fixture
def shell(tmp_path: Path, environments: Path) -> Iterator[Shell]:
    wins = [f"claim,you won prize number {n} call now and claim cash {n * 7}" for n in range(600)]
    chat = [f"chat,see you at {n % 12} near the station my friend {n}" for n in range(900)]
    (tmp_path / "messages.csv").write_text("\n".join(["label,message", *wins, *chat, ""]), "utf-8")
    shell = Shell(tmp_path, environments)
    yield shell
    shell.end()


def test_a_training_is_stopped_undone_and_done_anew(shell: Shell) -> None:
    run = shell.start("run", WORDS, "--data", "messages.csv", "--yes", "--json")
    job = read_until(run, "job ").split()[-1]
    read_until(run, ">> codegen")
    began = time.monotonic()
    stopped = shell.run("interrupt", job, "--json")
    assert time.monotonic() - began < SECONDS
    found = last_object(stopped.stdout)
    assert (stopped.returncode, found["status"]) == (0, "waiting"), stopped.stderr
    assert found["question"]["field"] == "resume"
    assert "stopped the work in the stage monitor" in found["question"]["text"]
    out, _ = run.communicate(timeout=LONGEST)
    assert (run.returncode, last_object(out)["status"]) == (3, "waiting")
    assert not training_of(job)

    again = shell.run("interrupt", job)
    assert again.returncode != 0
    assert "the job is waiting" in again.stderr
    wrong = shell.run("undo", job, "dessert", "--json")
    assert "preprocessing" in wrong.stderr
    short = shell.run("compact", job, "--json")
    assert (short.returncode, last_object(short.stdout)["status"]) == (0, "waiting")
    assert "short already" in short.stderr

    undone = shell.run("undo", job, "preprocessing", "--json")
    assert undone.returncode == 0, undone.stderr
    assert last_object(undone.stdout)["proof"]["loaded"]
    log = shell.run("log", job).stdout
    assert "Resumed at preprocessing: everything from preprocessing on is done anew" in log
    assert log.count("  dataset started") == 1
    assert log.count("  preprocessing started") == 2


def test_a_call_of_a_model_is_stopped_and_the_talk_goes_on_by_words(
    tmp_path: Path, environments: Path, shell: Shell
) -> None:
    with FakeProviders() as llm:
        llm.anthropic.otherwise = lambda _: Hangs()
        asking = Shell(tmp_path, environments, **llm.settings, **llm.keys("anthropic"))
        run = asking.start("run", WORDS, "--data", "messages.csv", "--yes", "--json")
        job = read_until(run, "job ").split()[-1]
        assert " asks anthropic " in read_until(run, " asks anthropic ")
        began = time.monotonic()
        stopped = asking.run("interrupt", job, "--json")
        assert time.monotonic() - began < SECONDS
        assert last_object(stopped.stdout)["status"] == "waiting"
        run.communicate(timeout=LONGEST)
        asking.end()
    assert run.returncode == 3
    talk = shell.run(typed="R\nundo intake\nexit\n")
    assert "Previous session found." in talk.stdout
    assert talk.returncode == 0, talk.stdout
    assert last_object(shell.run("status", job, "--json").stdout)["status"] == "done"


def training_of(job: str) -> list[str]:
    """The commands of this job's scripts that still run."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = one.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if job in command and "train.py" in command:
            found.append(command)
    return found
