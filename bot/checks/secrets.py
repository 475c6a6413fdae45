"""The master key of people's secrets: there, private, and the one they were stored with."""

from collections.abc import Iterator

from bot.running import operating
from bot.settings import Settings
from bot.wiring import is_embedded, look_at_secrets
from pipeline.ports.check import Check

ORDER = 35


async def look(settings: Settings) -> tuple[Check, ...]:
    """With PostgreSQL it must be given; else it is looked at where it lies."""
    wrong = tuple(unkeyed(settings))
    return wrong or (await look_at_secrets(settings),)


def unkeyed(settings: Settings) -> Iterator[Check]:
    """A server shared by several machines, each of which would make a key of its own."""
    if not is_embedded(settings) and settings.master_keys is None:
        told, hint = operating.UNKEYED, operating.UNKEYED_HINT
        yield Check(name="secrets", ok=False, detail=told, hint=hint)
