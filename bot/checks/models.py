"""The server's own language models: each key that is set, asked about; none is needed."""

from bot.settings import Settings
from bot.wiring import look_at_models
from pipeline.ports.check import Check

ORDER = 75
_NONE = "none of the server's own; rules work without, and people can connect theirs"


async def look(settings: Settings) -> tuple[Check, ...]:
    """A line a provider."""
    return await look_at_models(settings) or (Check(name="models", ok=True, detail=_NONE),)
