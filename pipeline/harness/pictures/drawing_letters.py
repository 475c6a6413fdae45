"""Which letters can be drawn here: names in others are numbered, so that no empty boxes appear."""

from collections.abc import Mapping
from dataclasses import dataclass

from config import Json
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

# What matplotlib brings, then the usual fonts for scripts that it lacks, where they are installed.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
)
_TITLE_CUT = 27  # letters before … in the names of a title, as figures_form cuts them


@dataclass(frozen=True, slots=True)
class Letters:
    """The fonts that are there, and the letters they have together."""

    fonts: tuple[str, ...]
    known: frozenset[int]

    def has(self, text: str) -> bool:
        """Whether all of a text can be drawn."""
        return all(ord(letter) in self.known for letter in text)

    def drawable(self, text: str) -> str:
        """The text without what cannot be drawn."""
        kept = "".join(letter if ord(letter) in self.known else " " for letter in text)
        return " ".join(kept.split())


def find_letters() -> Letters:
    """Look at the fonts of this machine."""
    installed = {entry.name for entry in fontManager.ttflist}
    letters = {font: _letters_of(font) for font in _FONTS if font in installed}
    fonts = tuple(font for font, known in letters.items() if known)
    return Letters(fonts, frozenset().union(*letters.values()))


def _letters_of(font: str) -> frozenset[int]:
    """Letters of an installed font, none where its file cannot be read."""
    try:
        return frozenset(get_font(findfont(FontProperties(family=[font]))).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()


@dataclass(frozen=True, slots=True)
class Legible:
    """A figure's title and data with drawable texts; `numbered` are now #1, #2 and so on."""

    title: str
    data: Mapping[str, Json]
    numbered: tuple[str, ...]


def legible(title: str, data: Mapping[str, Json], letters: Letters) -> Legible:
    """Put numbers for names that would lose letters, the same in title and data."""
    strange = [text for text in dict.fromkeys(_texts(dict(data))) if not letters.has(text)]
    names = {text: letters.drawable(text) for text in strange}
    lost = [text for text, left in names.items() if not any(map(str.isalnum, left))]
    names |= {text: f"#{at}" for at, text in enumerate(lost, 1)}
    for text in sorted(strange, key=len, reverse=True):
        for cut in (text, f"{text[:_TITLE_CUT].rstrip()}…"):
            title = title.replace(f"“{cut}”", f"“{names[text]}”")
    replaced = _replaced(dict(data), names)
    kept = replaced if isinstance(replaced, dict) else {}
    return Legible(letters.drawable(title), kept, tuple(lost))


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


def _replaced(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_replaced(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _replaced(one, names) for key, one in value.items()}
    return value
