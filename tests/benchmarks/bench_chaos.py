"""The fault lab: hundreds of kills, freezes and cuts over people's jobs, and what they broke.

    make chaos N=500 RUNS=26
    make chaos N=40 RUNS=2 ARGS="--world postgres --platform discord --seed 7"
    python tests/benchmarks/bench_chaos.py --hurts 20 --runs 1 --only kill --only "disk full"
    make chaos N=20 RUNS=1 ARGS="--world postgres --only 'kill work' --pause 20 30"
    make chaos N=3 RUNS=1 ARGS="--world postgres --only 'rolling restart'"

Without --world and --platform runs take turns: SQLite with one process, PostgreSQL with three
workers and two replicas of serve, on Slack and on Discord. Everything is real but the platform and
the services. Ends with 1 when anything was lost, stuck, doubled, run again or out of order.
"""

import argparse
import asyncio
import itertools
import logging
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its names would hide those of the standard library

from adapters.environments import Environments  # noqa: E402
from pipeline.jobs import TaskType  # noqa: E402
from pipeline.recipe import requirements  # noqa: E402
from tests.faultlab import table  # noqa: E402
from tests.faultlab.lab import Ended, Plan, run  # noqa: E402
from tests.faultlab.storm import PAUSE  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
WORLDS, PLATFORMS = ("sqlite", "postgres"), ("slack", "discord")


def main() -> None:
    """Run them one after the other and print the table."""
    asked = _asked()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the fakes break off on purpose
    ended = []
    for plan in _plans(asked):
        with tempfile.TemporaryDirectory(prefix="faultlab-") as temporary:
            folder = asked.folder / f"{plan.world}-{plan.seed}" if asked.folder else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            ended.append(_ran(plan, folder))
    print("\n".join(table.lines(ended)))
    sys.exit(1 if any(list(one.found.lines()) for one in ended) else 0)


def _ran(plan: Plan, folder: Path) -> Ended:
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    one = run(plan, folder, tell)
    print("\n".join([table.line(one), *table.violations(one)]), flush=True)
    return one


def _plans(asked: argparse.Namespace) -> Sequence[Plan]:
    """So many hurts over so many runs, each with a seed of its own."""
    worlds = [asked.world] if asked.world else WORLDS
    platforms = [asked.platform] if asked.platform else PLATFORMS
    turns = itertools.cycle(itertools.product(platforms, worlds))
    python = asyncio.run(_light_python())
    share, more = divmod(asked.hurts, asked.runs)
    return [
        Plan(
            world,
            platform,
            asked.seed + number * 100,
            share + (number < more),
            CACHE,
            python,
            tuple(asked.only or ()),
            tuple(asked.pause),
        )
        for number, (platform, world) in zip(range(asked.runs), turns, strict=False)
    ]


async def _light_python() -> Path:
    """Python of the environment in which texts are learned from, for machines of a service."""

    async def unheard(line: str) -> None:
        del line

    return await Environments(CACHE).prepare(requirements(TaskType("text_classification")), unheard)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hurts", type=int, default=20, help="in all runs together")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--world", choices=WORLDS)
    parser.add_argument("--platform", choices=PLATFORMS)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--only", action="append", help="a kind of hurt; may be repeated")
    parser.add_argument(
        "--pause",
        nargs=2,
        type=float,
        default=PAUSE,
        metavar=("LEAST", "MOST"),
        help="seconds between two hurts",
    )
    parser.add_argument("--folder", type=Path, help="keep everything here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
