"""The journal: JSON lines and tracebacks in private files, never on the screen."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.journal import Journal
from pipeline.jobs import JobId, Stage


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield tmp_path
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


def failure() -> Exception:
    def fail() -> None:
        password = "open sesame"  # noqa: S105
        raise ZeroDivisionError(f"of {len(password)} letters")

    try:
        fail()
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def lines(home: Path) -> list[dict[str, object]]:
    text = (home / "logs" / "mltrainer.log").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_traceback_goes_to_its_jobs_own_log(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    log = home / "jobs" / "j-abcdefgh" / "job.log"
    assert "ZeroDivisionError: of 11 letters" in log.read_text("utf-8")
    assert "Traceback" in log.read_text("utf-8")
    assert lines(home)[0]["job_id"] == "j-abcdefgh"
    assert capfd.readouterr() == ("", "")


def test_values_of_variables_are_never_written(home: Path) -> None:
    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    written = [path.read_text("utf-8") for path in home.rglob("*.log")]
    assert len(written) == 2
    assert not any("'open sesame'" in text for text in written)


def test_every_logger_writes_to_the_same_private_file(home: Path) -> None:
    Journal(home)

    logging.getLogger("somebody.else").warning("late by %s s", 3)
    structlog.get_logger("ours").info("started", port=3000)

    foreign, own = lines(home)
    assert (foreign["event"], foreign["level"]) == ("late by 3 s", "warning")
    assert (own["event"], own["port"]) == ("started", 3000)
    assert (home / "logs" / "mltrainer.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_stops_nothing(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / "logs").touch()
    (home / "jobs").touch()

    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    assert capfd.readouterr() == ("", "")
