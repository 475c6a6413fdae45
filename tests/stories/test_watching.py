"""A worker that is watched: told a port it answers there, and is ready while it may be used."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.serving import ROOT, free_port, surroundings

PATIENCE = 60.0


class Worker:
    """`mltrainer worker --port N` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "worker", "--port", str(self.port)],
            env={**surroundings(), "MLTRAINER_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
        raise AssertionError("it ended before it was ready")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    started = Worker(tmp_path / "home")
    yield started
    started.process.kill()
    started.process.communicate()


def test_a_worker_answers_on_the_port_that_it_is_told(worker: Worker) -> None:
    worker.wait()

    assert worker.get("/health") == "alive"
    assert worker.get("/ready") == "ready"
    page = worker.get("/metrics")
    assert 'mltrainer_jobs{status="runnable"} 0.0' in page
    assert "mltrainer_database_up 1.0" in page
    assert 'mltrainer_disk_free_bytes{folder="home"}' in page
    assert "mltrainer_build_info{" in page
    assert str(worker.home) not in page
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(PATIENCE) == 0


def started_beside(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    """What a second worker says that cannot start."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "worker", "--port", str(port)],
        env={**surroundings(), "MLTRAINER_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_port_in_use_is_said_at_the_start(worker: Worker, tmp_path: Path) -> None:
    worker.wait()

    other = started_beside(tmp_path / "other", worker.port)

    assert other.returncode != 0
    assert f"Port {worker.port} cannot be used" in other.stderr


def test_a_second_worker_of_a_home_is_refused_and_told_whom_to_stop(worker: Worker) -> None:
    worker.wait()

    other = started_beside(worker.home, free_port())

    assert other.returncode != 0
    assert f"process {worker.process.pid} works on its jobs" in other.stderr
    assert f"kill {worker.process.pid}" in other.stderr


def test_a_worker_takes_over_from_one_that_is_ending(worker: Worker) -> None:
    worker.wait()
    worker.process.send_signal(signal.SIGTERM)

    successor = Worker(worker.home)
    try:
        successor.wait()
    finally:
        successor.process.kill()
        successor.process.communicate()
    assert worker.process.wait(PATIENCE) == 0
