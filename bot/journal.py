"""What this program writes down: `logs/mltrainer.log` as JSON lines, and each job's `job.log`.

Nothing is printed. A record that names a job and carries an error also goes, with its traceback,
to that job's log, which is where a person is sent to look.

The last thing that happens to a line is that secrets are taken out of it, whoever wrote it and
however deep they are in it. Libraries that write down what they send or receive are heard only from
a warning on.
"""

import logging
import os
import sys
from dataclasses import asdict
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

import structlog

from pipeline.attempts import Attempt
from pipeline.folders import JobFolder
from pipeline.jobs import JobId, Stage
from pipeline.ports.sanitizer import Sanitizer

_LARGEST = 5_000_000  # bytes of one log file
_KEPT = 3
# At a lower level these print bodies, headers, statements with their values, or modal values.
_PRINT_BODIES = (
    *("LiteLLM", "LiteLLM Proxy", "LiteLLM Router", "litellm"),
    *("aiohttp", "aiosqlite", "discord", "hpack", "httpcore", "httpx", "multipart", "psycopg"),
    *("python_multipart", "slack_bolt", "slack_sdk", "sqlalchemy", "uvicorn.access", "websockets"),
)
STAGE_KEYS = ("attempt", "outcome", "seconds", "retries", "error", "job_cost_usd")
_log = logging.getLogger(__name__)


class Journal:
    """pipeline.orchestrator.Journal in a home whose log is set up."""

    def __init__(self, home: Path, sanitizer: Sanitizer | None = None) -> None:
        set_up(home, sanitizer=sanitizer)

    def traceback(self, job_id: JobId, stage: Stage, error: Exception) -> None:
        """Write an error of a stage with its traceback."""
        place = {"job_id": job_id, "stage": stage}
        _log.warning("%s: %s", type(error).__name__, error, exc_info=error, extra=place)

    def note(self, sight: object) -> None:
        """Write one line for each attempt of a stage that ended; its keys are always the same."""
        if isinstance(sight, Attempt):
            _log.info("stage", extra={**asdict(sight), "job_cost_usd": float(sight.job_cost_usd)})


def set_up(home: Path, level: int = logging.INFO, *, sanitizer: Sanitizer | None = None) -> None:
    """Send every log record of this process to the home, and nowhere else; safe to repeat.

    Without a sanitizer, the one of an earlier call stays.
    """
    root = logging.getLogger()
    sanitizer = sanitizer or in_force()
    for handler in [one for one in root.handlers if isinstance(one, _Quiet)]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_HomeLog(home, sanitizer))
    root.addHandler(_JobLog(home, sanitizer))
    root.setLevel(level)
    for name in _PRINT_BODIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # else a record that cannot be formatted is printed as it is
    structlog.configure(
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def in_force() -> Sanitizer | None:
    """The sanitizer that this process writes with: it knows the values that have passed."""
    quiet = [one for one in logging.getLogger().handlers if isinstance(one, _Quiet)]
    return next((one.sanitizer for one in quiet if one.sanitizer), None)


class _Quiet(logging.Handler):
    """A log that cannot be written (a full disk, say) costs its line and nothing else."""

    sanitizer: Sanitizer | None = None

    def write_with(self, formatter: logging.Formatter, sanitizer: Sanitizer | None) -> None:
        """Take secrets out of every line, and listen to no library that prints bodies."""
        self.sanitizer = sanitizer
        self.setFormatter(_Masked(formatter, sanitizer) if sanitizer else formatter)
        self.addFilter(_is_fit_to_print)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Say that a record is missing and whose it was, but nothing of what it held."""
        error = sys.exception()
        if isinstance(error, OSError) or record.name == __name__:
            return
        place = f"{record.name}, {record.filename}:{record.lineno}"
        told = f"A record of {place} could not be written: {type(error).__name__}."
        note = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": told}
        self.emit(logging.makeLogRecord(note))


def _is_fit_to_print(record: logging.LogRecord) -> bool:
    """Refuse what a library says below a warning: Bolt sets the levels of its loggers itself."""
    if record.levelno >= logging.WARNING:
        return True
    return not any(f"{record.name}.".startswith(f"{name}.") for name in _PRINT_BODIES)


class _Masked(logging.Formatter):
    """Writes as another formatter does, and takes the secrets out of the finished line."""

    def __init__(self, inner: logging.Formatter, sanitizer: Sanitizer) -> None:
        super().__init__()
        self._inner = inner
        self._sanitizer = sanitizer

    def format(self, record: logging.LogRecord) -> str:
        """The clean line."""
        return self._sanitizer.clean(self._inner.format(record)).text


class _HomeLog(_Quiet, RotatingFileHandler):
    """`logs/mltrainer.log`, readable by its owner alone, opened with the first record."""

    def __init__(self, home: Path, sanitizer: Sanitizer | None) -> None:
        self._folder = home / "logs"
        RotatingFileHandler.__init__(
            self,
            self._folder / "mltrainer.log",
            maxBytes=_LARGEST,
            backupCount=_KEPT,
            encoding="utf-8",
            delay=True,
        )
        self.write_with(_json_lines(), sanitizer)

    def _open(self) -> TextIOWrapper:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _private(Path(self.baseFilename))


class _JobLog(_Quiet, logging.StreamHandler[TextIO]):
    """`jobs/<id>/job.log` for the records that name a job and carry an error."""

    def __init__(self, home: Path, sanitizer: Sanitizer | None) -> None:
        super().__init__()
        self._home = home
        self.write_with(logging.Formatter("%(asctime)s %(name)s %(message)s"), sanitizer)

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record with its traceback."""
        job_id = getattr(record, "job_id", None)
        if job_id is None or record.exc_info is None:
            return
        try:
            folder = JobFolder.of(self._home, job_id).path
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _private(folder / "job.log") as self.stream:
                super().emit(record)
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
            structlog.stdlib.ExtraAdder(allow=("job_id", "stage", *STAGE_KEYS)),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # source lines only: locals may hold a secret
            structlog.processors.JSONRenderer(default=str),
        ],
    )
