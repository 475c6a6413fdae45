"""A thousand live threads and a hundred events a second, into one `mltrainer serve`.

    make bench-chat
    python tests/benchmarks/bench_chat.py --threads 100 --rate 20 --seconds 10
    python tests/benchmarks/bench_chat.py --table

The bot runs in a process of its own, over Slack's HTTP mode; this process is the people and the
fake Slack. Events are sent when they are due, whatever the answers do, and each acknowledgement is
timed from then. The threads are real jobs with a posted card: most were begun by a mention and ask
for data, some wait for a yes to their plan, some are in training and print a line a second.
Results are kept in .benchmarks; docs/load.md is made of them by --table.
"""

import argparse
import asyncio
import gc
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its names would hide those of the standard library

from tests.benchmarks.chat_load import checking, telling  # noqa: E402
from tests.benchmarks.chat_load.people import People  # noqa: E402
from tests.benchmarks.chat_load.sending import Street  # noqa: E402
from tests.benchmarks.chat_load.sowing import Seed, scripts_end  # noqa: E402
from tests.benchmarks.chat_load.town import PostsAndEdits, Town  # noqa: E402
from tests.benchmarks.chat_load.watching import Watch  # noqa: E402
from tests.fakes.slack import FakeSlack  # noqa: E402
from tests.stories.serving import Served  # noqa: E402

CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
KEPT = ROOT / ".benchmarks" / "chat.json"
DOCUMENT = ROOT / "docs" / "load.md"
BEGINNING_RATE = 20.0  # mentions a second, before the measuring
PLANNED = 0.28  # of the threads
FIRST_FORMS = 20
LEAST_PATIENCE = 120.0  # seconds, until every thread has its card


@dataclass
class Bench:
    """One run in a folder."""

    told: argparse.Namespace
    slack: FakeSlack
    bot: Served

    def run(self) -> telling.Result:
        """Make the threads, send, wait for the end of it, and count."""
        told, town = self.told, Town.settled_by(self.slack)
        planned = int(PLANNED * told.threads)
        say("one real job, up to its plan")
        seed = Seed(self.bot)
        lasting = told.seconds + told.threads // 5 + 300
        sowing = seed.sow(town, planned=planned, training=told.trainings, seconds=lasting)
        asyncio.run(sowing)
        self.bot.start()
        street = Street(f"{self.bot.url}/slack/events", self.slack.signing_secret)
        self._begin_threads(town, street, told.threads - planned - told.trainings)
        people = People(town)
        forms = [people.asks_for_a_form] * min(FIRST_FORMS, planned)
        asyncio.run(street.send(forms, rate=BEGINNING_RATE))
        street.answers.clear()
        return self._measure(people, street)

    def _begin_threads(self, town: Town, street: Street, count: int) -> None:
        say(f"{count} threads begin with a mention")
        people = People(town)
        asyncio.run(street.send([people.begins] * count, rate=BEGINNING_RATE))
        for key in people.ledger.begun:
            town.asking.append(town.begun[key])
        took = checking.settled(
            self.bot.home, self.told.trainings, max(self.told.patience, LEAST_PATIENCE)
        )
        town.name_jobs(checking.jobs_by_thread(self.bot.home))
        say(f"all cards stand after {took:.0f} s; {len(town.threads)} threads")

    def _measure(self, people: People, street: Street) -> telling.Result:
        told, home, town = self.told, self.bot.home, people.town
        say(f"{told.rate:.0f} events a second for {told.seconds} s")
        jobs = [one.job for one in town.training]
        gc.collect()
        gc.freeze()
        before = scripts_end(home, jobs)
        with Watch(self.bot.pid) as watch:
            took = asyncio.run(street.walk(people, rate=told.rate, seconds=told.seconds))
        lines = [now - then for now, then in zip(scripts_end(home, jobs), before, strict=True)]
        settled = checking.settled(home, told.trainings, told.patience)
        return telling.result(
            street.answers,
            checking.found(town, people.ledger, home),
            watch,
            threads=len(town.threads),
            trainings=told.trainings,
            rate=told.rate,
            seconds=told.seconds,
            took=took,
            settled=settled,
            printed=min(lines, default=0) / watch.seconds,
        )


def main() -> None:
    """Run once, or make the table of what was run."""
    told = arguments()
    if told.table:
        telling.write(telling.Result.kept(told.result), DOCUMENT)
        return
    folder = told.folder or Path(tempfile.mkdtemp(prefix="bench-chat-"))
    try:
        with FakeSlack(rates=PostsAndEdits()) as slack:
            bot = Served(slack, folder, CACHE, **SETTINGS)
            try:
                done = Bench(told, slack, bot).run()
            finally:
                bot.end()
    finally:
        if told.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    done.keep(told.result)
    print("\n".join(done.lines()))
    sys.exit(0 if done.good else "not everything is as it should be")


SETTINGS = {"MLTRAINER_APPROVAL": "always", "MLTRAINER_RETRY_SCALE": "1"}


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1000, help="live threads")
    parser.add_argument("--trainings", type=int, default=20, help="of them in training")
    parser.add_argument("--rate", type=float, default=100, help="events a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--patience", type=float, default=180, help="seconds, until all is handled")
    parser.add_argument("--folder", type=Path, help="keep the home here")
    parser.add_argument("--result", type=Path, default=KEPT, help="where the figures are kept")
    parser.add_argument("--table", action="store_true", help=f"only write {DOCUMENT.name} anew")
    return parser.parse_args()


def say(line: str) -> None:
    """Show a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
