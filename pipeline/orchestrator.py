"""The loop: next stage without a result, run its agent, save what happened, again.

It names no agent and no service. Everything it decides is written in one transaction; a crash at
any line leaves a row that is due, and a worker that lost the compare-and-swap writes nothing.
"""

import asyncio
import contextlib
import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from pipeline import following, pausing, stopping, transitions
from pipeline.context import JobContext
from pipeline.errors import (
    Bug,
    MLTrainerError,
    NoRoom,
    Outage,
    PersonCanFix,
    Superseded,
    from_unexpected,
)
from pipeline.events import AgentLogged, Event
from pipeline.execution_plan import plan
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ledger import Ledger
from pipeline.outcomes import Agent, Outcome
from pipeline.ports import Ports
from pipeline.ports.store import Inbound, JobRow, Store
from pipeline.transitions import Change

CANCEL_CHECK_SECONDS = 0.5
LIVE = {JobStatus.RUNNABLE, JobStatus.WAITING}


class Journal(Protocol):
    """Where tracebacks go: the job's own log, never the thread."""

    def traceback(self, job_id: JobId, stage: Stage, error: Exception) -> None:
        """Write an error with its traceback."""
        ...


class _Cancelled(Exception):
    """The person's cancel reached a running stage."""


class Orchestrator:
    """Drives jobs. `retry_scale` multiplies every pause between attempts."""

    def __init__(
        self,
        *,
        store: Store,
        agents: Mapping[Stage, Agent],
        ports: Ports,
        journal: Journal,
        retry_scale: float = 1.0,
    ) -> None:
        self._store = store
        self._agents = agents
        self._ports = ports
        self._journal = journal
        self._retry_scale = retry_scale
        self._driven: set[JobId] = set()
        self._ledgers: dict[JobId, tuple[Ledger, int]] = {}

    async def drive(self, job_id: JobId) -> datetime | None:
        """Run a job until it settles or must wait; returns when it is next due, if it is."""
        with contextlib.suppress(Superseded):
            while True:
                row = await self._store.load(job_id)
                if row.cancel and row.status in LIVE:
                    await self._cancel(row)
                elif row.status is JobStatus.WAITING:
                    if not await self._hear(row):
                        break
                elif row.status.settled:
                    break
                elif row.wake_at > self._ports.clock.now():
                    return row.wake_at
                else:
                    await self._advance(row)
        self._driven.discard(job_id)
        self._ledgers.pop(job_id, None)
        return None

    async def _advance(self, row: JobRow) -> None:
        """Take the next stage of the plan that has no result, or end the job."""
        context, now = row.context, self._ports.clock.now()
        known = context.intent is not None and Stage.INTENT_PARSER in context.stage_results
        task = context.intent.task_type if context.intent and known else None
        try:
            route = plan(task, deploy=context.publishes)
        except PersonCanFix as error:
            await self._save(row, transitions.waits_for(context, error, now))
            return
        stage = next((one for one in route.stages if one not in context.stage_results), None)
        if stage is None:
            await self._save(row, transitions.ended(context, JobStatus.DONE))
        elif stage in route.skipped:
            await self._save(row, transitions.skipped(context, stage, route.skipped[stage], now))
        elif (lacking := pausing.lacking_room(self._ports.home, stage)) is not None:
            await self._save(row, pausing.paused(context, stage, lacking, now))
        elif row.id in self._driven and context.active is stage:
            await self._run(row, stage)
        else:
            known_here = row.id in self._driven
            self._driven.add(row.id)
            change = transitions.begun(context, stage, now, known_here=known_here)
            row = await self._save(row, change)
            if change.status is JobStatus.RUNNABLE:
                await self._run(row, stage)

    async def _run(self, row: JobRow, stage: Stage) -> None:
        """One attempt of a stage, and what follows from how it ended."""
        clock, began = self._ports.clock, self._ports.clock.monotonic()
        ledger = await self._ledger(row.id)
        try:
            outcome = await self._attempt(row, stage, ledger)
        except _Cancelled:
            return
        except Superseded:
            raise
        except Exception as unexpected:  # noqa: BLE001  (an edge: every error enters the tree here)
            change = self._failed(row, stage, unexpected, began)
        else:
            context = transitions.timed(row.context, stage, clock.monotonic() - began)
            change = transitions.followed(context, stage, outcome, clock.now(), self._retry_scale)
        change = transitions.paid(change, ledger)
        try:
            await self._save(row, change)
        except Bug as unsaved:  # left as it was, the stage would run again without end
            await self._save(row, self._failed(row, stage, unsaved, began))

    def _failed(self, row: JobRow, stage: Stage, unexpected: Exception, began: float) -> Change:
        self._journal.traceback(row.id, stage, unexpected)
        clock, policy = self._ports.clock, self._agents[stage].retry
        context = transitions.timed(row.context, stage, clock.monotonic() - began)
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

        ports = replace(self._ports, emit=emit, ledger=ledger)
        work = asyncio.ensure_future(self._agents[stage].run(row.context, ports))
        try:
            while not (await asyncio.wait({work}, timeout=CANCEL_CHECK_SECONDS))[0]:
                saved = await pausing.patiently(lambda: self._store.load(row.id))
                if saved.cancel:
                    raise _Cancelled
                if saved.seq != row.seq:
                    raise Superseded("Another worker went on with this job.")
            return work.result()
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait({work})
            if not work.cancelled():
                work.exception()  # of a stage that is stopped: nobody asks for it any more

    async def _hear(self, row: JobRow) -> bool:
        """Use the oldest unread reply of a waiting job; False when there is none."""
        unread = await self._store.unread(row.id)
        if not unread:
            return False
        change = transitions.heard(row.context, unread[0].text, self._ports.clock.now())
        await self._save(row, change, consumed=unread[:1])
        return True

    async def _cancel(self, row: JobRow) -> None:
        """End what runs outside, also when it was submitted and not saved yet; then the job."""
        told = await self._end_run(row.context)
        spent = await self._ledger(row.id)
        for event in told:
            spent.note(event)
        by = (await self._store.load(row.id)).cancel_by  # a pause may have become a cancel
        change = stopping.stopped(row.context, by, self._ports.clock.now())
        change = replace(change, events=[*told, *change.events])
        await self._save(row, transitions.paid(change, spent), cancel=False)

    async def _end_run(self, context: JobContext) -> list[Event]:
        """End the training of a job where it runs; its price, and what goes on there, are told."""
        run, owner = context.run, context.owner
        if run is None or run.runtime not in self._ports.runtimes:
            return []
        runtime = self._ports.runtimes[run.runtime]
        with contextlib.suppress(MLTrainerError):
            handle = run.handle or await runtime.find(run.name, owner)
            if handle is None:
                return []
            if await runtime.cancel(handle, owner):
                now = self._ports.clock.now()
                return list(following.stopped(run, context, runtime, now))
        return [AgentLogged(stage=Stage.MONITOR, message=stopping.goes_on(run, runtime.offer))]

    async def _ledger(self, job_id: JobId) -> Ledger:
        """What a job's saved events say; a training adds many, so each is read once."""
        known, read = self._ledgers.get(job_id, (Ledger(), 0))
        ledger = copy.deepcopy(known)
        for one in await self._store.events(job_id, after=read):
            ledger.note(one.event)
            read = one.number
        self._ledgers[job_id] = ledger, read
        return copy.deepcopy(ledger)

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
        return await pausing.patiently(save)
