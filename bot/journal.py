"""What this program writes down: `logs/mltrainer.log` as JSON lines, and each job's `job.log`.

Nothing is printed. A record that names a job and carries an error also goes, with its traceback,
to that job's log, which is where a person is sent to look.
"""

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from pipeline.folders import JobFolder
from pipeline.jobs import JobId, Stage

_LARGEST = 5_000_000  # bytes of one log file
_KEPT = 3
_log = logging.getLogger(__name__)


class Journal:
    """pipeline.orchestrator.Journal in a home whose log is set up."""

    def __init__(self, home: Path) -> None:
        set_up(home)

    def traceback(self, job_id: JobId, stage: Stage, error: Exception) -> None:
        """Write an error of a stage with its traceback."""
        place = {"job_id": job_id, "stage": stage}
        _log.warning("%s: %s", type(error).__name__, error, exc_info=error, extra=place)


def set_up(home: Path, level: int = logging.INFO) -> None:
    """Send every log record of this process to the home, and nowhere else; safe to repeat."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _Quiet)]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_HomeLog(home))
    root.addHandler(_JobLog(home))
    root.setLevel(level)
    structlog.configure(
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class _Quiet(logging.Handler):
    """A log that cannot be written (a full disk, say) costs its line and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Print nothing about a disk; what else goes wrong here is our own mistake."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


class _HomeLog(_Quiet, RotatingFileHandler):
    """`logs/mltrainer.log`, readable by its owner alone, opened with the first record."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "logs"
        RotatingFileHandler.__init__(
            self,
            self._folder / "mltrainer.log",
            maxBytes=_LARGEST,
            backupCount=_KEPT,
            encoding="utf-8",
            delay=True,
        )
        self.setFormatter(_json_lines())

    def _open(self) -> TextIOWrapper:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _private(Path(self.baseFilename))


class _JobLog(_Quiet):
    """`jobs/<id>/job.log` for the records that name a job and carry an error."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record with its traceback."""
        job_id = getattr(record, "job_id", None)
        if job_id is None or record.exc_info is None:
            return
        try:
            folder = JobFolder.of(self._home, job_id).path
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _private(folder / "job.log") as log:
                log.write(self.format(record) + "\n")
        except OSError:
            self.handleError(record)


def _private(path: Path) -> TextIOWrapper:
    """Open for appending, made readable by its owner alone."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return os.fdopen(file, "a", encoding="utf-8")


def _json_lines() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=("job_id", "stage")),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # source lines only: locals may hold a secret
            structlog.processors.JSONRenderer(default=str),
        ],
    )
