"""A shell's run that is killed while a service trains: it finds the training again, and no other.

The same in a chat, at Kaggle, is told in test_outside.py.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pipeline.events import JobResumed, TrainingCharged
from tests.stories.chatting import messages
from tests.stories.elsewhere import (
    Elsewhere,
    at_modal,
    events_of,
    on_ray,
    saved_job,
    told_of,
    until,
)
from tests.stories.shell import LONGEST, Shell, last_object
from tests.stories.test_sessions import WORDS, read_until

pytestmark = pytest.mark.slow
PLACES: dict[str, Callable[[Path, Path], AbstractContextManager[Elsewhere]]] = {
    "modal": at_modal,
    "ray": on_ray,
}


@pytest.fixture(params=sorted(PLACES))
def place(
    request: pytest.FixtureRequest, tmp_path: Path, light_python: Path
) -> Iterator[Elsewhere]:
    with PLACES[request.param](tmp_path, light_python) as place:
        yield place


@pytest.fixture
def shell(tmp_path: Path, environments: Path, place: Elsewhere) -> Iterator[Shell]:
    (tmp_path / "messages.csv").write_bytes(messages().content)
    shell = Shell(tmp_path, environments, **place.settings, MLTRAINER_RETRY_SCALE="0.05")
    yield shell
    shell.end()


def test_a_run_that_is_killed_goes_on_with_the_training_it_had(
    shell: Shell, place: Elsewhere
) -> None:
    if place.keys:
        connected = shell.run("connect", place.runtime, typed=place.keys)
        assert connected.returncode == 0, connected.stderr
    asked = ("--data", "messages.csv", "--runtime", place.runtime, "--no-deploy")
    killed = shell.start("run", WORDS, *asked, "--yes", "--json")
    job = read_until(killed, "job ").split()[-1]
    with place.held():
        until(lambda: told_of(shell.home), "the first words of the training")
        began = saved_job(shell.home)["run"]["submitted_at"]
        killed.kill()
        killed.communicate()
        resumed = shell.start("resume", job, "--json")
        until(lambda: is_found_again(shell), "the training to be found again")
    out, err = resumed.communicate(timeout=LONGEST)

    assert last_object(out)["status"] == "done", err
    assert place.submitted() == 1
    assert told_of(shell.home) == place.progress()
    assert saved_job(shell.home)["run"]["submitted_at"] == began, "it is charged from there on"
    assert len([one for one in events_of(shell.home) if isinstance(one, TrainingCharged)]) == 1


def is_found_again(shell: Shell) -> bool:
    """The job has gone on, and its run has a handle again."""
    resumed = any(isinstance(one, JobResumed) for one in events_of(shell.home))
    run: dict[str, Any] | None = saved_job(shell.home)["run"] if resumed else None
    return run is not None and run["status"] == "running"
