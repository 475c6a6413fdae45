"""Where words go: people read stderr and stdout, programs read the last line of stdout."""

import sys
from typing import TextIO

from pydantic import BaseModel

from pipeline.errors import MLTrainerError

EXIT = {"done": 0, "failed": 1, "waiting": 3, "cancelled": 130, "interrupted": 130}
WRONG_USE = 2


class Output:
    """One command's voice. With `as_json` everything but the one object goes to stderr."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    @property
    def stream(self) -> TextIO:
        """Where people's lines go."""
        return sys.stderr if self.as_json else sys.stdout

    def say(self, text: str) -> None:
        """A line for people."""
        print(text, file=self.stream, flush=True)

    def result(self, found: BaseModel) -> None:
        """The one object, as the last line of stdout; nothing without `--json`."""
        if self.as_json:
            print(found.model_dump_json(), flush=True)  # noqa: T201  (as above)


def note(text: str) -> None:
    """A line on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  (the command line speaks by printing)


def complain(error: MLTrainerError) -> None:
    """One line of cause and one of what to do next."""
    note("error: " + " ".join(error.message.split()))
    if error.hint:
        note("next:  " + " ".join(error.hint.split()))
