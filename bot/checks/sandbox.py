"""The sandbox: the level that training scripts run at."""

from bot import words
from bot.settings import Settings
from bot.wiring import open_workbench
from pipeline.ports.check import Check

ORDER = 50


async def look(settings: Settings) -> tuple[Check, ...]:
    """The best level that holds here; PersonCanFix where the wanted one does not."""
    workbench = await open_workbench(settings)
    return (Check(name="sandbox", ok=True, detail=words.SANDBOX[workbench.level]),)
