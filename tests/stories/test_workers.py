"""`mltrainer worker` beside `mltrainer serve --no-work`: one talks, and others do what is asked."""

import base64
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack
from tests.faultlab.site import rows_of_server
from tests.stories.chatting import WORDS, job_id_of, messages, replies, wait_for_card
from tests.stories.elsewhere import until
from tests.stories.kill_counts import Rows
from tests.stories.serving import Served

pytestmark = pytest.mark.slow

TRAINS = "select 1 from events where kind = 'stage_start' and body like '%\"monitor\"%'"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def talking(
    slack: FakeSlack, tmp_path: Path, environments: Path, postgres: str
) -> Iterator[Served]:
    """A bot that does no work itself."""
    key = base64.b64encode(bytes(32)).decode()
    shared = {"DATABASE_URL": postgres, "MLTRAINER_MASTER_KEYS": key}
    bot = Served(slack, tmp_path, environments, **shared)
    try:
        bot.start("--no-work")
        yield bot
    finally:
        bot.end()


@pytest.fixture
def rows(postgres: str) -> Rows:
    """What a query finds in the database that all share."""
    return rows_of_server(postgres)


@pytest.fixture
def worker(talking: Served) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts another worker on the same database, ready when it is returned."""
    with contextlib.ExitStack() as until_the_end:

        def start() -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "bot", "worker"]
            environ, folder = talking.environ, talking.folder
            process = until_the_end.enter_context(
                subprocess.Popen(
                    command, env=environ, cwd=folder, stdout=subprocess.PIPE, text=True
                )
            )
            until_the_end.callback(process.kill)
            assert process.stdout
            assert any(line.strip() == "ready" for line in process.stdout)
            return process

        yield start


def test_what_is_asked_of_the_one_who_talks_is_done_by_a_worker(
    slack: FakeSlack,
    talking: Served,
    worker: Callable[[], subprocess.Popen[str]],
    rows: Rows,
) -> None:
    ann = slack.person("ann")
    said = ann.mention("C1", WORDS, files=[messages()])
    until(lambda: rows("select 1 from jobs"), "the job")
    assert rows("select 1 from events where kind = 'stage_start'") == []

    worker()

    done = wait_for_card(ann, said, ": done")
    assert "Verdict" in done
    assert (talking.home / "jobs" / job_id_of(done) / "model").is_dir()
    assert talking.alive


def test_a_killed_workers_job_is_ended_by_another_and_told_once(
    slack: FakeSlack,
    talking: Served,
    worker: Callable[[], subprocess.Popen[str]],
    rows: Rows,
) -> None:
    ann, first = slack.person("ann"), worker()
    said = ann.mention("C1", WORDS, files=[messages()])
    until(lambda: rows(TRAINS), "the training")
    first.kill()
    first.wait()
    assert rows("select 1 from jobs where status = 'runnable'")

    worker()

    assert "Verdict" in wait_for_card(ann, said, ": done")

    def told() -> list[str]:
        return [text for text in replies(ann, said)[1:] if "ready and proven" in text]

    assert len(until(told, "the end, told in the thread")) == 1
    assert talking.alive
