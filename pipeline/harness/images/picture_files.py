"""Pictures as files: opened the right way up, and copied at the size that a model can use."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pictures import DAMAGED, MOST_PIXELS, Size
from PIL import ExifTags, Image, ImageOps
from progress import Problem, say

FOLDER = "images"  # "pictures" are those of the report
MOST_EXAMPLES = 4
_STEP = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy of a picture: its path below the folder of its part, and its size before and after.

    `same` is equal for pictures of the same pixels.
    """

    path: str
    same: str
    before: Size
    after: Size


def opened(path: Path) -> Image.Image:
    """A picture in RGB, turned as its camera says; Problem when it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd but harmless metadata
            with Image.open(path) as picture:
                return _upright(picture, path.name)
    except (*DAMAGED, Image.DecompressionBombError) as error:
        raise Problem(
            f"{path.name} cannot be read as a picture.", "Send it as JPEG or PNG."
        ) from error


def is_turned(path: Path) -> bool:
    """Whether a picture is shown otherwise than it is stored, as its camera noted."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd but harmless metadata
            with Image.open(path) as picture:
                return picture.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)
    except (*DAMAGED, Image.DecompressionBombError):
        return False  # nor is it shown at all


def keep(
    names: Iterable[str],
    files: Path,
    out: Path,
    longest: int,
    *,
    bad: list[str] | None = None,
) -> dict[str, Kept]:
    """Copy pictures below `files` into `out`/images as PNG; each by its name there.

    The longer side of a copy has at most `longest` pixels.

    The report has left out those that cannot be read, but of very many pictures it decodes only
    some: the names of others are added to `bad`; without it they are a Problem.
    """
    kept: dict[str, Kept] = {}
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(dict.fromkeys(names))
    for number, name in enumerate(wanted, start=1):
        try:
            picture = opened(files / name)
        except Problem:
            if bad is None:
                raise
            bad.append(name)
            continue
        before = picture.size
        picture.thumbnail((longest, longest))
        path = f"{FOLDER}/{number:06}.png"
        picture.save(out / path, compress_level=1)
        kept[name] = Kept(path, _digest(picture), before, picture.size)
        if number % _STEP == 0:
            say("prepare", f"{number} of {len(wanted)} pictures", done=number / len(wanted))
    return kept


def examples(folder: Path) -> list[str] | None:
    """A few of the held-out pictures to try, where they lie beside the page."""
    found = sorted((folder / FOLDER).glob("*.png"))[:MOST_EXAMPLES]
    return [str(one) for one in found] or None


def _upright(picture: Image.Image, name: str) -> Image.Image:
    if picture.width * picture.height > MOST_PIXELS:
        raise Problem(
            f"{name} has more than {MOST_PIXELS // 1_000_000} million pixels.",
            "Send it smaller.",
        )
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I;16"):
        turned = turned.convert("I")
    if turned.mode in ("I", "F"):  # sixteen bits would be cut off, not scaled
        turned = turned.point(lambda value: value / 256).convert("L")
    plain = _on_white(turned) if turned.has_transparency_data else turned
    return plain.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    """What shows through a picture is paper."""
    above = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", above.size, "white"), above)


def _digest(picture: Image.Image) -> str:
    return hashlib.sha256(picture.tobytes() + repr(picture.size).encode()).hexdigest()
