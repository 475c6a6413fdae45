"""Saves a canvas as a small PNG with its alt text inside, the same bytes for the same picture."""

from pathlib import Path

import numpy as np
from drawing_canvas import Canvas
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from PIL.PngImagePlugin import PngInfo

_COLOURS = 256


def save_png(canvas: Canvas, path: Path, title: str, alt: str) -> None:
    """Write the picture with a palette, a third of the size, and without date or version."""
    agg = FigureCanvasAgg(canvas.figure)
    agg.draw()
    whole = Image.fromarray(np.asarray(agg.buffer_rgba())[:, :, :3])
    method = Image.Quantize.MEDIANCUT if canvas.photos else Image.Quantize.FASTOCTREE
    small = whole.quantize(_COLOURS, method, dither=Image.Dither.NONE)
    inside = PngInfo()
    inside.add_itxt("Title", title)
    inside.add_itxt("Description", alt)
    _exact_paper(small, canvas.look.paper).save(path, "PNG", pnginfo=inside)


def _exact_paper(picture: Image.Image, paper: str) -> Image.Image:
    """The palette's paper is a shade off, which shows on a page of the same colour."""
    corner = picture.getpixel((0, 0))
    palette = picture.getpalette() or []
    if isinstance(corner, int):
        palette[3 * corner : 3 * corner + 3] = (int(paper[at : at + 2], 16) for at in (1, 3, 5))
        picture.putpalette(palette)
    return picture
