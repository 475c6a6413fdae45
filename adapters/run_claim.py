"""Who carries a run on this machine: a claim beside its files, for all processes that share them.

A run belongs to the process that began it. Another one that looks at it must know whether it goes
on, ask for its end, and never begin it twice; one that was thought dead must leave the files alone.
"""

from pathlib import Path

from adapters.lock import HomeLock


class RunClaim:
    """The claim on the run in `folder`. The kernel lets go of it when its process dies."""

    def __init__(self, folder: Path) -> None:
        self._lock = HomeLock(folder / "run.lock")
        self._wish = folder / "run.end"

    def take(self) -> bool:
        """Claim the run; False when another process carries it. A stopped one is replaced."""
        if not self._lock.acquire():
            return False
        self._wish.unlink(missing_ok=True)
        return True

    def release(self) -> None:
        """The run is over."""
        self._lock.release()

    def holds(self) -> bool:
        """Whether the run is still ours; shows that we are alive."""
        return self._lock.beat()

    def is_carried(self) -> bool:
        """Whether a process that is alive carries it."""
        return self._lock.is_alive()

    def ask_for_end(self) -> None:
        """Tell the one who carries it, wherever that runs."""
        self._wish.touch(mode=0o600)

    def is_end_wanted(self) -> bool:
        """Whether somebody asked for its end."""
        return self._wish.exists()
