"""What must hold after a storm, each with what was found against it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Protocol

from tests.faultlab.services import Service
from tests.faultlab.storm import Happened
from tests.faultlab.watched import DIARY
from tests.stories import kill_counts
from tests.stories.kill_counts import Rows, Tally

_NO_CARD = "no card for"
_KILLS = ("kill", "kill work", "power lost")


class Errand(kill_counts.Errand, Protocol):
    """A job that somebody wanted."""

    @property
    def at_rest(self) -> bool:
        """Nothing more is to come of it."""
        ...


@dataclass(frozen=True)
class Found:
    """By invariant, what violates it; all empty is as it should be."""

    lost_jobs: list[str] = field(default_factory=list)
    stuck_jobs: list[str] = field(default_factory=list)
    stages_again: list[str] = field(default_factory=list)
    doubled_submissions: list[str] = field(default_factory=list)
    lost_messages: list[str] = field(default_factory=list)
    doubled_messages: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        """Each violation with the name of its invariant."""
        for one in fields(self):
            for what in getattr(self, one.name):
                yield f"{one.name.replace('_', ' ')}: {what}"


def found(
    tally: Tally, errands: Sequence[Errand], rows: Rows, services: Sequence[Service]
) -> Found:
    """Look for everything that must not be."""
    return Found(
        lost_jobs=[one for one in tally.events_lost if one.startswith(_NO_CARD)],
        stuck_jobs=list(stuck(errands)),
        stages_again=list(begun_again(rows)),
        doubled_submissions=[one for service in services for one in service.doubled],
        lost_messages=[
            *(one for one in tally.events_lost if not one.startswith(_NO_CARD)),
            *tally.not_told,
        ],
        doubled_messages=tally.doubled,
        out_of_order=tally.out_of_order,
    )


def stuck(errands: Sequence[Errand]) -> Iterable[str]:
    """Jobs that never came to their end, though nothing was broken any more."""
    for one in errands:
        if not one.at_rest:
            card = one.card()
            yield f"{one.kind}: {card.text[:300] if card else 'without a card'}"


def begun_again(rows: Rows) -> Iterable[str]:
    """Stages that began once more although their end was saved."""
    over: set[tuple[str, str]] = set()
    query = "select job_id, number, body from events order by job_id, number"
    for row in rows(query):
        event = json.loads(row["body"])
        stage = (row["job_id"], str(event.get("stage")))
        if event["kind"] == "stage_start" and stage in over:
            yield f"{stage[0]}: {stage[1]} began again at event {row['number']}"
        if event["kind"] == "stage_end":
            over.add(stage)


@dataclass(frozen=True)
class Attempt:
    """A line of the diary."""

    pid: int
    job: str
    stage: str
    what: str
    at: float


def diary(folder: Path) -> list[Attempt]:
    """What the machines wrote down, in order of time."""
    path = folder / DIARY
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return sorted((Attempt(**json.loads(line)) for line in lines), key=lambda one: one.at)


def recoveries(
    attempts: Sequence[Attempt], happened: Sequence[Happened], *, alone: bool
) -> list[float]:
    """For each attempt that a kill cut off, the seconds until its job was gone on with.

    A process that is `alone` has nobody to take over: its seconds count from when it is started
    again, which is up to whoever starts it.
    """
    seconds = []
    for hurt in happened:
        if hurt.kind not in _KILLS or not hurt.struck.pid:
            continue
        for job in _under_way(attempts, hurt.struck.pid, hurt.began):
            later = [
                one.at
                for one in attempts
                if one.job == job and one.at > hurt.began and _begins(one)
            ]
            if later:
                seconds.append(min(later) - (hurt.over if alone else hurt.began))
    return seconds


def _begins(attempt: Attempt) -> bool:
    return attempt.what == "began"


def _under_way(attempts: Sequence[Attempt], pid: int, at: float) -> list[str]:
    """Jobs that a process was working on at a moment."""
    last = {one.job: one for one in attempts if one.pid == pid and one.at <= at}
    return [job for job, one in last.items() if _begins(one)]
