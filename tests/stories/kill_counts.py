"""What a storm of kills left behind, counted in the database and in what people see."""

import contextlib
import json
import re
import sqlite3
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol

from tests.stories.kill_records import Record, Shown
from tests.stories.somebody import Seen

Rows = Callable[[str], list[dict[str, Any]]]
_NOTICE = re.compile(r"j-[a-z0-9]{8}:(\d+)(:picture)?")
_STATE = re.compile(r"Job j-[a-z0-9]{8}: ")
_ENDS = {"stage_end", "stage_skipped"}


class Errand(Protocol):
    """A job that somebody wanted; `over` is how it ended."""

    @property
    def kind(self) -> str:
        """What sort of job."""
        ...

    @property
    def said(self) -> Seen:
        """The words that began it."""
        ...

    @property
    def questions(self) -> list[Seen]:
        """What was asked in its thread, to which there must be an answer."""
        ...

    @property
    def over(self) -> str:
        """How it ended; empty while it goes on."""
        ...

    def card(self) -> Seen | None:
        """The job's card."""
        ...


@dataclass
class Tally:
    """The counts; lists name what was found."""

    kills: int = 0
    jobs: int = 0
    jobs_over: int = 0
    jobs_done: int = 0
    jobs_cancelled: int = 0
    parkings: int = 0
    resumes: int = 0
    questions: int = 0
    answers: int = 0
    said_while_it_was_down: int = 0
    events: int = 0
    events_lost: list[str] = field(default_factory=list)
    messages: int = 0
    out_of_order: list[str] = field(default_factory=list)
    not_told: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    doubled_outside_the_window: list[str] = field(default_factory=list)
    letters_begun_again: int = 0
    edits: int = 0
    median_start: float = 0.0
    longest_start: float = 0.0

    def lines(self) -> Iterable[str]:
        """One line a count, with what is in a list."""
        for one in fields(self):
            value, name = getattr(self, one.name), one.name.replace("_", " ")
            if isinstance(value, list):
                yield f"{name:28} {len(value)}" + "".join(f"\n    {found}" for found in value)
            else:
                yield f"{name:28} {value:.1f}" if isinstance(value, float) else f"{name:28} {value}"


@dataclass(frozen=True)
class _Saved:
    """The tables as they stand in the end."""

    jobs: dict[str, dict[str, Any]]
    events: dict[str, list[tuple[int, dict[str, Any]]]]
    boards: dict[str, int]
    letters: dict[str, dict[str, Any]]
    taken: list[str]
    unhandled: list[str]


def count(
    record: Record, errands: Sequence[Errand], rows: Rows, *, starts: Sequence[float]
) -> Tally:
    """Compare what was wanted, what is saved and what is shown."""
    saved = _read(rows)
    shown = record.shown(saved.letters, saved.taken)
    events = [event for found in saved.events.values() for _, event in found]
    doubled, answers = _doubled(shown), _answers(record, shown)
    asked = {one.ts for errand in errands for one in errand.questions}
    questions = record.heard(asked, saved.taken)
    return Tally(
        kills=len(starts),
        jobs=len(errands),
        jobs_over=len([one for one in errands if one.over]),
        jobs_done=len([one for one in errands if one.over == "done"]),
        jobs_cancelled=len([one for one in errands if one.over == "cancelled"]),
        parkings=len([one for one in events if "The process died" in str(one.get("text"))]),
        resumes=len([one for one in events if one["kind"] == "job_resumed"]),
        events=len(events),
        questions=questions,
        answers=answers,
        said_while_it_was_down=record.unheard(),
        events_lost=[
            *record.not_taken(saved.taken),
            *(f"no card for: {one.kind} {one.said.ts}" for one in errands if one.card() is None),
            *_gaps(saved),
            *["a question without an answer"] * (questions - answers),
        ],
        messages=sum(len(thread) for thread in shown.values()),
        out_of_order=_out_of_order(shown),
        not_told=_not_told(saved, shown),
        doubled=doubled,
        doubled_outside_the_window=[key for key in doubled if not _was_open(saved, key)],
        letters_begun_again=len([one for one in saved.letters.values() if one["tries"] > 1]),
        edits=record.edits(),
        median_start=statistics.median(starts) if starts else 0.0,
        longest_start=max(starts, default=0.0),
    )


def unsent(rows: Rows) -> int:
    """Letters that are not out yet, events that no letter shows, and words that nobody heard."""
    waiting = "select count(*) as n from outbox where sent_at is null"
    behind = (
        "select count(*) as n from jobs left join boards on boards.job_id = jobs.id "
        "where jobs.thread not like 'terminal:%' and event_count > coalesce(shown, 0)"
    )
    unheard = "select count(*) as n from arrivals where not handled"
    return sum(int(rows(query)[0]["n"]) for query in (waiting, behind, unheard))


