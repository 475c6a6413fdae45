"""Pictures small enough to lie in a figure's data, as text."""

import base64
import io

from PIL import Image

_QUALITY = 82
_LEAST = 24  # pixels, so that no picture is a line


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """A copy in RGB whose longer side is `longest`; a small picture grows, a strip is widened."""
    whole = picture.convert("RGB")
    factor = longest / max(whole.size)
    wide, high = (max(round(side * factor), _LEAST) for side in whole.size)
    return whole.resize(
        (wide, high), Image.Resampling.BOX if factor > 1 else Image.Resampling.LANCZOS
    )


def jpeg(picture: Image.Image) -> str:
    """The bytes of a JPEG in base64."""
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=_QUALITY)
    return base64.b64encode(content.getvalue()).decode("ascii")
