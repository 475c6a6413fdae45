"""Type-check every recipe's bundle as it will run: harness and scripts in one flat folder.

Bundle files import each other by bare name, so mypy can only see them side by side. The folders
stay under .mypy_cache, and an unchanged bundle is checked again in a moment.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HARNESS = ROOT / "pipeline" / "harness"
RECIPES = ROOT / "pipeline" / "recipes"
BUNDLES = ROOT / ".mypy_cache" / "bundles"

# The training libraries are not installed where this runs, and most of them have no types.
MYPY = ("mypy", "--strict", "--ignore-missing-imports", "--config-file=", "--python-version=3.11")


def main() -> None:
    """Check all bundles, and fail when one fails."""
    recipes = sorted(path.parent for path in RECIPES.glob("*/train.py"))
    failed = [recipe.name for recipe in recipes if not check(assemble(recipe))]
    if failed:
        sys.exit(f"bundles with type errors: {', '.join(failed)}")


def assemble(recipe: Path) -> Path:
    """Copy what codegen would copy into a folder of its own; times are kept for mypy's cache."""
    bundle = BUNDLES / recipe.name
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir(parents=True)
    scripts = (script for script in recipe.glob("*.py") if script.name != "__init__.py")
    for file in (*HARNESS.rglob("*.py"), *scripts):
        shutil.copy2(file, bundle / file.name)
    return bundle


def check(bundle: Path) -> bool:
    """Run mypy inside the folder, with a cache of its own beside it.

    A new cache begins as a copy of another bundle's, which knows the libraries and the harness.
    """
    cache = bundle.with_suffix(".cache")
    if not cache.exists() and (other := next(BUNDLES.glob("*.cache"), None)):
        shutil.copytree(other, cache)
    print(f"bundle {bundle.name}", flush=True)  # noqa: T201  # mypy's own lines follow
    command = [sys.executable, "-m", *MYPY, f"--cache-dir={cache}", "."]
    checked = subprocess.run(command, cwd=bundle, check=False)
    return checked.returncode == 0


if __name__ == "__main__":
    main()
