"""The accounts that people can connect."""

from bot.settings import Settings
from bot.wiring import accounts
from pipeline.ports.check import Check

ORDER = 70


async def look(settings: Settings) -> tuple[Check, ...]:
    """Names alone; a key is asked about when its owner connects it."""
    titles = ", ".join(one.account.title for one in accounts(settings).values())
    return (Check(name="accounts", ok=True, detail=f"people can connect {titles}"),)
