"""Where finished models live."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Published:
    """What now exists at the host."""

    url: str | None
    path: Path | None
    space_url: str | None = None
    space_path: Path | None = None


class Host(Protocol):
    """Publishes a model folder; the same job published twice replaces its own earlier version."""

    name: str

    async def publish(self, folder: Path, name: str) -> Published:
        """Copy the folder to the host under `name`."""
        ...

    async def fetch(self, published: Published, into: Path) -> Path:
        """Bring back what was published, so that exactly that can be proven."""
        ...
