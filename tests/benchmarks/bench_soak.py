"""A house at work for a long time: does anything grow that should not, is anything lost?

    make bench-soak ARGS="--minutes 30 --world sqlite"
    make bench-soak ARGS="--minutes 30 --world postgres --platform discord"

People begin jobs, answer, look, predict and cancel on a fake platform; the jobs are real and small.
On SQLite one `mltrainer serve` does it all; on PostgreSQL two replicas talk and three workers work.
Every process is looked at every five seconds. The first third of the time is for warming up: the
last one is compared with the middle one, in the memory that a process has for itself (USS).
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its names would hide those of the standard library

from tests.benchmarks.soak.sampling import Sampling  # noqa: E402
from tests.benchmarks.soak.world import World, opened  # noqa: E402
from tests.fakes.discord import FakeDiscord  # noqa: E402
from tests.fakes.slack import FakeSlack  # noqa: E402
from tests.fakes.slack.workspace import LEAST_SCOPES  # noqa: E402
from tests.stories.kill_counts import Tally, count, unsent  # noqa: E402
from tests.stories.kill_records import OnDiscord, OnSlack  # noqa: E402
from tests.stories.kill_storm import CHANNELS, HISTORY, LOOK_SECONDS, Errand, People  # noqa: E402
from tests.stories.towns import Town  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
END_SECONDS = 300.0  # after the evening, until every job is over and every message out
LATE_SECONDS = 3.0  # what is sent too often shows by then
TURN_SECONDS = 5.0
TOLD_EVERY = 60.0


class Day:
    """People at work in a house, from morning to evening; `over` are the errands that ended."""

    def __init__(self, town: Town, world: World, seed: int) -> None:
        for channel in CHANNELS[2:]:
            town.add_channel(channel, channel.lower())
        self.people = People(town, random.Random(seed))  # noqa: S311 - a play, no key
        self.over: list[Errand] = []
        self._town = town
        self._world = world
        self._turned = self._told = time.monotonic()

    @property
    def errands(self) -> list[Errand]:
        """All of them."""
        return [*self.over, *self.people.errands]

    def work(self, seconds: float) -> None:
        """Begin errands and carry them on, for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._step()

    def end(self) -> None:
        """Begin nothing new, and wait until everything is over and said."""
        self.people.evening = True
        end = time.monotonic() + END_SECONDS
        while time.monotonic() < end and (self.people.waiting or unsent(self._world.rows)):
            self._step()
        time.sleep(LATE_SECONDS)

    def _step(self) -> None:
        if dead := self._world.dead():
            raise RuntimeError(f"ended by themselves: {', '.join(dead)}")
        self.people.step()
        self.over += [one for one in self.people.errands if one.at_rest]
        self.people.errands = [one for one in self.people.errands if not one.at_rest]
        now = time.monotonic()
        if now - self._turned > TURN_SECONDS:
            self._turned = now
            self._world.turn(self._town)
        if now - self._told > TOLD_EVERY:
            self._told = now
            say(f"{len(self.over)} jobs are over, {len(self.people.errands)} are under way")
        time.sleep(LOOK_SECONDS)


def main() -> None:
    """Soak, and print what grew, what was lost and what came twice."""
    told = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-soak-") as temporary:
        folder = told.folder or Path(temporary)
        with town_of(told.platform) as town, opened(told.world, town, folder, CACHE) as world:
            day = Day(town, world, told.seed)
            sampling = Sampling(world.pids)
            with sampling.going_on():
                day.work(told.minutes * 60)
            say("evening")
            day.end()
            here = OnDiscord(town, []) if isinstance(town, FakeDiscord) else OnSlack(town)
            tally = count(here, day.errands, world.rows, starts=[])
            size = world.database_size()
    wrong = [*sampling.wrong(), *trouble(tally)]
    print("\n".join([*sampling.lines(), "", *summary(tally, size, told.minutes)]))
    sys.exit("\n".join(wrong) if wrong else 0)


def summary(tally: Tally, size: int, minutes: float) -> list[str]:
    """What was done, and what went wrong with it."""
    lost = len(tally.events_lost) + len(tally.not_told)
    ended = f"{tally.jobs_done} done, {tally.jobs_cancelled} cancelled"
    letters = f"{tally.messages} messages and {tally.edits} edits"
    wrong = f"{lost} lost, {len(tally.doubled)} doubled, {len(tally.out_of_order)} out of order"
    each = size / max(tally.jobs, 1) / 1024
    return [
        f"{tally.jobs} jobs in {minutes:g} minutes: {ended}",
        f"{letters}: {wrong}",
        f"database: {size / 1e6:.1f} MB, {each:.0f} kB a job",
    ]


def trouble(tally: Tally) -> list[str]:
    """Everything that must not be."""
    stuck = tally.jobs - tally.jobs_over
    found = [*tally.events_lost, *tally.not_told, *tally.doubled, *tally.out_of_order]
    return [*found, *([f"{stuck} jobs never ended"] if stuck else [])]


def town_of(platform: str) -> Town:
    """A fake platform."""
    return FakeDiscord() if platform == "discord" else FakeSlack(scopes=LEAST_SCOPES | HISTORY)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--world", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--platform", choices=["slack", "discord"], default="slack")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep everything here")
    return parser.parse_args()


def say(line: str) -> None:
    """Show a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
