"""The metrics page: what happened here, what the house has, and nothing without a bound."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from adapters import figures
from adapters.figures import Figures
from adapters.gauges import Sources
from adapters.metrics import Metrics
from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from adapters.watch import Took
from pipeline.attempts import Attempt, AttemptOutcome
from pipeline.errors import TryAgain
from pipeline.events import ModelCalled, ModelReplied, PipelineStarted, StageStarted
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ports.chat import Card, Ref
from pipeline.ports.post import Letter, LetterKind
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

pytestmark = pytest.mark.anyio


def attempt(outcome: AttemptOutcome = "done", *, error: str = "", seconds: float = 2.0) -> Attempt:
    return Attempt(
        job_id=JobId("j-private1"),
        stage=Stage.CODEGEN,
        attempt=1,
        outcome=outcome,
        seconds=seconds,
        retries=0,
        error=error,
        job_cost_usd=Decimal(0),
    )


class House:
    """A database that is counted, or is away."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.figures = Figures({"waiting": 2, "done": 7}, 3, 12.5, 4, 1.5, 1, 0.5)

    async def count(self) -> Figures:
        self.asked += 1
        if self.away:
            raise TryAgain("The database is away.", "It is asked again.")
        return self.figures


class Moment:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def metrics(house: House, moment: Moment, tmp_path: Path) -> Metrics:
    sources = Sources(
        count=house.count,
        connected=lambda: {"slack": True, "discord": False},
        sent=lambda: {"slack": {"posted": 5, "given_up": 1}},
        folders={"home": tmp_path / "not" / "there" / "yet"},
    )
    return Metrics(sources, clock=moment)


