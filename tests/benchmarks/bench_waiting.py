"""What it costs one worker that thousands of trainings go on elsewhere.

    make bench-waiting                 both databases, about fourteen minutes
    make bench-waiting ARGS="--help"

The queue, the orchestrator, the stage that follows a training and the job table are the real ones;
the service is not. Asked: less than 5 % of a core and less than 300 MB.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.engine.waiting import Watch, submitted
from tests.fakes.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
PARTS = ("sqlite", "postgres")
MOST_CORE, MOST_MEGABYTES = 0.05, 300.0


def measure(name: str, url: str, home: Path, given: argparse.Namespace) -> None:
    """Have a process of its own follow them, and print its figures."""
    asyncio.run(submitted(url, given.jobs))
    command = [sys.executable, "-m", "tests.benchmarks.engine.waiting", url, str(home)]
    command += ["--jobs", str(given.jobs), "--seconds", str(given.seconds)]
    done = subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE)
    told(name, Watch(**json.loads(done.stdout)))


def told(name: str, watch: Watch) -> None:
    """Print figures, and their ratios to what was asked for."""
    core = watch.cpu / watch.seconds
    print(
        f"{name}: {watch.jobs:,} trainings, {watch.looks / watch.seconds:.1f} looks/s, "
        f"{1000 * watch.cpu / max(watch.looks, 1):.2f} ms CPU a look, "
        f"at most {watch.longest:.0f} s between two looks at one"
    )
    print(f"  core: {100 * core:.1f} % ({core / MOST_CORE:.2f} of what was asked)")
    ratio = watch.megabytes / MOST_MEGABYTES
    print(f"  memory: {watch.megabytes:.0f} MB ({ratio:.2f} of what was asked)", flush=True)


def main() -> None:
    """Read the sizes, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--jobs", type=int, default=2000, help="trainings that go on")
    parser.add_argument(
        "--seconds", type=float, default=360.0, help="how long; each is looked at every 360 s"
    )
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if "sqlite" in given.part:
            measure("sqlite", f"sqlite:///{home}/jobs.db", home, given)
        if "postgres" in given.part:
            with PostgresServer() as server, server.database() as url:
                measure("postgres", url, home, given)
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
