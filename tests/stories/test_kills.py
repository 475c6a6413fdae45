"""A job survives anything: killed inside and at the edge of every stage, frozen, overtaken."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.jobs import Stage

ROOT = Path(__file__).parents[2]
POINTS = ("inside", "before_save", "after_save")
TRAINING_SECONDS = 240


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Made-up messages of two clearly different kinds."""
    path = tmp_path / "messages.csv"
    wins = [f"claim,you won prize number {n} call now and claim cash {n * 7}" for n in range(60)]
    chat = [f"chat,see you at {n % 12} near the station my friend {n}" for n in range(90)]
    path.write_text("\n".join(["label,message", *wins, *chat]) + "\n", "utf-8")
    return path


@pytest.fixture
def environ(tmp_path: Path, environments: Path) -> dict[str, str]:
    """A home of its own; the training environments are shared by all tests."""
    return {
        **os.environ,
        "MLTRAINER_HOME": str(tmp_path / "home"),
        "MLTRAINER_ENV_CACHE": str(environments),
        "MLTRAINER_RETRY_SCALE": "0.01",
        "PYTHONPATH": str(ROOT),
    }


def recorded(home: Path) -> list[tuple[int, dict[str, Any]]]:
    """Events of the only job, by number."""
    path = home / "mltrainer.db"
    if not path.exists():
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        try:
            rows = connection.execute("select number, body from events order by number").fetchall()
        except sqlite3.OperationalError:
            return []
    return [(number, json.loads(body)) for number, body in rows]


def stages(events: list[tuple[int, dict[str, Any]]], kind: str) -> list[str]:
    return [event["stage"] for _, event in events if event["kind"] == kind]


def last_object(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text.strip().splitlines()[-1])
    return document


def test_a_job_killed_at_every_boundary_and_inside_every_stage_still_ends_done_once(
    tmp_path: Path, data: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["MLTRAINER_HOME"])
    arguments = ["run", "sort these messages: claim or chat", "--data", str(data)]
    options = ["--yes", "--json", "--budget-minutes", "0.1"]
    seen: list[tuple[int, dict[str, Any]]] = []
    job = ""
    for stage in Stage:
        for point in POINTS:
            mark = tmp_path / f"{stage.value}-{point}"
            command = ["resume", job, "--json"] if job else [*arguments, *options]
            dying = subprocess.run(
                [sys.executable, "-m", "tests.stories.dying", point, stage, mark, "--", *command],
                env=environ,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=TRAINING_SECONDS,
                check=False,
            )
            assert dying.returncode == -signal.SIGKILL, dying.stderr[-2000:]
            now = recorded(home)
            assert now[: len(seen)] == seen
            seen = now
            job = job or next(iter((home / "jobs").iterdir())).name
    last = subprocess.run(
        [sys.executable, "-m", "bot", "resume", job, "--json"],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TRAINING_SECONDS,
        check=False,
    )
    events = recorded(home)
    assert last.returncode == 0, last.stderr[-2000:]
    assert last_object(last.stdout)["status"] == "done"
    assert [number for number, _ in events] == list(range(1, len(events) + 1))
    assert stages(events, "stage_end") == list(Stage)
    ended: set[str] = set()
    for _, event in events:
        if event["kind"] == "stage_end":
            ended.add(event["stage"])
        if event["kind"] == "stage_start":
            assert event["stage"] not in ended, "a finished stage ran again"
    assert len(stages(events, "stage_start")) == len(Stage) * 3


def test_a_worker_frozen_past_its_replacement_writes_nothing_when_it_comes_back(
    data: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["MLTRAINER_HOME"])
    frozen = subprocess.Popen(
        [
            *(sys.executable, "-m", "bot", "run", "claim or chat?", "--data", str(data)),
            *("--yes", "--json", "--budget-minutes", "1"),
        ],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for(home, "stage_start", Stage.MONITOR, frozen)
        frozen.send_signal(signal.SIGSTOP)
        job = next(iter((home / "jobs").iterdir())).name
        other = subprocess.run(
            [sys.executable, "-m", "bot", "resume", job, "--json"],
            env=environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=TRAINING_SECONDS,
            check=False,
        )
        assert other.returncode == 0, other.stderr[-2000:]
        assert last_object(other.stdout)["status"] == "done"
        before = recorded(home)
        model = home / "models" / job
        files = {path: path.read_bytes() for path in model.rglob("*") if path.is_file()}
        frozen.send_signal(signal.SIGCONT)
        output, _ = frozen.communicate(timeout=60)
        assert recorded(home) == before
        assert {path: path.read_bytes() for path in model.rglob("*") if path.is_file()} == files
        assert last_object(output)["status"] == "done"
    finally:
        frozen.send_signal(signal.SIGCONT)
        frozen.kill()
        frozen.wait()


def wait_for(home: Path, kind: str, stage: Stage, process: subprocess.Popen[str]) -> None:
    """Until an event of this stage is saved; the process must still live then."""
    end = time.monotonic() + TRAINING_SECONDS
    while stage not in stages(recorded(home), kind):
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < end
        time.sleep(0.02)
