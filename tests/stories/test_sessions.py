"""A person at a shell: words and a file become a proven model, whatever comes between."""

import csv
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.shell import LONGEST, Shell, last_object

WORDS = "tell claims from chat"


@pytest.fixture
def shell(tmp_path: Path, environments: Path) -> Iterator[Shell]:
    wins = [f"claim,you won prize number {n} call now and claim cash {n * 7}" for n in range(60)]
    chat = [f"chat,see you at {n % 12} near the station my friend {n}" for n in range(90)]
    text = "\n".join(["label,message", *wins, *chat])
    (tmp_path / "messages.csv").write_text(text + "\n", "utf-8")
    shell = Shell(tmp_path, environments)
    yield shell
    shell.end()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Lines of stderr up to the one with these words."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_words_and_a_file_become_a_model_that_predicts(shell: Shell) -> None:
    done = shell.run("run", WORDS, "--data", "messages.csv", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    job = done.stderr.splitlines()[0].removeprefix("job ")
    found = last_object(done.stdout)
    assert len(done.stdout.splitlines()) == 1
    assert (found["job"], found["status"]) == (job, "done")
    assert found["columns"] == {"text": "message", "target": "label"}
    assert found["proof"] == {"loaded": True, "rows": found["rows"]["test"]}
    assert {stage["status"] for stage in found["stages"]} == {"done"}

    texts = ("--text", "you won a prize, claim cash now", "--text", "see you at the station")
    predicted = shell.run("predict", job, *texts)
    rows = list(csv.DictReader(predicted.stdout.splitlines()))
    assert [row["prediction"] for row in rows] == ["claim", "chat"]

    (shell.folder / "new.csv").write_text("message\nsee you at 7\n", "utf-8")
    asked = ("--input", "new.csv", "--output", "answers.csv", "--json")
    written = shell.run("predict", job, *asked)
    assert last_object(written.stdout)["rows"] == 1
    assert "chat" in (shell.folder / "answers.csv").read_text("utf-8")

    shown = shell.run("status", job)
    assert ">> deploy               ✓" in shown.stdout
    assert "Verdict" in shown.stdout


def test_a_talk_asks_for_what_is_missing_and_ends_with_the_model_and_the_same_again(
    shell: Shell,
) -> None:
    talk = shell.run(typed=f"{WORDS}\nmessages.csv\nsame with seed=7\nexit\n")
    assert talk.returncode == 0, talk.stderr
    asked = talk.stdout.index("To begin I need to know")
    assert talk.stdout.index("Metric") > asked
    assert "\x1b" not in talk.stdout
    assert "You: messages.csv" in talk.stdout
    assert "Forked from j-" in talk.stdout
    assert talk.stdout.count("Verdict") == 2


def test_an_open_job_is_offered_again_in_the_next_talk(shell: Shell) -> None:
    waiting = shell.run("run", WORDS, "--json")
    assert waiting.returncode == 3
    question = last_object(waiting.stdout)["question"]
    assert question["field"] == "data"
    talk = shell.run(typed="R\ncancel\n")
    assert "Previous session found. [R] Resume  [N] New session" in talk.stdout
    assert question["text"] in talk.stdout
    job = last_object(waiting.stdout)["job"]
    assert last_object(shell.run("status", job, "--json").stdout)["status"] == "cancelled"
    again = shell.run("resume", job, "--json")
    assert again.returncode == 130
    assert "stays so" in again.stderr


def test_ctrl_c_leaves_a_job_that_two_resumes_finish_once(shell: Shell) -> None:
    run = shell.start("run", WORDS, "--data", "messages.csv", "--yes", "--json")
    job = read_until(run, "job ").split()[-1]
    read_until(run, ">> preprocessing")
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert f"mltrainer resume {job}" in err
    assert "Traceback" not in err
    assert (found := last_object(out))["status"] == "waiting"
    assert found["question"]["field"] == "resume"
    assert "interrupted" in shell.run("list").stdout

    first, second = (shell.start("resume", job, "--json") for _ in range(2))
    ended = [process.communicate(timeout=LONGEST) for process in (first, second)]
    assert [last_object(out)["status"] for out, _ in ended] == ["done", "done"]
    assert sum("in the hands of process" in err for _, err in ended) == 1
    events = [line.split(maxsplit=1)[1] for line in shell.run("log", job).stdout.splitlines()]
    assert sum(event.startswith("preprocessing started") for event in events) == 1
    assert sum(event.startswith("The job ended done") for event in events) == 1


def test_the_process_that_holds_the_home_does_what_others_wish(shell: Shell) -> None:
    holder = shell.start("run", WORDS, "--data", "messages.csv", "--yes", "--json")
    job = read_until(holder, "job ").split()[-1]
    read_until(holder, ">> intake_manager")
    asked = shell.run("run", "sort my mails", "--json")
    assert asked.returncode == 3
    assert f"in the hands of process {holder.pid}" in asked.stderr
    assert last_object(asked.stdout)["question"]["field"] == "data"
    cancelled = shell.run("cancel", job, "--json")
    assert (cancelled.returncode, last_object(cancelled.stdout)["status"]) == (0, "cancelled")
    out, _ = holder.communicate(timeout=30)
    assert (holder.returncode, last_object(out)["status"]) == (130, "cancelled")
