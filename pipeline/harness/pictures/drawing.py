"""Draws one figure: finds the one who can draw its kind, and saves both variants as PNG."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config import Json
from drawing_bars import draw_bars
from drawing_canvas import Canvas, Easel
from drawing_classes import draw_confusion
from drawing_curves import draw_calibration, draw_precision_recall, draw_roc
from drawing_groups import draw_clusters
from drawing_letters import Legible, find_letters, legible
from drawing_look import DARK, LIGHT, Look
from drawing_numbers import draw_predicted, draw_residuals
from drawing_photos import draw_boxes, draw_pictures
from drawing_png import save_png
from drawing_ruler import Ruler
from drawing_scan import draw_scan
from drawing_series import draw_forecast
from drawing_told import Told, Unfit

__all__ = ["Artist", "Unfit"]

Drawing = Callable[[Told, Easel], Canvas]
KINDS: dict[str, Drawing] = {
    "bars": draw_bars,
    "boxes": draw_boxes,
    "calibration": draw_calibration,
    "clusters": draw_clusters,
    "confusion": draw_confusion,
    "forecast": draw_forecast,
    "pictures": draw_pictures,
    "precision_recall": draw_precision_recall,
    "predicted": draw_predicted,
    "residuals": draw_residuals,
    "roc": draw_roc,
    "scan": draw_scan,
}
# What matplotlib and numpy raise on figures that make no sense.
_BROKEN = (
    *(ArithmeticError, AttributeError, LookupError, MemoryError),
    *(RuntimeError, TypeError, ValueError),
)
_FEW = 3


class Artist:
    """Knows the letters of this machine, and draws with them."""

    def __init__(self) -> None:
        self._letters = find_letters()
        self._ruler = Ruler(self._letters.fonts)

    def draw(self, figure: Mapping[str, Json], out: Path) -> dict[str, str]:
        """Save NAME.png and NAME.dark.png; Unfit when it cannot be drawn, and no file is left."""
        told = Told(figure)
        name, title, alt = told.text("name"), told.text("title"), told.text("alt")
        files = {"file": f"{name}.png", "dark": f"{name}.dark.png"}
        try:
            shown = legible(title, told.part("data").entries, self._letters)
            for file, look in zip(files.values(), (LIGHT, DARK), strict=True):
                canvas = self.paint(told.text("kind"), shown, look)
                save_png(canvas, out / file, title, alt)
        except _BROKEN as error:
            for file in files.values():
                (out / file).unlink(missing_ok=True)
            raise Unfit(f"{name}: {error}") from error
        return {**files, "title": title, "alt": alt}

    def paint(self, kind: str, shown: Legible, look: Look) -> Canvas:
        """One variant of a figure; Unfit for an unknown kind."""
        if kind not in KINDS:
            raise Unfit(f"{kind} is none of {', '.join(KINDS)}")
        easel = Easel(look, self._ruler, shown.title, _footnote(shown.numbered))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about letters and empty slices; the picture shows it
            return KINDS[kind](Told(shown.data), easel)


def _footnote(numbered: Sequence[str]) -> str:
    if not numbered:
        return ""
    which = ", ".join(f"#{at}" for at in range(1, len(numbered) + 1))
    few = which if len(numbered) <= _FEW else f"#1 to #{len(numbered)}"
    return f"{few}: names in letters that cannot be drawn here; see the text beside."
