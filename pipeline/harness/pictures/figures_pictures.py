"""Held-out pictures, each with the truth and what is said of it, as a figure.

Imported only where pictures are learned from: pillow is not installed for every recipe.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from config import Json
from figures_form import Figure, listed, share, told
from photos import jpeg, shrunk
from PIL import Image

MOST_SHOWN = 12
_LONGEST = 132  # pixels of the longer side
_TOLD = 8


@dataclass(frozen=True, slots=True)
class Answered:
    """A picture, what is true of it and what is said, in words, and how sure that is."""

    picture: Image.Image
    true: str
    said: str
    right: bool
    sure: float | None = None


def pictures(
    shown: Sequence[Answered],
    *,
    title: str,
    name: str = "pictures",
    what: str = "held-out pictures",
) -> Figure | None:
    """Up to 12 pictures, each with the truth and what is said; None without any.

    The `title` is a finding, as in "It takes 4 of 5 huskies for wolves"; `name` is a plain word.
    """
    if not shown:
        return None
    kept = shown[:MOST_SHOWN]
    each = [
        f"{told(one.said)}, rightly" if one.right else f"{told(one.said)}, true is {told(one.true)}"
        for one in kept
    ]
    return Figure(
        name=name,
        kind="pictures",
        title=title,
        alt=f"{what.capitalize()}, each with what is said of it: {listed(each, _TOLD)}.",
        data={"pictures": [_answered(one) for one in kept]},
    )


def _answered(one: Answered) -> Json:
    sure = "" if one.sure is None else share(one.sure)
    return {
        "jpeg": jpeg(shrunk(one.picture, _LONGEST)),
        "true": told(one.true),
        "said": told(one.said),
        "sure": sure,
        "right": one.right,
    }
