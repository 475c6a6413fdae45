"""Texts and values as others write them: escaped, quoted for an address, encoded, made invisible.

`Plain` undoes what hides a secret from a pattern and knows where each part stood in the original.
`forms` are the ways in which one known value may be written.
"""

import base64
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote_plus

_ROUNDS = 4  # JSON in an address in JSON in HTML is as deep as it gets
SHORTEST = 8  # characters of a value that is worth searching: a shorter one is a common word
_NO_WIDTH = (
    r"\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    r"\ufe00-\ufe0f\ufeff"
)
# Characters without a width, colours of a terminal, HTML, addresses, JSON and Python's escapes.
_HIDING = re.compile(
    rf"[{_NO_WIDTH}]+"
    r"|\x1b\[[0-9;]{0,20}m"
    r"|&(?:amp|lt|gt|quot|apos|\#0{0,4}[0-9]{1,3}|\#[xX]0{0,4}[0-9a-fA-F]{1,2});"
    r"|(?:%[0-9a-fA-F]{2})++"
    r"|(?:\\++u[0-9a-fA-F]{4})++"
    r"|(?:\\++x[0-9a-fA-F]{2})++"
    r"|(?:\\++[\"'/nrt])++"
    r"|\\{2,}+"
)
# What each of them begins with: most texts have none, which is seen much faster.
_SIGN = re.compile(rf"[{_NO_WIDTH}\x1b&%\\]")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{32,4000}+={0,2}")
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}


class _Round:
    """One pass of undoing over a text: what it came to, and where each disguise stood."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._old: list[tuple[int, int]] = []
        pieces: list[str] = []
        done = length = 0
        for match in _HIDING.finditer(text):
            start, end = match.span()
            undone = _undone(match[0])
            pieces += (text[done:start], undone)
            length += start - done
            self._starts.append(length)
            length += len(undone)
            self._ends.append(length)
            self._old.append((start, end))
            done = end
        self.text = "".join([*pieces, text[done:]])

    def before(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stood, with every disguise that it touches."""
        first = self._place(bisect_right(self._starts, start) - 1, start)
        last = self._place(bisect_left(self._starts, end) - 1, end)
        return first[0], last[1]

    def _place(self, number: int, place: int) -> tuple[int, int]:
        """The old place of one in the plain text, given the last disguise that begins before it."""
        if number < 0:
            return place, place
        if place < self._ends[number]:
            return self._old[number]
        old = place - self._ends[number] + self._old[number][1]
        return old, old


class Plain:
    """A text with its disguises undone."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._rounds: list[_Round] = []
        for _ in range(_ROUNDS):
            if not _SIGN.search(self.text):
                break
            once = _Round(self.text)
            if once.text == self.text:
                break
            self._rounds.append(once)
            self.text = once.text

    def before(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stands in the original."""
        for once in reversed(self._rounds):
            start, end = once.before(start, end)
        return start, end


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Where base64 stands that holds plain letters, and what it holds."""
    for match in _ENCODED.finditer(text):
        whole = match[0].rstrip("=")
        try:
            padded = whole + "=" * (-len(whole) % 4)
            raw = base64.b64decode(padded, "-_" if "-" in whole or "_" in whole else None)
            yield *match.span(), raw.decode("ascii")
        except ValueError:
            continue  # a picture, a checksum, a name


def forms(value: str) -> frozenset[str]:
    """How a value may be written, all to be searched for in a text as it is and in a plain one."""
    if len(value) < SHORTEST:
        return frozenset()
    raw = value.encode("utf-8", "surrogatepass")
    written = {value, Plain(value).text, Plain(quote_plus(value, errors="replace")).text}
    written |= {raw.hex(), raw.hex().upper()}
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            written.add(_inner(encode(b"\0" * lead + raw).decode("ascii"), lead, len(raw)))
    return frozenset(one for one in written if len(one) >= SHORTEST)


def _inner(encoded: str, lead: int, length: int) -> str:
    """The part of a base64 text that does not depend on what stands around the value."""
    first = -(-lead * 8 // 6)
    return encoded[first : (lead + length) * 8 // 6]


def _undone(hidden: str) -> str:
    """What a match of _HIDING stands for."""
    match hidden[0]:
        case "&":
            return unescape(hidden)
        case "%":
            return bytes.fromhex(hidden.replace("%", "")).decode("utf-8", "replace")
        case "\\":
            return _unescaped([part for part in hidden.split("\\") if part])
        case _:
            return ""


def _unescaped(escapes: list[str]) -> str:
    """What JSON or Python wrote behind backslashes; all are of one sort."""
    if not escapes:
        return "\\"
    if len(escapes[0]) == 1:
        return "".join(_NAMED.get(escape, escape) for escape in escapes)
    codes = bytes.fromhex("".join(escape[1:] for escape in escapes))
    if escapes[0][0] == "u":
        return codes.decode("utf-16-be", "replace")
    try:
        return codes.decode("utf-8")  # a text's bytes
    except UnicodeDecodeError:
        return codes.decode("latin-1")  # a text's own characters
