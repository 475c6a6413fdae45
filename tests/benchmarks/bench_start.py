"""How long `mltrainer serve` takes until /ready answers 200, with and without a language model.

    make bench-start

The bytecode is compiled first, and each kind is started once before it is measured. CPU seconds say
more than the wall on a machine that does other things as well.
"""

import compileall
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its names would hide those of the standard library

from tests.fakes.llm import FakeProviders  # noqa: E402
from tests.fakes.slack import FakeSlack  # noqa: E402
from tests.stories.serving import Served  # noqa: E402

STARTS = 5


@dataclass(frozen=True)
class Start:
    """One start, up to /ready: seconds on the wall and of the CPU, and megabytes in memory."""

    wall: float
    cpu: float
    megabytes: float


def start(folder: Path, settings: Mapping[str, str]) -> Start:
    """Start a bot, ask /ready, end it."""
    with FakeSlack() as slack:
        bot = Served(slack, folder, folder / "environments", **settings)
        began = time.monotonic()
        try:
            bot.start()
            bot.get("/ready")
            wall = time.monotonic() - began
            process = psutil.Process(bot.pid)
            spent = process.cpu_times()
            return Start(wall, spent.user + spent.system, process.memory_info().rss / 2**20)
        finally:
            bot.end()


def measured(settings: Mapping[str, str]) -> Start:
    """The median of several starts in one home, after one that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        starts = [start(Path(folder), settings) for _ in range(STARTS + 1)][1:]
    return Start(
        *(
            statistics.median(getattr(one, name) for one in starts)
            for name in ("wall", "cpu", "megabytes")
        )
    )


def main() -> None:
    """Print the table."""
    for room in ("bot", "adapters", "pipeline"):
        compileall.compile_dir(str(ROOT / room), quiet=2)
    print(f"{'':18s} {'wall':>8s} {'CPU':>8s} {'memory':>9s}   (medians of {STARTS})")
    show("no provider", {}, wanted=2)
    with FakeProviders() as llm:
        show("Ollama alone", llm.settings, wanted=8)
        llm.stop("ollama")
        show("the server's key", {**llm.settings, **llm.keys("openai")}, wanted=8)


def show(kind: str, settings: Mapping[str, str], *, wanted: int) -> None:
    """A line of the table."""
    found = measured(settings)
    told = f"{found.wall:6.2f} s {found.cpu:6.2f} s {found.megabytes:6.0f} MB"
    print(f"{kind:18s} {told}   (wanted: under {wanted} s)", flush=True)


if __name__ == "__main__":
    main()
