"""Forty jobs, each of which meets one trouble of one service outside.

    make bench-faults
    python tests/benchmarks/bench_faults.py --service kaggle --service ray --kind hang

The real orchestrator, store and adapters with the services' own libraries, against fakes on this
machine: eight kinds of trouble at five places. The scripts that are trained are toys. A person does
what the job tells them, and nothing else. Prints a table in Markdown.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its names would hide those of the standard library

from tests.benchmarks.faults import telling  # noqa: E402
from tests.benchmarks.faults.play import OPENED, Carried, carried, tell  # noqa: E402
from tests.benchmarks.faults.trouble import KINDS  # noqa: E402


def main() -> None:
    """Run them one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--service", action="append", choices=OPENED, help="only these")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these")
    asked = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the fakes break off on purpose
    done = asyncio.run(_all(asked.service or list(OPENED), asked.kind or list(KINDS)))
    print("\n".join(telling.lines(done)))
    sys.exit(0 if all(one.good for one in done) else "not everything is as it should be")


async def _all(services: Sequence[str], kinds: Sequence[str]) -> list[Carried]:
    done = []
    for service in services:
        for kind in kinds:
            began = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="faults-") as folder:
                done.append(await carried(service, kind, Path(folder)))
            how = "good" if done[-1].good else "NOT GOOD"
            tell(f"{time.monotonic() - began:5.1f} s  {service}, {kind}: {how}")
    return done


if __name__ == "__main__":
    main()
