"""Every error this product raises on purpose, and what the orchestrator does with each.

MLTrainerError
├── PersonCanFix   the job waits for its person; `hint` says what to do
│   ├── NoRoom         a full or read-only disk: the job pauses and goes on by itself
│   └── UnknownName    an unknown name, with the known ones listed
│       └── Removed    a job that ended long ago and is kept no longer
├── TryAgain       transient; tried again after `after`
│   └── Outage         our own database is away: the job pauses, and no attempt is counted
├── Rejected       tried again with `feedback` given to the next attempt
├── Superseded     another worker moved the job on; this one writes nothing more
└── Bug            our own mistake; the stage fails at once and the log has the traceback
"""

import errno
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import get_close_matches

_MOST_SHOWN = 20
_BY_ITSELF = "It is "  # tried, fetched, looked at again


class MLTrainerError(Exception):
    """Base of the tree: `message` says what happened, `hint` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PersonCanFix(MLTrainerError):
    """Only the person can go on: the job waits for a reply about `field`.

    `field` is the dotted name of what the reply sets ("data", "target", "hyperparameters.epochs"),
    `options` the choices worth offering.
    """

    def __init__(
        self, message: str, hint: str, *, field: str = "retry", options: Iterable[str] = ()
    ) -> None:
        super().__init__(message, hint)
        self.field = field
        self.options = tuple(options)


class NoRoom(PersonCanFix):
    """A disk of ours is full or read-only. A job pauses and looks again by itself."""


class UnknownName(PersonCanFix):
    """A name that is not known; the message lists the known ones, the nearest first."""

    def __init__(self, what: str, name: str, known: Iterable[str], *, field: str = "retry") -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        listed = [*near, *(other for other in names if other not in near)]
        shown = ", ".join(listed[:_MOST_SHOWN]) + (", …" if len(listed) > _MOST_SHOWN else "")
        hint = f"Known: {shown}." if listed else f"There is no {what} yet."
        super().__init__(
            f"Unknown {what} '{name}'.", hint, field=field, options=listed[:_MOST_SHOWN]
        )


class Removed(UnknownName):
    """A job that ended long ago and was removed at `at`; its `owner` may be told so."""

    def __init__(self, job: str, owner: str, at: datetime) -> None:
        super().__init__("job", job, (), field="job")
        self.message = f"The job {job} ended and was removed on {at:%Y-%m-%d}."
        self.hint = "What it published is still there. Jobs are kept for MLTRAINER_KEEP_DAYS days."
        self.args = (self.message,)
        self.owner = owner


class TryAgain(MLTrainerError):
    """Something outside is not ready; the same work is tried again after `after`."""

    def __init__(self, message: str, hint: str = "", *, after: timedelta | None = None) -> None:
        super().__init__(message, hint)
        self.after = after

    def given_up(self) -> "TryAgain":
        """The same once nobody tries again by itself: its hint says what the person does."""
        kept = "" if self.hint.startswith(_BY_ITSELF) else self.hint
        pause = f" in {self.after.total_seconds():.0f} s" if self.after else ""
        return TryAgain(self.message, f"{kept} Say “retry” to try again{pause}.".strip())


class Outage(TryAgain):
    """Our own database does not answer or cannot be written. A job pauses; nothing is its fault."""


class Rejected(MLTrainerError):
    """The result was refused; `feedback` is what the next attempt must read."""

    def __init__(self, message: str, hint: str = "", *, feedback: str = "") -> None:
        super().__init__(message, hint)
        self.feedback = feedback or message


class Superseded(MLTrainerError):
    """The saved job moved on without this worker, which must now write nothing."""


class Bug(MLTrainerError):
    """Our own mistake. The person reads one line; the traceback is in the job's log."""


_DISK_CAUSES = {
    errno.ENOSPC: ("The disk is full.", "Free some space, then resume: everything so far is kept."),
    errno.EDQUOT: ("The disk quota is used up.", "Free some space, then resume."),
    errno.EACCES: ("A folder may not be written.", "Check its owner and rights, then resume."),
    errno.EROFS: ("The disk is mounted read-only.", "Mount it writable, then resume."),
}


def from_unexpected(error: Exception) -> MLTrainerError:
    """Put a foreign exception into the tree: a refusing disk is for the person, the rest a Bug."""
    if isinstance(error, MLTrainerError):
        return error
    if isinstance(error, OSError) and error.errno in _DISK_CAUSES:
        cause, cure = _DISK_CAUSES[error.errno]
        where = f" ({error.filename})" if error.filename else ""
        kind = PersonCanFix if error.errno == errno.EACCES else NoRoom
        return kind(f"{cause.removesuffix('.')}{where}.", cure)
    return Bug(
        f"Something went wrong inside ({type(error).__name__}).",
        "This is our mistake; the job's log has the details.",
    )
