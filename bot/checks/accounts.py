"""The accounts that people can connect, and the server's own keys of language models."""

from bot.settings import Settings
from bot.wiring import accounts
from pipeline.ports.check import Check

ORDER = 70
_OWN = ("anthropic_api_key", "openai_api_key", "gemini_api_key", "groq_api_key")


async def look(settings: Settings) -> tuple[Check, ...]:
    """Names alone; a key is asked about when its owner connects it."""
    titles = ", ".join(one.account.title for one in accounts(settings).values())
    own = [name.removesuffix("_api_key") for name in _OWN if getattr(settings, name) is not None]
    keys = f"the server's own key for {', '.join(own)}" if own else "no key of the server's own"
    return (
        Check(name="accounts", ok=True, detail=f"people can connect {titles}"),
        Check(name="models", ok=True, detail=f"{keys}; rules work without"),
    )
