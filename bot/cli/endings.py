"""How an error ends a command: two lines for the person, the traceback in the home's log."""

import logging
from pathlib import Path

from bot.cli.output import WRONG_USE, complain, note
from bot.journal import in_force, set_up
from bot.settings import Settings, make_home
from bot.wiring import open_sanitizer
from pipeline.errors import Bug, MLTrainerError, PersonCanFix

_FAILED = 1
_NO_LOG = "next:  this is our mistake; please report it"
_log = logging.getLogger(__name__)


def tell(error: Exception) -> int:
    """Say what happened and what to do next; returns the exit code."""
    if isinstance(error, MLTrainerError) and not isinstance(error, Bug):
        complain(error)
        return WRONG_USE if isinstance(error, PersonCanFix) else _FAILED
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        complain(PersonCanFix(f"{error.strerror}{where}.", "Mend that, then try again."))
        return _FAILED
    path = _written(error)
    note("error: " + " ".join(f"{type(error).__name__}: {error}".split()))
    note(f"next:  this is our mistake; please report it with {path}" if path else _NO_LOG)
    return _FAILED


def _written(error: Exception) -> Path | None:
    """Log the traceback; None where the home cannot be written."""
    try:
        settings = Settings.load()
        make_home(settings.home)
    except MLTrainerError:
        return None
    set_up(settings.home, sanitizer=in_force() or open_sanitizer(settings))
    _log.error("%s", error, exc_info=error)
    return settings.home / "logs" / "mltrainer.log"
