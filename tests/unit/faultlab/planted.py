"""A small past of one job that went well, in which a test plants what must be found."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.watching import Seen
from tests.stories.kill_counts import Rows
from tests.stories.kill_records import Shown
from tests.stories.somebody import Seen as Mention

JOB = "j-aaaaaaaa"
SAID = Seen("C1", "1", "", "ann", "make me a model")
CARD = Seen("C1", "2", "1", "mltrainer", f"Job {JOB}: done")


@dataclass
class Asked:
    """The one errand."""

    kind: str = "train"
    said: Seen = SAID
    questions: list[Mention] = field(default_factory=list)
    over: str = "done"
    shown: Seen | None = CARD

    @property
    def at_rest(self) -> bool:
        return bool(self.over)

    def card(self) -> Seen | None:
        return self.shown


@dataclass
class Past:
    """Tables and messages as a good run leaves them."""

    events: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"kind": "stage_start", "stage": "dataset"},
            {"kind": "stage_end", "stage": "dataset"},
            {"kind": "pipeline_end", "stage": None, "status": "done"},
        ]
    )
    messages: list[tuple[str, str]] = field(
        default_factory=lambda: [
            (f"{JOB}:card:1", "the card"),
            (f"{JOB}:1", "it began"),
            (f"{JOB}:3", "it is done"),
        ]
    )
    event_count: int = 3
    board: int = 3
    missing: list[int] = field(default_factory=list)
    arrivals: list[dict[str, Any]] = field(
        default_factory=lambda: [{"key": "said", "handled": True}]
    )
    letters: list[str] = field(default_factory=lambda: [f"{JOB}:1", f"{JOB}:3"])
    untaken: list[str] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        def rows(query: str) -> list[dict[str, Any]]:
            table = query.split(" from ")[1].split(maxsplit=1)[0]
            found = self._tables()[table]
            return [one for one in found if not one["handled"]] if "not handled" in query else found

        return rows

    def _tables(self) -> dict[str, list[dict[str, Any]]]:
        numbered = [(number, one) for number, one in enumerate(self.events, 1)]
        return {
            "jobs": [{"id": JOB, "event_count": self.event_count, "status": "done"}],
            "events": [
                {"job_id": JOB, "number": number, "body": json.dumps(one)}
                for number, one in numbered
                if number not in self.missing
            ],
            "boards": [{"job_id": JOB, "shown": self.board}],
            "outbox": [{"key": key, "kind": "notice", "tries": 1} for key in self.letters],
            "arrivals": self.arrivals,
        }

    # A record of a platform

    def shown(self, keys: Collection[str], taken: Collection[str]) -> Shown:
        del keys, taken
        return {"C1 1": self.messages}

    def told_alone(self) -> list[str]:
        return []

    def edits(self) -> int:
        return 0

    def not_taken(self, taken: Collection[str]) -> Iterable[str]:
        del taken
        return self.untaken

    def heard(self, said: Collection[str], taken: Collection[str]) -> int:
        del taken
        return len(said)

    def unheard(self) -> int:
        return 0
