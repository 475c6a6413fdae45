"""Nothing lost and nothing twice: looked up in the bot's database and in what Slack received."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.chat_load.ledger import Ledger, Where
from tests.benchmarks.chat_load.town import Town
from tests.fakes.slack.workspace import BOT_USER

POLL = 0.5
_UNSHOWN = """select count(*) from jobs left join boards on job_id = jobs.id
    where thread like 'slack:%' and status != 'runnable' and event_count > coalesce(shown, 0)"""
_UNSENT = """select count(*) from outbox left join boards on boards.job_id = outbox.job_id
    where sent_at is null and (kind != 'card' or card is null)"""


@dataclass(frozen=True)
class Found:
    """How many of a sort there should be, how many are missing, and how many came too often."""

    what: str
    wanted: int
    lost: int
    twice: int


def settled(home: Path, training: int, seconds: float) -> float:
    """Wait until the bot has nothing left to do but trainings and edits; the seconds it took.

    Edits of cards are left out: Slack takes 40 a minute, and what waits is each card's last state.
    """
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        if not any(_unfinished(home, training).values()):
            break
        time.sleep(POLL)
    return time.monotonic() - began


def _unfinished(home: Path, training: int) -> Mapping[str, int]:
    still = training, "runnable"
    ask = {
        "messages": ("select count(*) from arrivals where not handled", ()),
        "answers": ("select count(*) from inbox where not used", ()),
        "jobs": ("select max(count(*) - ?, 0) from jobs where status = ?", still),
        "events": (_UNSHOWN, ()),
        "letters": (_UNSENT, ()),
    }
    return {name: int(asked(home, *one)[0][0]) for name, one in ask.items()}


def asked(home: Path, query: str, values: tuple[object, ...] = ()) -> list[Any]:
    """An answer of the bot's database, which is only read."""
    with closing(sqlite3.connect(f"file:{home / 'mltrainer.db'}?mode=ro", uri=True)) as database:
        return database.execute(query, values).fetchall()


def jobs_by_thread(home: Path) -> dict[str, str]:
    """The jobs that the bot knows, by their threads."""
    return dict(asked(home, "select thread, id from jobs where thread like 'slack:%'"))


def found(town: Town, ledger: Ledger, home: Path) -> Iterator[Found]:
    """Everything that was sent, held against what came of it."""
    arrivals = Counter(key for (key,) in asked(home, "select key from arrivals where handled"))
    yield _held("messages, kept and handled", ledger.taken, arrivals)
    threads = Counter(key for (key,) in asked(home, "select thread from jobs"))
    yield _held("messages that begin a job: the job", ledger.begun, threads)
    yield _held("messages that begin a job: its card", ledger.begun, _cards(town))
    early = _told_to_wait(town, ledger, _inbox(home))
    said = {key: words for key, words in ledger.said.items() if key not in early}
    yield _held("answers and changes, given to the job", said, _inbox(home))
    yield _held("answers and changes, heard by the job", said.values(), _heard(home))
    yield Found("answers that came too soon: told so", len(early), 0, 0)
    uses = {name: one.uses for name, one in town.slack.workspace.response_urls.items()}
    yield _held("buttons and commands: the private answer", ledger.answered, uses)
    ledger.whispered.update(ledger.said_where[key] for key in early)
    yield _whispers(town, ledger)
    triggers = {name: int(one.used) for name, one in town.slack.workspace.triggers.items()}
    refused = sum(not one.ok for one in town.slack.calls_of("views.open"))
    forms = _held("buttons that open a form: the form", ledger.opened, triggers)
    yield Found(forms.what, forms.wanted, forms.lost, forms.twice + refused)
    yield _held("jobs that are cancelled: their end", ledger.cancelled, _cancelled(home))


def _held(what: str, wanted: Iterable[str], came: Mapping[str, int]) -> Found:
    counts = [came.get(one, 0) for one in wanted]
    lost = sum(count == 0 for count in counts)
    return Found(what, len(counts), lost, sum(max(count - 1, 0) for count in counts))


def _inbox(home: Path) -> Counter[str]:
    return Counter(key for (key,) in asked(home, "select key from inbox where used"))


def _heard(home: Path) -> Counter[str]:
    bodies = asked(home, "select body from events where kind = 'answer_received'")
    return Counter(str(json.loads(body)["text"]) for (body,) in bodies)


def _cancelled(home: Path) -> Counter[str]:
    query = "select job_id from events where kind = 'job_cancelled'"
    return Counter(job for (job,) in asked(home, query))


def _cards(town: Town) -> Counter[str]:
    """Cards that stand in the threads, by the keys that they were sent under."""
    cards: Counter[str] = Counter()
    for one in list(town.slack.workspace.messages.values()):
        if one.user == BOT_USER and one.thread_ts and not one.deleted:
            key = str((one.body.get("metadata") or {}).get("event_payload", {}).get("key", ""))
            if ":card:" in key:
                cards[f"slack:T1:{one.channel}:{one.thread_ts}"] += 1
    return cards


def _told_to_wait(town: Town, ledger: Ledger, inbox: Mapping[str, int]) -> set[str]:
    """Answers that a job could not take, as it had not read the one before; privately told so."""
    more = _whispered(town) - ledger.whispered
    early = set()
    for key in ledger.said:
        where = ledger.said_where[key]
        if key not in inbox and more[where] > 0:
            more[where] -= 1
            early.add(key)
    return early


def _whispered(town: Town) -> Counter[Where]:
    calls = town.slack.calls_of("chat.postEphemeral")
    said = [one.arguments for one in calls if one.ok]
    return Counter((one["user"], one["channel"], str(one.get("thread_ts"))) for one in said)


def _whispers(town: Town, ledger: Ledger) -> Found:
    """Private answers to messages, by person and thread."""
    came = _whispered(town)
    lost, twice = ledger.whispered - came, came - ledger.whispered
    what = "messages and forms: the private answer"
    return Found(what, ledger.whispered.total(), lost.total(), twice.total())
