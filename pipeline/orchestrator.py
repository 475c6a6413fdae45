"""The loop: next stage without a result, run its agent, save what happened, again.

It names no agent and no service. Everything it decides is written in one transaction; a crash at
any line leaves a row that is due, and a worker that lost the compare-and-swap writes nothing.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from pipeline import looking, pausing, stopping, transitions, withdrawing
from pipeline.context import JobContext
from pipeline.errors import (
    Bug,
    NoRoom,
    Outage,
    PersonCanFix,
    Superseded,
    from_unexpected,
)
from pipeline.events import Event
from pipeline.execution_plan import plan
from pipeline.fencing import FencedWorkbench
from pipeline.folders import JobFolder, flush
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ledger import Ledger
from pipeline.outcomes import Agent, LookAgain, Outcome
from pipeline.ports import Ports
from pipeline.ports.store import Inbound, JobRow, Store
from pipeline.transitions import Change

CANCEL_CHECK_SECONDS = 0.5
LIVE = {JobStatus.RUNNABLE, JobStatus.WAITING}
_MOST_KNOWN = 20_000  # jobs; another process may have ended what is known here


class Journal(Protocol):
    """Where tracebacks go: the job's own log, never the thread."""

    def traceback(self, job_id: JobId, stage: Stage, error: Exception) -> None:
        """Write an error with its traceback."""
        ...


class _Cancelled(Exception):
    """The person's cancel reached a running stage."""


@dataclass
class _Known:
    """What this process knows of a job it drives: its ledger up to the event numbered `read`.

    `waited` are seconds between looks that no save has counted yet.
    """

    ledger: Ledger = field(default_factory=Ledger)
    read: int = 0
    waited: float = 0.0


