"""Locks what training environments install: one file of constraints for all recipes.

Universal: its markers say which version each Python and platform gets. `make lock` writes it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import uv  # noqa: E402

from adapters.installer import CONSTRAINTS  # noqa: E402
from pipeline.deep import DEEP  # noqa: E402
from pipeline.recipe import (  # noqa: E402
    find_recipe,
    harness_file,
    known_recipes,
    read_lines,
    requirements,
)

COMPILE = (
    *("pip", "compile", "--quiet", "--no-config", "--default-index", "https://pypi.org/simple"),
    *("--universal", "--python-version", "3.11", "--no-annotate", "--no-header"),
)


def wanted() -> list[str]:
    """Every requirement that some environment is asked for."""
    lines = set(DEEP)
    lines |= {line.split()[1] for line in read_lines(harness_file("readers.txt"))}
    for name in ("core.txt", "pictures.txt"):
        lines |= set(read_lines(harness_file(name)))
    for task in known_recipes():
        backbones = find_recipe(task).backbones
        lines |= {*requirements(task), *(line for one in backbones for line in one.requirements)}
    return sorted(lines)


def main() -> None:
    """Resolve all of them together, and write the constraints anew."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "wanted.in"
        asked.write_text("\n".join(wanted()) + "\n", "utf-8")
        subprocess.run([uv.find_uv_bin(), *COMPILE, asked, "-o", CONSTRAINTS], check=True)


if __name__ == "__main__":
    main()
