"""What people have in common on every fake platform: patience, files, and how they fail."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
LOOK_SECONDS = 0.02


class NotThere(AssertionError):
    """What the person looks for cannot be seen."""


class NotAnswered(AssertionError):
    """The app did not acknowledge within 3 seconds; the platform shows a warning or an error."""


@dataclass(frozen=True)
class Upload:
    """A file that a person attaches."""

    name: str
    content: bytes


def wait_until(
    find: Callable[[], T | None], what: str, timeout: float, everything: Callable[[], str]
) -> T:
    """What `find` finds, once it does; fails with everything that is to be seen."""
    end = time.monotonic() + timeout
    while (found := find()) is None:
        if time.monotonic() > end:
            raise NotThere(f"waited {timeout} s for {what}\n\n{everything()}")
        time.sleep(LOOK_SECONDS)
    return found
