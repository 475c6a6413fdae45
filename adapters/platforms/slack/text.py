"""Slack's text: what arrives made plain, and what goes out made harmless and short enough."""

import re

from adapters import plain_text
from adapters.plain_text import WORD_JOINER, visible

_ENTITY = re.compile(r"<([^<>\n]+)>")
_HALF_ESCAPE = re.compile(r"&[a-z]{0,3}(?=…$)")
_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)


def spoken(text: str, own: str) -> str:
    """What a person typed, without the mention of the bot `own` and without invisible signs."""
    # The blanks have a bound: without one, a message of blanks alone takes seconds.
    others = re.sub(rf"[ \t]{{0,8}}<@{re.escape(own)}(\|[^<>]*)?>[,:]?[ \t]*", " ", text)
    said = _ENTITY.sub(lambda found: _entity(found[1]), others)
    return visible(unescaped(said)).strip()


def mentions(text: str, user: str) -> bool:
    """Whether a text as Slack sends it names this user."""
    return re.search(rf"<@{re.escape(user)}[|>]", text) is not None


def plain(text: str) -> str:
    """A text that pings nobody and turns no line around, for an element that Slack does not parse.

    A word joiner stands behind the @ of @channel and its kind.
    """
    return _BROADCAST.sub(f"@{WORD_JOINER}", plain_text.plain(text))


def escaped(text: str) -> str:
    """The same for a text that Slack parses."""
    safe = plain(text).replace("&", "&amp;").replace("<", "&lt;")
    return safe.replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The three signs that Slack escapes, as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units, which is how Slack counts, and no half of an escaped sign."""
    short = plain_text.cut(text, most)
    return short if short == text else _HALF_ESCAPE.sub("", short)


def _entity(inside: str) -> str:
    """What stands between < and >: a person, a channel, a group or an address."""
    name, _, label = inside.partition("|")
    match name[:1]:
        case "@":
            return f"@{(label or name[1:]).lstrip('@')}"
        case "#":
            return f"#{label or name[1:]}"
        case "!":
            return label or f"@{name[1:].partition('^')[0]}"
    address = name.removeprefix("mailto:")
    return address if not label or label in address else f"{label} {address}"
