"""The database: it opens, is of this version and can be written."""

from bot.settings import Settings
from bot.wiring import look_at_database
from pipeline.ports.check import Check

ORDER = 30


async def look(settings: Settings) -> tuple[Check, ...]:
    """It stays as it is: a start brings it up to date, not a look."""
    return (await look_at_database(settings),)
