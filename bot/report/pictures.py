"""The pictures of a result as data: addresses, so that a page holds them itself."""

import base64
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import Picture

FOLDER = "pictures"
MOST_BYTES = 2_000_000  # of PNG; base64 makes a third more of it, and a page stays below 3 MB
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = 33  # bytes to the end of the first chunk, which holds width and height


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in the page; without `light` it is told in words alone, and `why` says so."""

    title: str
    alt: str
    light: str = ""
    dark: str = ""
    width: int = 0
    height: int = 0
    why: str = ""


def shown(pictures: tuple[Picture, ...], model: Path | None) -> tuple[Shown, ...]:
    """The pictures of a model folder. When all are too large, dark ones go first, then the last."""
    read = [(one, _png(model, one.file), _png(model, one.dark)) for one in pictures]
    light = sum(len(day) for _, day, _ in read)
    dark_too = light + sum(len(night) for *_, night in read) <= MOST_BYTES
    left = MOST_BYTES
    result: list[Shown] = []
    for picture, day, night in read:
        fits = len(day) <= left
        left -= len(day) if fits else 0
        result.append(_shown(picture, day if fits else b"", night if dark_too else b"", fits=fits))
    return tuple(result)


def _shown(picture: Picture, day: bytes, night: bytes, *, fits: bool) -> Shown:
    if not day:
        why = "is missing in the model folder" if fits else "is too large for this page"
        return Shown(picture.title, picture.alt, why=f"The picture {picture.file} {why}.")
    width, height = (int.from_bytes(day[at : at + 4], "big") for at in (16, 20))
    dark = _address(night) if night else ""
    return Shown(picture.title, picture.alt, _address(day), dark, width, height)


def _png(model: Path | None, name: str) -> bytes:
    """A PNG in the folder of pictures; empty for anything else, such as a link to elsewhere."""
    if model is None or Path(name).name != name:
        return b""
    path = model / FOLDER / name
    if path.is_symlink() or not path.is_file():
        return b""
    content = path.read_bytes()
    return content if content.startswith(_PNG) and len(content) > _HEADER else b""


def _address(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