async def values(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels, read as Prometheus reads it."""
    page = (await metrics.page()).decode()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def test_the_page_tells_what_the_house_has(metrics: Metrics) -> None:
    told = await values(metrics)

    assert told["mltrainer_jobs[('status', 'done')]"] == 7
    assert told["mltrainer_queue_age_seconds[]"] == 12.5
    assert told["mltrainer_letters_waiting[]"] == 4
    assert told["mltrainer_letters_age_seconds[]"] == 1.5
    assert told["mltrainer_arrivals_waiting[]"] == 1
    assert told["mltrainer_connected[('platform', 'discord')]"] == 0
    assert told["mltrainer_letters_total[('outcome', 'given_up'), ('platform', 'slack')]"] == 1
    assert told["mltrainer_disk_free_bytes[('folder', 'home')]"] > 0
    assert told["process_resident_memory_bytes[]"] > 0
    assert told["mltrainer_database_up[]"] == 1


async def test_an_attempt_is_counted_by_stage_outcome_and_error(metrics: Metrics) -> None:
    metrics.note(attempt("retried", error="TryAgain"))
    metrics.note(attempt("done", seconds=40.0))

    told = await values(metrics)

    done = "[('outcome', 'done'), ('stage', 'codegen')]"
    assert told[f"mltrainer_stage_seconds_count{done}"] == 1
    assert told[f"mltrainer_stage_seconds_sum{done}"] == 40
    assert told["mltrainer_stage_retries_total[('stage', 'codegen')]"] == 1
    assert told["mltrainer_errors_total[('kind', 'TryAgain'), ('stage', 'codegen')]"] == 1


async def test_language_models_are_counted_by_provider(metrics: Metrics) -> None:
    asked = {"stage": Stage.CONFIG, "prompt": "config", "provider": "groq", "model": "a"}
    metrics.note(ModelCalled.model_validate(asked))
    replied = {**asked, "tokens": 900, "cost_usd": 0.25, "seconds": 3.0}
    metrics.note(ModelReplied.model_validate(replied))

    told = await values(metrics)

    assert told["mltrainer_llm_calls_total[('provider', 'groq')]"] == 1
    assert told["mltrainer_llm_tokens_total[('provider', 'groq')]"] == 900
    assert told["mltrainer_llm_cost_dollars_total[('provider', 'groq')]"] == 0.25


async def test_chat_and_database_times_are_kept_by_place(metrics: Metrics) -> None:
    for what in ("decide", "first_reply", "letter"):
        metrics.note(Took(what, "slack", 0.2))
    metrics.note(Took("database", "write", 0.004))

    told = await values(metrics)

    for name in ("decide", "first_reply", "letter"):
        assert told[f"mltrainer_chat_{name}_seconds_sum[('platform', 'slack')]"] == 0.2
    assert told["mltrainer_database_seconds_count[('kind', 'write')]"] == 1


async def test_a_label_has_few_values_however_many_there_are(metrics: Metrics) -> None:
    for number in range(500):
        metrics.note(attempt("failed", error=f"Error{number}"))

    kinds = {key for key in await values(metrics) if key.startswith("mltrainer_errors_total")}

    assert len(kinds) == 21


async def test_no_job_is_named(metrics: Metrics) -> None:
    metrics.note(attempt())

    assert b"j-private1" not in await metrics.page()


async def test_the_database_is_counted_every_two_seconds_at_most(
    metrics: Metrics, house: House, moment: Moment
) -> None:
    for _ in range(10):
        await metrics.page()
        moment.at += 0.5

    assert house.asked == 3


async def test_with_the_database_away_the_rest_is_told(
    metrics: Metrics, house: House, moment: Moment
) -> None:
    await metrics.page()
    house.away = True
    moment.at += 5

    told = await values(metrics)

    assert told["mltrainer_database_up[]"] == 0
    assert not any(key.startswith("mltrainer_jobs") for key in told)
    assert told["mltrainer_connected[('platform', 'slack')]"] == 1


async def test_names_follow_the_conventions_of_prometheus(metrics: Metrics) -> None:
    metrics.note(attempt())
    page = (await metrics.page()).decode()

    for family in text_string_to_metric_families(page):
        ours = family.name.startswith("mltrainer_")
        assert ours or family.name.startswith("process_"), family.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name)
        assert family.documentation
        if family.type == "histogram":
            assert family.name.endswith("_seconds")


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/jobs.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    opened = Database(url)
    await opened.open()
    yield opened
    await opened.close()


async def test_a_job_under_way_is_no_job_that_waits(database: Database) -> None:
    clock = FakeClock()
    store = SqlStore(database=database, clock=clock)
    waits = await store.create(new_job(clock), [PipelineStarted(words="a spam filter")])
    works = await store.create(new_job(clock), [])
    begun = StageStarted(stage=Stage.INTAKE_MANAGER, attempt=1)
    await store.save(works, works.context, [begun])
    later = await store.create(new_job(clock), [])
    await store.save(later, later.context, wake_at=clock.now() + timedelta(hours=1))
    done = await store.create(new_job(clock), [])
    await store.save(done, done.context, status=JobStatus.DONE)
    now = clock.now() + timedelta(seconds=30)

    counted = await figures.count(database, now)

    assert counted.jobs == {"runnable": 3, "waiting": 0, "done": 1, "failed": 0, "cancelled": 0}
    assert counted.due == 1
    assert counted.due_age == (now - waits.wake_at).total_seconds()


async def test_an_edit_that_waits_makes_the_outbox_no_older(database: Database) -> None:
    clock = FakeClock()
    store, post = SqlStore(database=database, clock=clock), SqlPost(database=database, clock=clock)
    row = await store.create(
        new_job(clock), [PipelineStarted(words="a"), PipelineStarted(words="b")]
    )
    first = letter(row, "c1", "card", clock.now())
    await post.show(await post.board(row.id), 1, [first])
    late = clock.now() + timedelta(seconds=60)
    assert (await figures.count(database, late)).letters_age == 60
    await post.begin(first)
    await post.sent(first, Ref(place=row.context.thread, id="m1"))
    await post.show(await post.board(row.id), 2, [letter(row, "c2", "card", clock.now())])

    counted = await figures.count(database, late)

    assert (counted.letters, counted.letters_age) == (1, 0.0)


def letter(row: JobRow, key: str, kind: LetterKind, due: datetime) -> Letter:
    place, card = row.context.thread, Card(title=key)
    return Letter(key=key, kind=kind, job_id=row.id, place=place, card=card, due_at=due)


@pytest.mark.parametrize("question", ["_by_status", "_due", "_letters", "_arrivals"])
async def test_nothing_is_counted_by_reading_whole_rows(question: str, tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path}/jobs.db")
    await opened.open()
    dialect, now = opened.engine.dialect, FakeClock().now()
    literal = {"literal_binds": True}
    asked = getattr(figures, question)()
    if question == "_due":
        asked = asked.params(now=now)
    plain = str(asked.compile(dialect=dialect, compile_kwargs=literal))
    plan = await opened.read(
        lambda connection: connection.execute(sa.text(f"EXPLAIN QUERY PLAN {plain}")).all()
    )
    await opened.close()

    looks = [str(row[3]) for row in plan if str(row[3]).startswith(("SCAN", "SEARCH"))]
    assert looks
    assert all("INDEX" in look for look in looks)
