"""Personal data and secrets, known by their shape alone; what is found is never told, only where.

A column is personal when many of its cells are. Free text that mentions an address now and then is
no personal column, but a person is told of it.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forms import some

MOST_FORMS = 20_000
SOME = 0.05  # share of the cells that makes a column of values personal
MOST = 0.5  # the same for a column of texts, which are about something else
FEWEST = 2
SHORTEST = 7  # an IP address
SHORTEST_KEY = 6
LONGEST = 10_000  # signs of a cell that are looked at
_MANY_BITS = 3.0  # a key's signs are mixed: words and placeholders have fewer bits a sign
_LEFT, _RIGHT = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9])"

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})*\.[A-Za-z]{2,24}\b")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d.,-])")
_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])"
)
_IP = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"
)
_PHONE = re.compile(
    r"(?<![\w.+/-])(?:\+\d{1,3}[ .()/-]{0,2}(?:\d[ .()/-]{0,2}){6,12}\d"
    r"|\(\d{2,5}\) ?\d{3,4}[ -]?\d{3,5}|\d{3}[-.]\d{3}[-.]\d{4}|0\d{1,4}[ /-]\d{3,4}[ -]?\d{3,5})"
    r"(?![\w.-]*\d)"
)
_NUMBERED = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_KEYS = (
    r"(?:hf|api_org)_[A-Za-z0-9]{30,40}",
    r"KGAT_[A-Za-z0-9]{24,64}",
    r"(?:ak|as|wk|ws)-(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{22}",
    r"sk-(?:ant|or|proj|svcacct|service|admin|None)-[\w-]{40,220}",
    r"sk-(?=[A-Za-z]*\d)[A-Za-z0-9]{20,64}",
    r"AIza[\w-]{35}",
    r"AQ\.[\w-]{40,120}",
    r"GOCSPX-[\w-]{28}",
    r"ya29\.[\w-]{30,}",
    r"(?:gsk|npm)_[A-Za-z0-9]{36,60}",
    r"(?:xai|pplx|nvapi)-[\w-]{40,90}",
    r"r8_[A-Za-z0-9]{37,40}",
    r"xox[abeoprs]-[A-Za-z0-9-]{16,200}",
    r"xapp-\d-[A-Z0-9]+-\d+-[A-Za-z0-9]{30,80}",
    r"hooks\.slack\.com/\w+/[A-Za-z0-9+/]{40,60}",
    r"[MNO][A-Za-z\d_-]{22,27}\.[\w-]{6}\.[\w-]{27,40}",
    r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{60,80}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    r"gh[pousr]_[A-Za-z0-9]{30,255}",
    r"github_pat_\w{40,90}",
    r"gl[a-z]{2,5}-[\w-]{20,40}",
    r"(?:sk|rk|pk)_(?:test|live|prod)_[A-Za-z0-9]{10,99}",
    r"pypi-[\w-]{50,}",
    r"SG\.[\w-]{16,32}\.[\w-]{30,60}",
    r"eyJ[\w-]{10,}\.eyJ[\w-]{6,}\.[\w-]{10,}",
    r"\d{8,10}:AA[\w-]{33}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
)
_SHAPES = re.compile(rf"{_LEFT}(?:{'|'.join(_KEYS)}){_RIGHT}")
_PRIVATE = re.compile(
    r"-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY|\w{2,20}://[^\s:/@]{0,64}:[^\s/@]{3,128}@"
)
_TOLD = re.compile(
    r"(?:api[_ -]?key|secret|token|passw(?:or)?d|pwd|bearer|credential)s?[\"'\]]{0,2}\s{0,2}"
    r"(?:[=:]|\bis\b)\s{0,2}[\"']?(?=\S*\d)([^\s\"',;)}\]]{8,200})|bearer ([\w.~+/-]{20,})",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(
    r"(^|[_\W])(passw(or)?ds?|passwd|pwd|passphrase|secrets?|api_?keys?|access_?keys?|credentials?)"
    r"($|[_\W](key|token|value|plain|text)s?$)",
    re.IGNORECASE,
)
_TOKEN_NAME = re.compile(r"(^|[_\W])tokens?$", re.IGNORECASE)
_PHONE_NAME = re.compile(
    r"phone|mobile|telefon|telephone|teléfono|(^|[_\W])(tel|cell|fax)($|[_\W])", re.IGNORECASE
)
_BARE_PHONE = re.compile(r"\+?\d{7,15}")
_NO_KEY = re.compile(r"x{6,}|\.\.\.|^[<{$%*]|example|your[_-]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Found:
    """What a column holds: kinds that make it personal, and kinds that it mentions only."""

    personal: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


def find_personal(name: str, counts: Mapping[str, int], *, text: bool) -> Found:
    """Look at evenly chosen cells of a column."""
    forms = some(counts, MOST_FORMS)
    hits: Counter[str] = Counter()
    anywhere = seen = 0
    for cell, times in forms.items():
        kinds = kinds_in(cell)
        hits.update(dict.fromkeys(kinds, times))
        anywhere += times if kinds else 0
        seen += times
    if hits["card"] < MOST * seen and all(map(str.isdigit, forms)):
        hits["card"] = 0  # one long number in ten has a check digit that fits by chance
    hits.update(_by_name(name, forms, text=text))
    hits = +hits
    if not hits:
        return Found()
    enough = max(FEWEST, (MOST if text else SOME) * seen)
    many = max(anywhere, *hits.values()) >= enough
    kinds_found = tuple(kind for kind, _ in hits.most_common())
    return Found(kinds_found, ()) if many else Found((), kinds_found)


def kinds_in(cell: str) -> tuple[str, ...]:
    """Kinds of personal data and secrets that a cell shows."""
    if len(cell) < SHORTEST:
        return ()
    cell = cell[:LONGEST]
    kinds = ["e-mail"] if "@" in cell and _MAIL.search(cell) else []
    digits = len(_DIGIT.findall(cell)) if len(cell) < 200 else 99  # noqa: PLR2004 - do not count texts
    if digits >= 7:  # noqa: PLR2004 - as a phone number has
        kinds += [kind for kind, test in _NUMBERS if test(cell)]
    elif digits >= 4 and _IP.search(cell):  # noqa: PLR2004
        kinds.append("ip")
    if _is_key(cell):
        kinds.append("key")
    return tuple(kinds)


def _is_key(cell: str) -> bool:
    for found in _SHAPES.finditer(cell):
        if not _NO_KEY.search(found.group()) and _bits(found.group()) >= _MANY_BITS:
            return True
    if _PRIVATE.search(cell):
        return True
    return any(
        not _NO_KEY.search(value) and _bits(value) >= _MANY_BITS - 0.2
        for found in _TOLD.finditer(cell)
        if (value := found.group(1) or found.group(2))
    )


def _bits(text: str) -> float:
    """Entropy of the signs, in bits a sign."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def _by_name(name: str, forms: Mapping[str, int], *, text: bool) -> dict[str, int]:
    """Cells that are secrets or phone numbers because their column is called so."""
    if text:
        return {}
    found: dict[str, int] = {}
    secret, token = _SECRET_NAME.search(name), _TOKEN_NAME.search(name)
    if secret or token:
        found["key"] = sum(n for cell, n in forms.items() if _may_be_key(cell, mixed=not secret))
    if _PHONE_NAME.search(name):
        bare = ((re.sub(r"[ ()./-]", "", cell), n) for cell, n in forms.items())
        found["phone"] = sum(n for cell, n in bare if _BARE_PHONE.fullmatch(cell))
    return {kind: times for kind, times in found.items() if times}


def _may_be_key(cell: str, *, mixed: bool) -> bool:
    """One word that is no number; `mixed` asks for letters and digits, as words have no digits."""
    word = len(cell) >= SHORTEST_KEY and " " not in cell and not cell.isdigit()
    return word and (not mixed or (_DIGIT.search(cell) is not None and not cell.islower()))


def _has_card(cell: str) -> bool:
    for found in _CARD.finditer(cell):
        digits = [int(sign) for sign in found.group() if sign.isdigit()]
        doubled = [d if at % 2 == 0 else d * 2 - 9 * (d > 4) for at, d in enumerate(digits[::-1])]  # noqa: PLR2004 - Luhn
        if sum(doubled) % 10 == 0 and len(set(digits)) > 1 and digits[0] in (2, 3, 4, 5, 6):
            return True
    return False


def _has_iban(cell: str) -> bool:
    for found in _IBAN.finditer(cell):
        bare = found.group().replace(" ", "")
        turned = "".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])
        if int(turned) % 97 == 1:
            return True
    return False


_NUMBERS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("card", _has_card),
    ("iban", _has_iban),
    ("phone", _PHONE.search),
    ("social security number", _NUMBERED.search),
    ("ip", _IP.search),
)
