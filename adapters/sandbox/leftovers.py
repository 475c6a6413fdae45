"""Ends steps that outlived the bot's process which started them."""

import contextlib
import json
from pathlib import Path

import psutil

_MODULE = "adapters.sandbox.supervise"
_WAIT_SECONDS = 3.0


def end_leftovers(folder: Path) -> None:
    """Kill every supervisor, with all it started, whose step works in or below `folder`."""
    ended: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        words: list[str] = process.info["cmdline"] or []
        if _MODULE in words and _work(words[-1]).is_relative_to(folder):
            ended += kill_tree(process)
    psutil.wait_procs(ended, timeout=_WAIT_SECONDS)


def kill_tree(process: psutil.Process) -> list[psutil.Process]:
    """Kill a process and all its descendants; returns those that were there."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [*process.children(recursive=True), process]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                member.kill()
        return family
    return []


def _work(plan: str) -> Path:
    """The folder a supervisor's plan names; an empty path when it names none."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return Path(json.loads(plan)["work"])
    return Path()
