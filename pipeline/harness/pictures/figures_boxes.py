"""Held-out pictures with the boxes that are there and those that were found, as a figure.

Imported only where pictures are learned from: pillow is not installed for every recipe.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from config import Json
from figures_form import Figure, listed, share, told
from photos import jpeg, shrunk
from PIL import Image

MOST_SHOWN = 4
MOST_BOXES = 30  # on one picture
_LONGEST = 320  # pixels of the longer side


@dataclass(frozen=True, slots=True)
class Box:
    """A box on a picture in its pixels, with its label; a found one with how sure it is."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float
    label: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Boxed:
    """A picture, the boxes there are, and those that were found."""

    picture: Image.Image
    true: Sequence[Box]
    found: Sequence[Box]


def boxes(shown: Sequence[Boxed], *, there: int, said: int, right: int) -> Figure | None:
    """Up to 4 pictures with true and found boxes; None without any.

    Of all held-out pictures, `there` are the true boxes, `said` the found ones, `right` those of
    them that are around what they say.
    """
    if not shown:
        return None
    kept = shown[:MOST_SHOWN]
    each = [f"{len(one.found)} found where {len(one.true)} are" for one in kept]
    return Figure(
        name="boxes",
        kind="boxes",
        title=_counted(there, said, right),
        alt=(
            f"Held-out pictures with the boxes there are, dashed, and those that were found."
            f" On all of them {there:,} boxes are there and {said:,} found, {right:,} rightly."
            f" On the pictures shown: {listed(each, MOST_SHOWN)}."
        ),
        data={"pictures": [_boxed(one) for one in kept]},
    )


def _counted(there: int, said: int, right: int) -> str:
    wrong = said - right
    if not there:
        return f"It draws {said:,} boxes where there is nothing to find"
    found = f"It finds {right:,} of {there:,} objects"
    if not wrong:
        return f"{found} and nothing that is not there" if right else f"{found}"
    return f"{found}, and {wrong:,} of its {said:,} boxes are wrong"


def _boxed(one: Boxed) -> Json:
    small = shrunk(one.picture, _LONGEST)
    across, down = (
        after / before for after, before in zip(small.size, one.picture.size, strict=True)
    )
    return {
        "jpeg": jpeg(small),
        "true": [_box(box, across, down) for box in one.true[:MOST_BOXES]],
        "found": [_box(box, across, down) for box in one.found[:MOST_BOXES]],
    }


def _box(box: Box, across: float, down: float) -> Json:
    """Its edges on the small picture, and its label."""
    edges = (box.xmin * across, box.ymin * down, box.xmax * across, box.ymax * down)
    sure = "" if box.score is None else f" {share(box.score)}"
    return {"edges": [round(float(edge), 1) for edge in edges], "label": told(box.label) + sure}
