"""Makes environments that tests need and no recipe uses: `make ray`, `make spaces`.

They are installed without this project's lock: a Space as the Hub does it, by its own lines alone.
What those leave open comes as it was on one day, so that nothing breaks by itself.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adapters.environments import Environments  # noqa: E402
from adapters.installer import Installer  # noqa: E402
from tests.contracts.space_pages import wanted  # noqa: E402
from tests.fakes.ray.head import REQUIREMENTS  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE") or ROOT / ".pytest_cache" / "environments")

AS_OF = "2026-11-25"  # a later day is tried by moving this, with an empty MLTRAINER_ENV_CACHE

WANTED = {
    "ray": (REQUIREMENTS,),  # a real Ray head
    "spaces": (wanted(deep=False), wanted(deep=True)),  # the pages of Spaces
}


async def show(line: str) -> None:
    """Print what the installer prints."""
    print(line, flush=True)  # noqa: T201 - a command's own words


async def main(name: str) -> None:
    """Find or make them, and say where they are."""
    installer = Installer({**os.environ, "UV_EXCLUDE_NEWER": AS_OF}, constraints=None)
    environments = Environments(CACHE, installer)
    for requirements in WANTED[name]:
        began = time.monotonic()
        python = await environments.prepare(requirements, show)
        print(f"{python} is ready ({time.monotonic() - began:.0f} s)")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
