"""Discord's text: what arrives made plain, and what goes out made harmless and short enough."""

import re
from collections.abc import Mapping

from adapters.plain_text import WORD_JOINER, cut, plain, visible

_ENTITY = re.compile(
    r"<(?:(?P<kind>@[!&]?|#)(?P<id>\d+)"
    r"|a?(?P<emoji>:\w+:)\d+"
    r"|(?P<address>https?://[^<>\s]+)"
    r"|/(?P<command>[^<>:\n]+):\d+)>"
)
_READ = re.compile(r"[\\*_~|`<>@\[\]:]")  # signs that Discord reads anywhere in a line
_LINE_START = re.compile(r"^([ \t]*)(?:([-+#])|(\d+)([.)]))", re.MULTILINE)
_INVITE = re.compile(r"(discord(?:app)?)\.(?=gg|com|new|gift)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=(?:everyone|here)\b)", re.IGNORECASE)


def spoken(text: str, own: frozenset[str], names: Mapping[str, str]) -> str:
    """What a person typed, without invisible signs and without the mentions in `own`.

    `names` are those of other people, roles and channels, by what stands between < and >.
    """
    said = _ENTITY.sub(lambda found: _entity(found, own, names), text)
    return visible(said).strip()


def escaped(text: str) -> str:
    """A text that pings nobody, links nowhere and formats nothing where Discord reads markup."""
    safe = _BROADCAST.sub(f"@{WORD_JOINER}", plain(text))
    safe = _INVITE.sub(r"\1\\.", _READ.sub(r"\\\g<0>", safe))
    return _LINE_START.sub(_unread, safe)


def fitted(text: str, most: int) -> str:
    """The same in at most `most` units, with an ellipsis for what is left out."""
    begun = plain(text)[: max(most, 0) + 1]  # what is escaped is never shorter than what is read
    return _cut_between(escaped(begun), most)


def fenced(text: str) -> str:
    """A text for a block of code, which it cannot end."""
    return re.sub("`(?=`)", f"`{WORD_JOINER}", plain(text))


def _cut_between(safe: str, most: int) -> str:
    """Never between a backslash and the sign that it stands before."""
    short = cut(safe, most)
    if short == safe:
        return safe
    kept = short.removesuffix("…")
    dangling = len(kept) - len(kept.rstrip("\\"))
    return (kept[:-1] if dangling % 2 else kept) + "…"


def _unread(found: re.Match[str]) -> str:
    blanks, sign, number, after = found.groups()
    return f"{blanks}\\{sign}" if sign else f"{blanks}{number}\\{after}"


def _entity(found: re.Match[str], own: frozenset[str], names: Mapping[str, str]) -> str:
    """A person, a role, a channel, an emoji, a command or an address, as it is read."""
    if found["kind"]:
        entity = f"{found['kind'].replace('!', '')}{found['id']}"
        return "" if entity in own else f"{entity[0]}{names.get(entity, found['id'])}"
    if found["command"]:
        return f"/{found['command']}"
    return str(found["emoji"] or found["address"])