def _read(rows: Rows) -> _Saved:
    events: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for row in rows("select job_id, number, body from events order by job_id, number"):
        events.setdefault(row["job_id"], []).append((row["number"], json.loads(row["body"])))
    return _Saved(
        jobs={row["id"]: row for row in rows("select * from jobs")},
        events=events,
        boards={row["job_id"]: row["shown"] for row in rows("select * from boards")},
        letters={row["key"]: row for row in rows("select * from outbox")},
        taken=[row["key"] for row in rows("select key from arrivals")],
        unhandled=[row["key"] for row in rows("select * from arrivals where not handled")],
    )


def rows_of_file(home: Path) -> Rows:
    """What a query finds in the database of a home."""

    def rows(query: str) -> list[dict[str, Any]]:
        address = f"file:{home / 'mltrainer.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    return rows


def _gaps(saved: _Saved) -> Iterable[str]:
    """Events that are missing in the numbers, stages without an end, events that nobody saw."""
    for key in saved.unhandled:
        yield f"not handled: {key}"
    for job, row in saved.jobs.items():
        events = saved.events.get(job, [])
        numbers = [number for number, _ in events]
        if numbers != list(range(1, row["event_count"] + 1)):
            yield f"{job}: {row['event_count']} events, numbered {numbers}"
        if saved.boards.get(job) != row["event_count"]:
            yield f"{job}: {row['event_count']} events, shown {saved.boards.get(job)}"
        if row["status"] == "done":
            yield from _stages(job, [event for _, event in events])


def _stages(job: str, events: list[dict[str, Any]]) -> Iterable[str]:
    """Every stage of a done job has ended, and none began again after that."""
    began = [one["stage"] for one in events if one["kind"] == "stage_start"]
    ended = [one["stage"] for one in events if one["kind"] in _ENDS]
    for stage in sorted(set(began) - set(ended)):
        yield f"{job}: {stage} began and never ended"
    for stage, times in Counter(ended).items():
        if times > 1:
            yield f"{job}: {stage} ended {times} times"
    ends = [one for one in events if one["kind"] == "pipeline_end" and one["status"] == "done"]
    if len(ends) != 1:
        yield f"{job}: it was done {len(ends)} times"


def _answers(record: Record, shown: Shown) -> int:
    """Predictions in threads, and states of jobs that were told to one person alone."""
    predicted = {key for thread in shown.values() for key, _ in thread if key.endswith(":said")}
    return len(predicted) + len([text for text in record.told_alone() if _STATE.search(text)])


def _doubled(shown: Shown) -> list[str]:
    """Keys that came more than once, and a job's second card."""
    keys = Counter(
        "card of " + key.split(":")[0] if ":card:" in key else key or f"no key, {place}: {text}"
        for place, thread in shown.items()
        for key, text in thread
    )
    return [f"{key} ({times} times)" for key, times in keys.items() if times > 1]


def _was_open(saved: _Saved, doubled: str) -> bool:
    """Whether the letter was marked as under way when its process died."""
    key = doubled.split(" (", maxsplit=1)[0]
    job = key.removeprefix("card of ")
    letters = [
        row
        for one, row in saved.letters.items()
        if one == key or (key != job and one.startswith(f"{job}:card:"))
    ]
    return any(row["tries"] > 1 for row in letters)


def _out_of_order(shown: Shown) -> list[str]:
    """Notices that stand below one of a later event, and a card that is not above all."""
    wrong = []
    for place, thread in shown.items():
        latest = 0
        for number, (key, text) in enumerate(thread):
            if ":card:" in key and any(_NOTICE.fullmatch(one) for one, _ in thread[:number]):
                wrong.append(f"{place}: a card below a notice: {key}")
            if found := _NOTICE.fullmatch(key):
                if int(found[1]) < latest:
                    wrong.append(f"{place}: event {found[1]} after event {latest}: {text}")
                latest = max(latest, int(found[1]))
    return wrong


def _not_told(saved: _Saved, shown: Shown) -> list[str]:
    """Letters that stand nowhere, and done jobs that were never called so."""
    standing = {key for thread in shown.values() for key, _ in thread}
    missing = [
        key for key, row in saved.letters.items() if row["kind"] != "card" and key not in standing
    ]
    ended = {job for job, row in saved.jobs.items() if row["status"] == "done"}
    told = {key.split(":")[0] for key in saved.letters if _NOTICE.fullmatch(key)}
    return [*missing, *(f"{job}: done and never said" for job in sorted(ended - told))]
