"""The crash matrix: a job dies once in each of its stages, at one of seven points."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.watching import Seen
from tests.faultlab.checks import Found, found
from tests.faultlab.lasting_chat import LastingChat
from tests.faultlab.toy import Point
from tests.stories.kill_counts import Rows, count
from tests.stories.kill_records import Shown
from tests.stories.serving import ROOT, surroundings
from tests.stories.somebody import Seen as Mention

LONGEST = 300.0


@dataclass(frozen=True)
class Crashed:
    """What came of one row of the matrix: how often it died, and how often each agent ran."""

    deaths: int
    runs: Counter[str]
    found: Found


@dataclass(frozen=True)
class Told:
    """The one errand of a toy, which ended."""

    kind: str
    said: Seen
    questions: list[Mention]
    over: str
    at_rest: bool
    shown: Seen | None

    def card(self) -> Seen | None:
        return self.shown


@dataclass(frozen=True)
class Thread:
    """A record of the one thread there is."""

    chat: LastingChat

    def shown(self, keys: Collection[str], taken: Collection[str]) -> Shown:
        del keys, taken
        return {"C1 1": self.chat.posted()}

    def told_alone(self) -> list[str]:
        return []

    def edits(self) -> int:
        return sum(len(one.cards) - 1 for one in self.chat.messages)

    def not_taken(self, taken: Collection[str]) -> Iterable[str]:
        del taken
        return ()

    def heard(self, said: Collection[str], taken: Collection[str]) -> int:
        del taken
        return len(said)

    def unheard(self) -> int:
        return 0


def crash(url: str, rows: Callable[[], Rows], folder: Path, point: Point) -> Crashed:
    """Let the toy die and go on until it ends by itself."""
    command = [sys.executable, "-m", "tests.faultlab.toy", url, str(folder), point]
    environ = {**surroundings(), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, env=environ, cwd=ROOT, capture_output=True, timeout=LONGEST, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()[-2000:] or "it was never done"
    return _looked_at(rows(), folder)


def _looked_at(rows: Rows, folder: Path) -> Crashed:
    chat = LastingChat(file=folder / "chat.json")
    card = next((one for one in chat.messages if ":card:" in one.key), None)
    said = Seen("C1", "1", "", "ann", "make me a model")
    seen = Seen("C1", "2", "1", "mltrainer", str(card.card)) if card else None
    errand = Told("toy", said, [], "done", at_rest=True, shown=seen)
    tally = count(Thread(chat), [errand], rows, starts=())
    runs = Counter((folder / "ran").read_text("utf-8").split())
    return Crashed(
        len(list(folder.glob("died-*"))), runs, found(tally, [errand], rows, services=())
    )
