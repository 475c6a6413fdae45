"""Whom a message names, and whom of them it may notify."""

import re
from collections.abc import Iterator

from tests.fakes.discord.limits import TEXT, walk
from tests.fakes.discord.world import Channel, Json, World

CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NAMED = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
LOUD = re.compile(r"@(everyone|here)\b")
EVERYBODY = "everybody"


def texts_of(body: Json) -> Iterator[str]:
    """Every text of a message in which a mention counts."""
    yield body.get("content") or ""
    for one in walk(body.get("components") or []):
        if one.get("type") == TEXT:
            yield one.get("content") or ""


def named(body: Json) -> list[str]:
    """Everybody who is named; a backslash before it is no protection, code is."""
    texts = [CODE.sub("", one) for one in texts_of(body)]
    found = [one for text in texts for one in NAMED.findall(text)]
    loud = [EVERYBODY] if any(LOUD.search(one) for one in texts) else []
    return list(dict.fromkeys([*found, *loud]))


def named_roles(body: Json) -> list[str]:
    """The roles that are named; naming the bot's role does not name the bot."""
    return list(dict.fromkeys(one for text in texts_of(body) for one in ROLE.findall(text)))


def of_bot(world: World, place: Channel, body: Json, replied: str = "") -> list[str]:
    """Whom a message of the bot mentions, as `allowed_mentions` lets it."""
    rules = body.get("allowed_mentions")
    found = [one for one in named(body) if one != EVERYBODY and _allows(rules, one)]
    everybody = rules is None or "everyone" in (rules.get("parse") or [])
    loud = EVERYBODY in named(body) and everybody
    if loud and "MENTION_EVERYONE" in world.permissions(place):
        found.append(EVERYBODY)
    if replied and (rules is None or rules.get("replied_user")):
        found.append(replied)
    return list(dict.fromkeys(found))


def _allows(rules: Json | None, user: str) -> bool:
    if rules is None or "users" in (rules.get("parse") or []):
        return True
    return user in [str(one) for one in rules.get("users") or []]
