"""Slack's text: what arrives made plain, and what goes out made harmless and short enough."""

import re
import unicodedata

_ENTITY = re.compile(r"<([^<>\n]+)>")
_HALF_ESCAPE = re.compile(r"&[a-z]{0,3}$")
_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"
_JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}  # parts of emoji and of scripts
_SPACES = {"\n", "\t"}


def spoken(text: str, own: str) -> str:
    """What a person typed, without the mention of the bot `own` and without invisible signs."""
    # The blanks have a bound: without one, a message of blanks alone takes seconds.
    others = re.sub(rf"[ \t]{{0,8}}<@{re.escape(own)}(\|[^<>]*)?>[,:]?[ \t]*", " ", text)
    said = _ENTITY.sub(lambda found: _entity(found[1]), others)
    visible = (sign for sign in unescaped(said) if sign in _SPACES or not _invisible(sign))
    return "".join(visible).strip()


def mentions(text: str, user: str) -> bool:
    """Whether a text as Slack sends it names this user."""
    return re.search(rf"<@{re.escape(user)}[|>]", text) is not None


def plain(text: str) -> str:
    """A text that pings nobody and turns no line around, for an element that Slack does not parse.

    A word joiner stands behind the @ of @channel and its kind.
    """
    kept = (sign for sign in text if sign in _SPACES or sign in _JOINERS or not _invisible(sign))
    return _BROADCAST.sub(f"@{_WORD_JOINER}", "".join(kept))


def escaped(text: str) -> str:
    """The same for a text that Slack parses."""
    safe = plain(text).replace("&", "&amp;").replace("<", "&lt;")
    return safe.replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The three signs that Slack escapes, as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units, which is how Slack counts; an ellipsis stands for the rest."""
    if _units(text) <= most:
        return text
    kept = text.encode("utf-16-le", "replace")[: (most - 1) * 2].decode("utf-16-le", "ignore")
    return _HALF_ESCAPE.sub("", kept) + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _invisible(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


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
