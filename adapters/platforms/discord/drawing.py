"""Messages and modals as discord.py takes them, drawn as JSON by cards.py and forms.py.

They answer for themselves that they are finished: the client then remembers none of their buttons,
for what is pressed is read from the press alone, also after a restart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ui

Json = Mapping[str, Any]


class Drawn(ui.LayoutView):
    """The components of a message."""

    def __init__(self, parts: Sequence[Json]) -> None:
        super().__init__(timeout=None)
        self._parts = [dict(part) for part in parts]
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        """What is sent."""
        return self._parts

    def has_components_v2(self) -> bool:
        """Everything we draw stands in a container."""
        return True


class Sheet(ui.Modal):
    """A modal."""

    def __init__(self, drawn: Json) -> None:
        super().__init__(title=drawn["title"], custom_id=drawn["custom_id"])
        self._drawn = dict(drawn)
        self.stop()

    def to_dict(self) -> dict[str, Any]:
        """What is sent."""
        return self._drawn