class Orchestrator:
    """Drives jobs. `retry_scale` multiplies every pause between attempts.

    `alone`: no other process drives these jobs, so what is not known here was interrupted.
    """

    def __init__(
        self,
        *,
        store: Store,
        agents: Mapping[Stage, Agent],
        ports: Ports,
        journal: Journal,
        retry_scale: float = 1.0,
        alone: bool = True,
    ) -> None:
        self._store = store
        self._agents = agents
        self._ports = ports
        self._journal = journal
        self._retry_scale = retry_scale
        self._alone = alone
        self._driven: dict[JobId, _Known] = {}

    async def drive(self, job_id: JobId) -> datetime | None:
        """Run a job until it settles or must wait; returns when it is next due, if it is."""
        row: JobRow | None = None
        with contextlib.suppress(Superseded):
            while True:
                row = row or await self._store.load(job_id)
                if row.cancel and row.status in LIVE:
                    row = await self._cancel(row)
                elif row.status is JobStatus.WAITING:
                    if (heard := await self._hear(row)) is None:
                        break
                    row = heard
                elif row.status.settled:
                    break
                elif row.wake_at > self._ports.clock.now():
                    return row.wake_at
                else:
                    row = await self._advance(row)
        self._driven.pop(job_id, None)
        return None

    async def _advance(self, row: JobRow) -> JobRow | None:
        """One step; returns the row as saved here, which is not asked for again, where it was."""
        stage = row.context.open_stage
        if row.id in self._driven and row.context.active is stage:
            return await self._run(row, stage)
        return await self._save(row, self._next(row.context))

    def _next(self, context: JobContext) -> Change:
        """Begin the next stage of the plan that has no result, or end the job."""
        now = self._ports.clock.now()
        known = context.intent is not None and Stage.INTENT_PARSER in context.stage_results
        task = context.intent.task_type if context.intent and known else None
        try:
            route = plan(task, deploy=context.publishes)
        except PersonCanFix as error:
            return transitions.waits_for(context, error, now)
        stage = next((one for one in route.stages if one not in context.stage_results), None)
        if stage is None:
            return transitions.ended(context, JobStatus.DONE)
        if stage in route.skipped:
            return transitions.skipped(context, stage, route.skipped[stage], now)
        if (lacking := pausing.lacking_room(self._ports.home, stage)) is not None:
            return pausing.paused(context, stage, lacking, now)
        known_here = context.job_id in self._driven
        if not known_here and len(self._driven) >= _MOST_KNOWN:
            del self._driven[next(iter(self._driven))]
        self._driven.setdefault(context.job_id, _Known())
        if looking.is_between_looks(context, stage) and not self._alone:
            return Change(looking.handed_over(context))
        return transitions.begun(context, stage, now, known_here=known_here)

    def _onward(self, change: Change) -> Change:
        """The change with the next stage begun in it, where nothing is waited for: one save."""
        while change.goes_on:
            coming = self._next(change.context)
            if coming.status is not JobStatus.RUNNABLE:
                break
            change = replace(coming, events=[*change.events, *coming.events])
        return change

    async def _run(self, row: JobRow, stage: Stage) -> JobRow | None:
        """One attempt of a stage, and what follows from how it ended."""
        clock, began = self._ports.clock, self._ports.clock.monotonic()
        known = self._driven[row.id]
        ledger = await self._ledger(row)
        try:
            outcome = await self._attempt(row, stage, ledger)
        except _Cancelled:
            return None
        except Superseded:
            raise
        except Exception as unexpected:  # noqa: BLE001  (an edge: every error enters the tree here)
            change = self._failed(row, stage, unexpected, began)
        else:
            elapsed = clock.monotonic() - began
            if isinstance(outcome, LookAgain) and looking.is_between_looks(row.context, stage):
                pause = looking.pause(outcome.after, self._retry_scale)
                row = await self._store.postpone(row, clock.now() + pause)
                known.waited += elapsed + pause.total_seconds()
                return row
            context = looking.timed(row.context, stage, elapsed + known.waited)
            change = transitions.followed(context, stage, outcome, clock.now(), self._retry_scale)
        change = self._onward(transitions.paid(change, ledger))
        try:
            saved = await self._save(row, change)
        except Bug as unsaved:  # left as it was, the stage would run again without end
            saved = await self._save(row, self._failed(row, stage, unsaved, began))
        known.waited = 0.0
        return saved

    def _failed(self, row: JobRow, stage: Stage, unexpected: Exception, began: float) -> Change:
        self._journal.traceback(row.id, stage, unexpected)
        clock, policy = self._ports.clock, self._agents[stage].retry
        waited = self._driven[row.id].waited
        context = looking.timed(row.context, stage, clock.monotonic() - began + waited)
        error = from_unexpected(unexpected)
        if isinstance(error, NoRoom | Outage):
            return pausing.paused(context, stage, error, clock.now())
        runtimes, hosts = self._ports.runtimes.values(), self._ports.hosts.values()
        accounts = {one.account for one in runtimes} | {one.account for one in hosts}
        return transitions.failed(
            *(context, stage, error, policy),
            scale=self._retry_scale,
            now=clock.now(),
            accounts=accounts,
        )

    async def _attempt(self, row: JobRow, stage: Stage, ledger: Ledger) -> Outcome:
        """Run the agent while watching for a cancel and for another worker's hand."""

        async def emit(event: Event) -> None:
            await pausing.patiently(lambda: self._store.append(row, [event]))
            ledger.note(event)

        async def hold() -> JobRow:
            saved = await pausing.patiently(lambda: self._store.load(row.id))
            if saved.seq != row.seq:
                raise Superseded("Another worker went on with this job.")
            return saved

        ports = replace(
            self._ports,
            emit=emit,
            ledger=ledger,
            trainings=self._store.trainings,
            workbench=FencedWorkbench(self._ports.workbench, hold),
        )
        work = asyncio.ensure_future(self._agents[stage].run(row.context, ports))
        try:
            while not (await asyncio.wait({work}, timeout=CANCEL_CHECK_SECONDS))[0]:
                if (await hold()).cancel:
                    raise _Cancelled
            return await self._kept(row.id, work.result())
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait({work})
            if not work.cancelled():
                work.exception()  # of a stage that is stopped: nobody asks for it any more

    async def _kept(self, job_id: JobId, outcome: Outcome) -> Outcome:
        """An outcome whose files outlast a power cut, as what is saved of it will."""
        folder = JobFolder.of(self._ports.home, job_id).path
        if not isinstance(outcome, LookAgain) and folder.is_dir():
            await asyncio.to_thread(flush, folder)
        return outcome

    async def _hear(self, row: JobRow) -> JobRow | None:
        """Use the oldest unread reply of a waiting job; None when there is none."""
        unread = await self._store.unread(row.id)
        if not unread:
            return None
        change = transitions.heard(row.context, unread[0].text, self._ports.clock.now())
        return await self._save(row, change, consumed=unread[:1])

    async def _cancel(self, row: JobRow) -> JobRow:
        """End what runs outside, also when it was submitted and not saved yet; then the job."""
        told = await withdrawing.withdrawn(row.context, self._ports, self._retry_scale)
        spent = await self._ledger(row)
        for event in told:
            spent.note(event)
        by = (await self._store.load(row.id)).cancel_by  # a pause may have become a cancel
        change = stopping.stopped(row.context, by, self._ports.clock.now())
        change = replace(change, events=[*told, *change.events])
        return await self._save(row, transitions.paid(change, spent), cancel=False)

    async def _ledger(self, row: JobRow) -> Ledger:
        """What a job's saved events say; a training adds many, so each is read once."""
        known = self._driven.get(row.id, _Known())
        if known.read < row.event_count:
            for one in await self._store.events(row.id, after=known.read):
                known.ledger.note(one.event)
                known.read = one.number
        return known.ledger.copy()

    async def _save(
        self,
        row: JobRow,
        change: Change,
        *,
        cancel: bool | None = None,
        consumed: Sequence[Inbound] = (),
    ) -> JobRow:
        save = partial(
            self._store.save,
            *(row, change.context, change.events),
            status=change.status,
            wake_at=change.wake_at,
            cancel=cancel,
            consumed=consumed,
        )
        saved = await pausing.patiently(save)
        known = self._driven.get(row.id)
        if known is not None and known.read + len(change.events) == saved.event_count:
            for event in change.events:  # they follow those that were read
                known.ledger.note(event)
            known.read = saved.event_count
        return saved
