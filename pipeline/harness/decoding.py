"""Turn a stranger's bytes into text: the encoding is decided by what the text then looks like."""

import codecs
import re
from dataclasses import dataclass

from alphabets import (
    CHINESE,
    JAPANESE,
    LATIN,
    MATHS,
    OTHERS,
    SIGNS,
    SIGNS_OF_EAST,
    SLAVIC,
    TAIWANESE,
)
from refusing import refuse_binary

EVIDENCE = 1 << 17  # bytes of the lines that are not ASCII, enough to tell a language
_SURE = 0.06
_MOSTLY = 0.95
_HALF = 0.5
_PLAIN = re.compile(r"[\t\r\n -~]")
_AFTER_NUMBER = re.compile(r"\d[ \u00a0]?$")
_MIXED = 0.2
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WESTERN = ("French", "German", "Spanish", "Portuguese", "Italian", "Nordic", "Dutch", "Icelandic")
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "cp1252": _WESTERN,
    "cp1250": ("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Romanian", "German"),
    "iso8859-2": ("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Romanian", "German"),
    "cp1254": ("Turkish",),
    "cp1257": ("Baltic",),
    "cp850": _WESTERN,
    "mac-roman": _WESTERN,
    "cp1251": ("Russian", "Ukrainian"),
    "koi8-r": ("Russian",),
    "koi8-u": ("Ukrainian",),
    "cp866": ("Russian",),
    "iso8859-5": ("Russian", "Ukrainian"),
    "cp1253": ("Greek",),
    "cp1255": ("Hebrew",),
    "cp1256": ("Arabic",),
}
_EAST = {
    "cp932": JAPANESE,
    "euc_jp": JAPANESE,
    "gb18030": CHINESE,
    "big5hkscs": TAIWANESE,
    "cp949": frozenset[str](),
}
_SHOWN = {"cp932": "shift-jis", "big5hkscs": "big5", "cp949": "euc-kr"}
_RARE = {"cp850": 0.15, "mac-roman": 0.15, "cp1254": -0.01, "cp1257": 0.02, "koi8-u": 0.01}
_HEAVY = re.compile("[kzjvw]", re.IGNORECASE)
_LETTERS = re.compile("[a-z]", re.IGNORECASE)
_MUCH = 0.085  # share of k, z, j, v and w among the letters of Slavic and Hungarian words


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` decodes; `shown` is its name for the person; `sure` when nothing else comes near."""

    codec: str
    shown: str
    sure: bool = True


def decoded(content: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Text, its encoding, and a note where lines did not fit it or it had to be guessed."""
    found = marked(content) or unmarked_wide(content[:EVIDENCE])
    if found:
        return content.decode(found, errors="replace").removeprefix("\ufeff"), found, ()
    refuse_binary(content, name)
    if b"\x1b$" in content and content.isascii() and _decodes(content, "iso2022_jp"):
        return content.decode("iso2022_jp"), "iso-2022-jp", ()
    try:
        return content.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _guessed(content, name)


def marked(content: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    return next((told for mark, told in _MARKS if content.startswith(mark)), None)


def unmarked_wide(start: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: zeros at every other place, or at three of four."""
    if start.count(0) < max(len(start) // 50, 2):
        return None
    start = start[: len(start) // 4 * 4]
    zeros = [start[at::4].count(0) / (len(start) / 4) for at in range(4)]
    if min(zeros) > _HALF:
        return None
    if zeros[3] > _MOSTLY and zeros[2] > _MOSTLY and _decodes(start, "utf-32-le"):
        return "utf-32-le"
    if zeros[0] > _MOSTLY and zeros[1] > _MOSTLY and _decodes(start, "utf-32-be"):
        return "utf-32-be"
    plain = {codec: _plain_signs(start, codec) for codec in ("utf-16-le", "utf-16-be")}
    best, other = sorted(plain, key=lambda codec: -plain[codec])
    return best if plain[best] > max(3 * plain[other], len(start) // 100) else None


def _plain_signs(start: bytes, codec: str) -> int:
    """How many signs are those that divide and fill any table."""
    if not _decodes(start[:-2], codec) and not _decodes(start, codec):
        return 0
    return len(_PLAIN.findall(start.decode(codec, errors="replace")))


def guess(evidence: bytes) -> Encoding:
    """The encoding in which lines that are no UTF-8 read most like a language."""
    scores = sorted(
        (
            (score, codec)
            for codec in (*_LANGUAGES, *_EAST)
            if (score := _score(evidence, codec)) is not None
        ),
        key=lambda scored: -scored[0],
    )
    best = scores[0][1] if scores and scores[0][0] > 0 else "cp1252"
    text = evidence.decode(best, errors="replace")
    near = [
        codec
        for score, codec in scores[1:]
        if score > scores[0][0] - _SURE and evidence.decode(codec, errors="replace") != text
    ]
    return Encoding(best, _SHOWN.get(best, best), sure=not near)


def unsure(name: str, encoding: Encoding) -> tuple[str, ...]:
    """A note where another encoding would have been nearly as good."""
    told = (
        f"{name} is not in UTF-8 and was read as {encoding.shown}; if letters look wrong, save it"
        " as UTF-8 and send it again."
    )
    return () if encoding.sure else (told,)


def _guessed(content: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Not UTF-8 throughout: another encoding, or each line by itself where most are UTF-8."""
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    right = sum(_decodes(line, "utf-8") for line in lines)
    if right >= _MIXED * len(lines):
        return _line_by_line(content, name)
    encoding = guess(b"\n".join(lines)[:EVIDENCE])
    text = content.decode(encoding.codec, errors="replace")
    return text, encoding.shown, unsure(name, encoding)


def _line_by_line(content: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """UTF-8 with lines that are not: those are taken as Windows-1252."""
    texts, wrong = [], 0
    for line in content.split(b"\n"):
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(line.decode("cp1252", errors="replace"))
            wrong += 1
    note = (
        f"{name} mixes encodings: {wrong} lines are not UTF-8 and were read as Windows-1252, so"
        " some characters may be wrong. Save it as UTF-8 to be sure."
    )
    return "\n".join(text.removeprefix("\ufeff") for text in texts), "utf-8", (note,)


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _score(evidence: bytes, codec: str) -> float | None:
    """From -1 to 1: how much the signs that are not ASCII look meant; None when it cannot be."""
    try:
        # The evidence may be cut off within a sign.
        text = codecs.getincrementaldecoder(codec)("strict").decode(evidence)
    except UnicodeDecodeError:
        if codec != "cp1252":
            return None
        text = evidence.decode("cp1252", errors="replace")
    if codec in _EAST:
        return _eastern(text, codec)
    return max(_western(text, language, codec) for language in _LANGUAGES[codec]) - _RARE.get(
        codec, 0
    )


def _western(text: str, language: str, codec: str) -> float:
    """Letters of the language count for it, strange ones and wrong capitals against it."""
    small = LATIN.get(language) or OTHERS[language]
    latin = language in LATIN
    others = "".join(LATIN[other] for other in _LANGUAGES[codec]) if latin else None
    total = count = 0.0
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, at = found.group(), found.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        count += 1
        if (
            sign.isalpha()
            and not after.isalpha()
            and _AFTER_NUMBER.search(text[max(at - 2, 0) : at])
        ):
            total -= _HALF  # where a currency stands, a letter alone is none
            continue
        total += _worth(sign, before, after, small, others)
    score = total / max(count, 1)
    if latin:
        words = "".join(re.findall(r"\w*[^\x00-\x7f]\w*", text))
        letters = len(_LETTERS.findall(words))
        heavy = len(_HEAVY.findall(words)) / letters > _MUCH if letters else False
        score += 0.03 if heavy == (language in SLAVIC) else 0
    return score


def _worth(sign: str, before: str, after: str, small: str, others: str | None) -> float:
    """`others` are letters of the languages that share a Latin encoding; None for other scripts."""
    if sign in SIGNS:
        return -0.5 if sign in MATHS and (after.isalpha() or before.isalpha()) else 0.5
    if sign.lower() not in small and sign != "İ":
        return 0.3 if others and sign.lower() in others else -1
    if sign.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return -1
    if others is None:
        mixed = any(other.isascii() and other.isalpha() for other in (before, after))
        return -0.7 if mixed else 0.75 + 0.25 * (small.index(sign.lower()) < len(small) // 3)
    return -0.7 if before and after and not before.isascii() and not after.isascii() else 0.75


def _eastern(text: str, codec: str) -> float:
    total = count = 0.0
    kana = sum("\u3040" <= sign <= "\u30ff" for sign in text)
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, at = found.group(), found.start()
        count += 1
        beside = text[at - 1 : at] + text[at + 1 : at + 2]
        lone = beside.isascii() and any(other.isalpha() for other in beside)
        total += -0.5 if lone else _east_worth(sign, codec)
    japanese = kana > count * 0.1
    return total / max(count, 1) - (0.5 if japanese and _EAST[codec] is not JAPANESE else 0)


def _east_worth(sign: str, codec: str) -> float:
    if sign in SIGNS_OF_EAST:
        return 0.8
    if "\uac00" <= sign <= "\ud7a3":
        return 1 if _ordinary(sign, "cp949") else 0
    if "\u3040" <= sign <= "\u30ff":
        return 1 if _EAST[codec] is JAPANESE else 0.2
    if sign in _EAST[codec]:
        return 1
    if "\u4e00" <= sign <= "\u9fff" and codec != "cp949":
        return 0.35 if _ordinary(sign, codec) else -0.1
    return -0.7


def _ordinary(sign: str, codec: str) -> bool:
    """Whether an ideograph is in the first, everyday part of its standard."""
    try:
        lead = sign.encode("cp932" if codec == "euc_jp" else codec)[0]
    except UnicodeEncodeError:
        return False
    match codec:
        case "cp949":
            return lead >= 0xB0 and sign.encode(codec)[1] >= 0xA1  # noqa: PLR2004
        case "gb18030":
            return 0xB0 <= lead <= 0xD7 and sign.encode(codec)[1] >= 0xA1  # noqa: PLR2004
        case "big5hkscs":
            return 0xA4 <= lead <= 0xC6  # noqa: PLR2004
        case _:
            return 0x88 <= lead <= 0x97  # noqa: PLR2004
