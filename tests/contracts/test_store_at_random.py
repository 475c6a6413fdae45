"""The real job table beside the fake one: whatever is asked of both, both answer the same."""

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from adapters.records import Database
from adapters.store import SqlStore
from pipeline.errors import MLTrainerError
from pipeline.events import AgentLogged
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.store import Inbound, JobRow, Store
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, new_job
from tests.fakes.store import MemoryStore

NOTE = AgentLogged(stage=Stage.DATASET, message="hm")


class TwoStores(RuleBasedStateMachine):
    rows = Bundle("rows")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.Runner()
        self.clock = FakeClock()
        self.fake = MemoryStore(clock=self.clock)
        url = f"sqlite:///{Path(self.folder.name) / 'jobs.db'}"
        self.real = SqlStore(database=Database(url), clock=self.clock)
        self.loop.run(self.real.database.open())

    def teardown(self) -> None:
        self.loop.run(self.real.database.close())
        self.loop.close()
        self.folder.cleanup()

    def ask(self, store: Store, method: str, *arguments: object, **options: object) -> object:
        async def answer() -> object:
            asked: Coroutine[Any, Any, object] = getattr(store, method)(*arguments, **options)
            try:
                return await asked
            except MLTrainerError as error:
                return type(error)

        return self.loop.run(answer())

    def both(self, method: str, *arguments: object, **options: object) -> object:
        real = self.ask(self.real, method, *arguments, **options)
        assert real == self.ask(self.fake, method, *arguments, **options)
        return real

    @rule(target=rows)
    def create(self) -> object:
        return self.both("create", new_job(self.clock), [NOTE])

    @rule(
        target=rows,
        row=rows,
        status=st.sampled_from(JobStatus),
        events=st.integers(0, 3),
        pause=st.none() | st.integers(0, 9),
        cancel=st.sampled_from([None, False]),
        listens=st.booleans(),
    )
    def save(
        self,
        row: JobRow,
        status: JobStatus,
        events: int,
        pause: int | None,
        *,
        cancel: bool | None,
        listens: bool,
    ) -> object:
        saved = self.both(
            "save",
            row,
            row.context.evolve(starts=row.seq),
            [NOTE] * events,
            status=status,
            wake_at=None if pause is None else self.clock.now() + timedelta(seconds=pause),
            cancel=cancel,
            consumed=self.both("unread", row.id) if listens else (),
        )
        return saved if isinstance(saved, JobRow) else row

    @rule(row=rows, events=st.integers(0, 3))
    def append(self, row: JobRow, events: int) -> None:
        self.both("append", row, [NOTE] * events)

    @rule(row=rows, key=st.sampled_from("abcdefgh"))
    def receive(self, row: JobRow, key: str) -> None:
        self.both("receive", row.id, Inbound(key, ANN.key, f"word {key}"))

    @rule(row=rows)
    def cancel(self, row: JobRow) -> None:
        self.both("request_cancel", row.id, ANN.key)

    @rule(seconds=st.integers(0, 5))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(row=rows)
    def look(self, row: JobRow) -> None:
        self.both("load", row.id)
        self.both("events", row.id, after=1)
        self.both("unread", row.id)

    @invariant()
    def the_same_jobs_are_due_and_listed(self) -> None:
        self.both("due", self.clock.now())
        self.both("list", limit=3)


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
