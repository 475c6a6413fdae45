"""A bot that is killed again and again at random moments while people work with it.

    make bench-kills
    python tests/benchmarks/bench_kills.py --platform discord --kills 100 --seed 1
    python tests/benchmarks/bench_kills.py --kills 100 --seed 1 --history no

The real `mltrainer serve` with real jobs beside a fake platform; every kill is a SIGKILL. On Slack
a message that may have been sent is looked up with the history scope; without it some may be
doubled. On Discord it is sent again under the same nonce.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.stories.kill_storm import storm  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))


def main() -> None:
    """Run one storm and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=["slack", "discord"], default="slack")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--history", choices=["yes", "no"], default="yes")
    parser.add_argument("--folder", type=Path, help="keep everything here")
    told = parser.parse_args()
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        tally = storm(
            told.folder or Path(temporary),
            CACHE,
            platform=told.platform,
            kills=told.kills,
            seed=told.seed,
            history=told.history == "yes",
            tell=tell,
        )
    scope = f", history scope: {told.history}" if told.platform == "slack" else ""
    print(f"{told.platform}, seed {told.seed}{scope}")
    print("\n".join(tally.lines()))


if __name__ == "__main__":
    main()
