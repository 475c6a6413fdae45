"""What a bundle script says: progress as JSON lines, and problems that a person can mend."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

NEEDS_PERSON = 3


class Problem(Exception):
    """The data cannot be used as it is; `hint` says what the person does next.

    `field` names what their answer sets ("data", "target", "text"), `options` the choices.
    """

    def __init__(
        self, message: str, hint: str, *, field: str = "data", options: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        self.options = tuple(options)


def say(
    step: str,
    message: str = "",
    *,
    done: float | None = None,
    eta: float | None = None,
    numbers: Mapping[str, float] | None = None,
) -> None:
    """Print one line of progress: `done` from 0 to 1, `eta` in seconds."""
    line = {"step": step, "message": message, "done": done, "eta": eta, "numbers": numbers}
    print(json.dumps({key: value for key, value in line.items() if value}), flush=True)  # noqa: T201


def run(main: Callable[[], None]) -> None:
    """Run a script's main; a Problem becomes its last line and exit code 3."""
    try:
        main()
    except Problem as problem:
        _stop(problem)


def _stop(problem: Problem) -> NoReturn:
    told = {
        "message": problem.message,
        "hint": problem.hint,
        "field": problem.field,
        "options": problem.options,
    }
    print(json.dumps({"problem": told}), flush=True)  # noqa: T201
    sys.exit(NEEDS_PERSON)
