"""Draws the figures of a result as PNG, on white and on black, with alt text inside.

python draw.py --figures figures.json --out DIR

Runs in an environment of its own (pictures.txt), without network and home. A figure that cannot be
drawn is skipped with a line on stderr; pictures.json lists the others.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from config import Json

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_MOST = 24  # figures


def main() -> None:
    """Draw all figures of a file."""
    parser = argparse.ArgumentParser(description="Draw figures.json as pictures.")
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    # matplotlib keeps a list of fonts in a folder that it looks for when it is imported.
    with tempfile.TemporaryDirectory(prefix=".matplotlib-", dir=options.out) as own:
        os.environ["MPLCONFIGDIR"] = own
        os.environ["PATH"] = own  # it looks for fonts itself; fc-list complains in a sandbox
        pictures = _drawn(json.loads(options.figures.read_text("utf-8")), options.out)
    told = json.dumps(pictures, indent=1, ensure_ascii=False)
    (options.out / "pictures.json").write_text(told, "utf-8")


def _drawn(figures: Json, out: Path) -> list[dict[str, str]]:
    from drawing import Artist, Unfit  # noqa: PLC0415 - needs the folder that main() made

    artist = Artist()
    pictures: dict[str, dict[str, str]] = {}
    for at, figure in enumerate(figures if isinstance(figures, list) else [], 1):
        told = figure if isinstance(figure, dict) else {}
        name = str(told.get("name"))
        try:
            _check(name, pictures.keys())
            pictures[name] = artist.draw(told, out)
        except Unfit as reason:
            print(f"figure {at} is not drawn: {reason}", file=sys.stderr)  # noqa: T201
    return list(pictures.values())


def _check(name: str, known: Collection[str]) -> None:
    from drawing import Unfit  # noqa: PLC0415 - needs the folder that main() made

    if not _NAME.fullmatch(name) or name in known:
        raise Unfit(f"{name!r} is no plain word of its own")
    if len(known) == _MOST:
        raise Unfit(f"{_MOST} pictures are drawn already")


if __name__ == "__main__":
    main()
