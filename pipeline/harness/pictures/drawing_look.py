"""How pictures look: two calm palettes that colour-blind people can tell apart, and the letters.

All lengths are CSS pixels of a picture 680 wide, drawn at twice that; letters are large enough to
be read when a phone shrinks it to 360.
"""

from dataclasses import dataclass

WIDTH = 680
HEIGHT = 440
SCALE = 2
_BRIGHT = 0.2  # luminance against which black and white stand out alike
MARGIN = 24
TITLE = 20.5
TEXT = 16.5
SMALL = 15.0
INCH = 100  # that many of them
POINTS = 0.72  # of one


@dataclass(frozen=True, slots=True)
class Look:
    """Colours. `main` is what is shown, `accent` what to look at, `groups` tell groups apart."""

    paper: str
    ink: str
    muted: str
    grid: str
    main: str
    accent: str
    groups: tuple[str, ...]


LIGHT = Look(
    paper="#ffffff",
    ink="#1a1e23",
    muted="#59636e",
    grid="#e3e7eb",
    main="#2467a8",
    accent="#c45f06",
    groups=(
        *("#2467a8", "#d9760d", "#138a72", "#8c4aa0", "#a8811c", "#5b6770"),
        *("#4aa5d8", "#a03050", "#6f8f1f", "#c977b4", "#7c5030", "#3d3f96"),
    ),
)
DARK = Look(
    paper="#14171b",
    ink="#e8ebee",
    muted="#9ca6b0",
    grid="#2c323a",
    main="#6fb1ea",
    accent="#f3a24f",
    groups=(
        *("#6fb1ea", "#f3a24f", "#3ec2a4", "#c58bd8", "#dcbc5a", "#a3aeb8"),
        *("#2f86c9", "#e8738f", "#a9c856", "#efaedd", "#bb8a62", "#8d90ee"),
    ),
)


def blend(paper: str, colour: str, strength: float) -> str:
    """A colour laid over the paper, from 0 (the paper) to 1."""
    one, other = (tuple(int(code[at : at + 2], 16) for at in (1, 3, 5)) for code in (paper, colour))
    mixed = (round(a + (b - a) * strength) for a, b in zip(one, other, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def is_light(colour: str) -> bool:
    """Whether dark letters are read better on it."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return bool(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 > _BRIGHT)
