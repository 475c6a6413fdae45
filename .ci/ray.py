"""Makes the environment of a real Ray head, where the tests look for it: `make ray`."""

import asyncio
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adapters.environments import Environments  # noqa: E402
from tests.fakes.ray.head import REQUIREMENTS  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE") or ROOT / ".pytest_cache" / "environments")


async def show(line: str) -> None:
    """Print what the installer prints."""
    print(line, flush=True)  # noqa: T201 - a command's own words


async def main() -> None:
    """Find or make it, and say where it is."""
    began = time.monotonic()
    python = await Environments(CACHE).prepare(REQUIREMENTS, show)
    print(f"{python} is ready ({time.monotonic() - began:.0f} s)")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
