"""A process of its own around each step: when its standard input closes, everything ends.

The bot holds the other end of that pipe, so a bot that is killed takes its steps with it. The
supervisor adopts whatever the step leaves behind (daemons included) and ends that too, before it
exits with the step's code (128 + signal when a signal ended it). Standard library only.
Its one argument is a JSON object: `argv`, `environment`, `folder`, `user` (an id or null),
`work`, `reads`, `needs` (paths that the user must be able to reach).
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from adapters.sandbox import staging

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SWEEP_SECONDS = 5.0
_CANNOT_START = 125


def main() -> None:
    """Run the step of the argument to its end, or to the end of standard input."""
    plan: dict[str, Any] = json.loads(sys.argv[1])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before: dict[str, os.stat_result] = {}
    if plan["user"] is not None:
        try:
            before = staging.hand_over(plan["user"], plan["work"], plan["reads"])
        except OSError as error:
            _give_up(error)
    step = os.fork()
    if step == 0:
        _become(plan)
    threading.Thread(target=_end_with_input, args=(step,), daemon=True).start()
    _, status = os.waitpid(step, 0)
    _sweep()
    with contextlib.suppress(OSError):
        staging.take_back(before)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _become(plan: dict[str, Any]) -> None:
    """Turn this child into the step's command. Never returns."""
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if plan["user"] is not None:
            staging.show(plan["needs"])
            staging.drop_to(plan["user"])
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.chdir(plan["folder"])
        os.execve(plan["argv"][0], plan["argv"], plan["environment"])  # noqa: S606
    except OSError as error:
        _give_up(error)


def _give_up(error: OSError) -> NoReturn:
    os.write(2, f"sandbox: {error}\n".encode())
    os._exit(_CANNOT_START)


def _end_with_input(step: int) -> None:
    while os.read(0, 1024):
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(step, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(step, signal.SIGKILL)


def _sweep() -> None:
    """End every process that came from the step, until none is left."""
    deadline = time.monotonic() + _SWEEP_SECONDS
    while time.monotonic() < deadline:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def _children() -> list[int]:
    """Direct children of this process; orphans of the step are among them."""
    own, found = os.getpid(), []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == own:
                found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    main()
