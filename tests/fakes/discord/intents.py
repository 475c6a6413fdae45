"""Which events a session asked for, and what of a message it may read."""

from tests.fakes.discord.world import Json

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
EVERY = (1 << 29) - 1
HIDDEN = {"content": "", "embeds": [], "attachments": [], "components": []}


def wanted(name: str, event: Json, intents: int) -> bool:
    """Whether a session with these intents gets such an event at all."""
    if name.startswith("MESSAGE_"):
        needed = GUILD_MESSAGES if "guild_id" in event else DIRECT_MESSAGES
        return bool(intents & needed)
    if name.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
        return bool(intents & GUILDS)
    return True


def readable(message: Json, intents: int, bot: str) -> Json:
    """A message with its content only where the bot is spoken to, speaks, or may read all."""
    if "author" not in message:
        return message
    named = any(one["id"] == bot for one in message.get("mentions", []))
    mine = message["author"]["id"] == bot
    if intents & MESSAGE_CONTENT or named or mine or "guild_id" not in message:
        shown = dict(message)
    else:
        shown = message | HIDDEN
    if shown.get("referenced_message"):
        inside = shown["referenced_message"] | _guild_of(message)
        shown["referenced_message"] = readable(inside, intents, bot)
    return shown


def _guild_of(message: Json) -> Json:
    return {"guild_id": message["guild_id"]} if "guild_id" in message else {}
