"""The services outside: the Hub, Kaggle, Modal and a Ray cluster; each is in reach or not."""

from bot.settings import Settings
from bot.wiring import look_at
from pipeline.ports.check import Check

ORDER = 80


async def look(settings: Settings) -> tuple[Check, ...]:
    """Nobody's key is used: a person's own is asked about when its owner connects it."""
    return await look_at("reachable", settings)
