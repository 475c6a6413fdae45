"""Rooms for models, as a test says how large they are and what jobs need."""

from collections.abc import Collection
from pathlib import Path

from adapters.weights.room import Room

LARGE = 10**9


def room(cache: Path, most_bytes: int = LARGE, needed: Collection[str] = ()) -> Room:
    """A room where jobs go on with the models of these names."""

    async def is_needed(folder: str) -> bool:
        return folder.partition("@")[0] in needed

    return Room(cache, most_bytes, is_needed)
