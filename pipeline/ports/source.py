"""Where data comes from."""

from pathlib import Path
from typing import Protocol

from pipeline.jobs import Actor


class Source(Protocol):
    """Brings one kind of location into a job's own folder."""

    name: str

    def takes(self, location: str) -> bool:
        """Tell whether this source understands the location."""
        ...

    async def fetch(self, location: str, into: Path, owner: Actor) -> tuple[Path, ...]:
        """Copy the data into `into`; returns the files and folders made there, topmost only.

        What is not public is read with the owner's own credential only. PersonCanFix when it is
        missing, empty or refused.
        """
        ...
