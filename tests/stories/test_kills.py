"""A job survives anything: killed inside and at the edge of every stage, frozen, overtaken."""

import contextlib
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
from tests.fakes.nobody import NO_SERVICES

ROOT = Path(__file__).parents[2]
POINTS = ("inside", "before_save", "after_save")
TRAINING_SECONDS = 240
WORDS = "sort these messages: claim or chat"


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
        **NO_SERVICES,
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
    address = f"file:{path}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
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


def mltrainer(environ: dict[str, str], *arguments: str | Path) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process, once it has ended."""
    output, errors = process.communicate(timeout=TRAINING_SECONDS)
    return process.returncode, output, errors


def dies(
    environ: dict[str, str], point: str, stage: Stage, mark: Path, *command: str | Path
) -> None:
    """Run a command that is killed at this point."""
    code, _, errors = ended(
        mltrainer(environ, "tests.stories.dying", point, stage, mark, "--", *command)
    )
    assert code == -signal.SIGKILL, errors[-2000:]


def only_job(environ: dict[str, str]) -> str:
    """The one job that is saved; it may not have a folder yet."""
    file = Path(environ["MLTRAINER_HOME"]) / "mltrainer.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        ((job,),) = connection.execute("select id from jobs").fetchall()
    return str(job)


def test_a_job_killed_at_every_boundary_and_inside_every_stage_still_ends_done_once(
    tmp_path: Path, data: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["MLTRAINER_HOME"])
    start: list[str | Path] = [
        "run",
        WORDS,
        "--data",
        data,
        "--yes",
        "--json",
        "--budget-minutes",
        "0.1",
    ]
    seen: list[tuple[int, dict[str, Any]]] = []
    for stage in Stage:
        for point in POINTS:
            mark = tmp_path / f"{stage.value}-{point}"
            command = ["resume", only_job(environ), "--json"] if seen else start
            dies(environ, point, stage, mark, *command)
            now = recorded(home)
            assert now[: len(seen)] == seen
            seen = now
    code, output, errors = ended(mltrainer(environ, "bot", "resume", only_job(environ), "--json"))
    events = recorded(home)
    assert code == 0, errors[-2000:]
    assert last_object(output)["status"] == "done"
    assert [number for number, _ in events] == list(range(1, len(events) + 1))
    assert stages(events, "stage_end") == list(Stage)
    begun_with_the_save_before = len(Stage) - 1  # killed after a save, the next stage has begun
    assert len(stages(events, "stage_start")) == len(Stage) * 3 + begun_with_the_save_before
    assert not began_after_their_end(events)


def began_after_their_end(events: list[tuple[int, dict[str, Any]]]) -> list[str]:
    """Stages that started once more although they had ended."""
    over: set[str] = set()
    again: list[str] = []
    for _, event in events:
        if event["kind"] == "stage_end":
            over.add(event["stage"])
        if event["kind"] == "stage_start" and event["stage"] in over:
            again.append(event["stage"])
    return again


def test_a_worker_frozen_past_its_replacement_writes_nothing_when_it_comes_back(
    data: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["MLTRAINER_HOME"])
    start: list[str | Path] = [
        "run",
        WORDS,
        "--data",
        data,
        "--yes",
        "--json",
        "--budget-minutes",
        "1",
    ]
    frozen = mltrainer(environ, "bot", *start)
    try:
        wait_for(home, "stage_start", Stage.MONITOR, frozen)
        freeze_between_writes(home, frozen)
        job = only_job(environ)
        code, output, errors = ended(mltrainer(environ, "bot", "resume", job, "--json"))
        assert code == 0, errors[-2000:]
        assert last_object(output)["status"] == "done"
        before, files = recorded(home), contents(home / "models" / job)
        frozen.send_signal(signal.SIGCONT)
        _, output, _ = ended(frozen)
        assert recorded(home) == before
        assert contents(home / "models" / job) == files
        assert last_object(output)["status"] == "done"
    finally:
        frozen.kill()
        frozen.communicate()


def freeze_between_writes(home: Path, process: subprocess.Popen[str]) -> None:
    """Stop a process where it holds no lock of the database, which nobody could take from it."""
    for _ in range(200):
        process.send_signal(signal.SIGSTOP)
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(home / "mltrainer.db", timeout=0.2)) as database,
        ):
            database.execute("begin immediate")
            database.rollback()
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("it was always writing")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wait_for(home: Path, kind: str, stage: Stage, process: subprocess.Popen[str]) -> None:
    """Until an event of this stage is saved; the process must still live then."""
    end = time.monotonic() + TRAINING_SECONDS
    while stage not in stages(recorded(home), kind):
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < end
        time.sleep(0.02)
