"""Monitor: submit the training, follow it, then assemble the model folder and prove it."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from pipeline import bundle, challenging, diagnosing, following, model_card, picturing, queueing
from pipeline.artifacts import Metrics, Picture, Run
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix, Rejected
from pipeline.events import AgentLogged, ModelProven, PlanProposed
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import Stage
from pipeline.outcomes import Approve, ComeBack, Done, LookAgain, Outcome
from pipeline.placing import Estimate, estimate, others
from pipeline.planning import LOCAL, instead, model_lines, needs_yes, over_limit, plan_lines
from pipeline.ports import Ports
from pipeline.ports.runtime import RunState, Runtime, StepResult
from pipeline.proving import prove
from pipeline.retry import POLICIES
from pipeline.saved import as_saved
from pipeline.scripts import environment, failure, reporter
from pipeline.training import most_seconds, run_request, score_step

_IN_MODEL = ("predict.py", "score.py", "app.py")


class Monitor:
    """Each call takes the run one step further and comes back; a restart finds it by its name."""

    name = Stage.MONITOR
    retry = POLICIES[Stage.MONITOR]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Name the run, submit it, follow it, collect it, prove it."""
        run = context.run
        if run is None:
            return await self._named(context, ports)
        runtime = ports.runtimes[run.runtime]
        if run.status in queueing.NOT_SUBMITTED:
            return await self._submitted(context, ports, run, runtime)
        if run.status == "collected":
            return await self._proven(context, ports, run)
        if run.handle is None:
            raise Bug("A submitted run has no handle.")
        state = await runtime.check(run.handle, run.lines_read, context.owner)
        return await self._followed(context, ports, run, state)

    async def _named(self, context: JobContext, ports: Ports) -> Outcome:
        """Show the plan and save the run's name before anything is submitted."""
        place, elsewhere = _places(context, ports)
        why = needs_yes(context, ports.approval, place)
        lines = plan_lines(context, await model_lines(context, ports), place, elsewhere)
        if why and not context.request.approved:
            beyond = over_limit(ports, place) if context.request.yes_ahead else why
            if beyond:
                return Approve(lines, beyond)
        await ports.emit(PlanProposed(lines=lines, needs_yes=False))
        run = Run(
            runtime=_runtime(context),
            name=_run_name(context),
            sandbox=ports.workbench.level,
            gpu=place.gpu.name if place and place.gpu else "",
            submitted_at=ports.clock.now(),  # of one that is found, whose submission nobody saved
        )
        return ComeBack(timedelta(0), following.found_again(run, context.left))

    async def _submitted(
        self, context: JobContext, ports: Ports, run: Run, runtime: Runtime
    ) -> Outcome:
        """Look the run up by its name first: an earlier process may have submitted it."""
        is_new = run.status == "queued"  # it was looked for, and is again once it is called
        handle = None if is_new else await runtime.find(run.name, context.owner)
        if handle is None:
            if waits := await queueing.later(context, ports, run, runtime):
                return waits
            folder = JobFolder.of(ports.home, context.job_id)
            await asyncio.to_thread(remove, folder.run(run.name))
            handle = await self._submit(context, ports, run, runtime)
            anew = {"submitted_at": ports.clock.now(), "lines_read": 0, "log_tail": ()}
            run = run.model_copy(update=anew)
        seen = {"handle": handle, "status": "submitted", "seen_at": ports.clock.now()}
        return ComeBack(timedelta(0), run.model_copy(update=seen))

    async def _submit(self, context: JobContext, ports: Ports, run: Run, runtime: Runtime) -> str:
        """Start the run; a place that refuses is never left for another without a yes.

        What is told first is refused where another worker went on with the job meanwhile, as one
        does with that of a frozen process: then nothing is submitted twice.
        """
        folder = JobFolder.of(ports.home, context.job_id)
        if run.runtime != LOCAL:
            told = f"The training is handed to {runtime.offer.title}."
            await ports.emit(AgentLogged(stage=self.name, message=told))
        try:
            return await runtime.submit(
                run_request(context, folder, run.name, run.gpu), context.owner
            )
        except PersonCanFix as refused:
            if refused.field != "runtime":
                raise
            elsewhere = others(context, ports.runtimes, run.runtime, most_seconds(context))
            raise instead(refused, elsewhere) from refused

    async def _followed(
        self, context: JobContext, ports: Ports, run: Run, state: RunState
    ) -> Outcome:
        """Save what is new before anything follows from it, so that it is told once."""
        lines = following.progress_of(self.name, state.lines)
        told = following.latest(lines, here=run.runtime == LOCAL)
        runtime = ports.runtimes[run.runtime]
        now = ports.clock.now()
        pause = following.pause(run, runtime, now)
        if state.status == "missing":
            if following.may_come(run):
                return ComeBack(pause, run.model_copy(update={"missing": run.missing + 1}))
            state = replace(state, status="lost")
        seen = following.seen(run, state, now)
        if state.status == "running":
            if sign := diagnosing.early_sign(lines):
                for event in told:
                    await ports.emit(event)
                return await self._stopped(context, ports, seen, state, sign)
            following.check_overdue(seen, runtime, now)
            if following.is_old_news(run, seen, now):
                return LookAgain(pause)
            return ComeBack(pause, seen, told)
        if run.status == "ended":
            return await self._ended(context, ports, seen, state)
        is_charged = run.handle in ports.ledger.charged  # and found again after a question
        price = () if is_charged else following.price_of(seen, context, runtime)
        return ComeBack(timedelta(0), seen, (*told, *price))

    async def _ended(self, context: JobContext, ports: Ports, run: Run, state: RunState) -> Outcome:
        """What follows from how a run has ended, once it is told."""
        runtime = ports.runtimes[run.runtime]
        match state.status:
            case "done":
                return await self._collected(context, ports, run)
            case "lost":
                return ComeBack(timedelta(0), following.once_more(run, runtime))
            case "cancelled":
                raise following.stopped_there(runtime)
            case _:
                return await self._crashed(context, ports, state)

    async def _collected(self, context: JobContext, ports: Ports, run: Run) -> Outcome:
        """Bring what the run left, score it here, and put the model folder together."""
        folder = JobFolder.of(ports.home, context.job_id)
        await asyncio.to_thread(_check_untouched, context, folder)
        if run.handle is not None:
            runtime = ports.runtimes[run.runtime]
            await runtime.collect(run.handle, folder.run(run.name), context.owner)
        requirements = context.bundle.requirements if context.bundle else ()
        python = await environment(self.name, ports, requirements)
        scored = await self._scored(context, ports, python, run)
        if not scored.ok:
            return await self._crashed(context, ports, RunState("failed", (), "score", scored))
        champion = await challenging.measured(self.name, context, ports, python, run.name)
        metrics = await asyncio.to_thread(_assemble, context, ports, folder, run.name)
        collected = {
            "status": "collected",
            "metrics": metrics,
            "folder": str(folder.model),
            "champion": champion,
        }
        return ComeBack(timedelta(0), run.model_copy(update=collected))

    async def _scored(
        self, context: JobContext, ports: Ports, python: Path, run: Run
    ) -> StepResult:
        """Run score.py on this machine: it alone sees the held-out rows."""
        folder = JobFolder.of(ports.home, context.job_id)
        step = score_step(context, folder, run.name)
        await asyncio.to_thread(fresh, step.work)
        return await ports.workbench.run(python, step, reporter(self.name, ports))

    async def _stopped(
        self, context: JobContext, ports: Ports, run: Run, state: RunState, sign: str
    ) -> Outcome:
        """End a training that leads nowhere, and try it again otherwise."""
        runtime = ports.runtimes[run.runtime]
        if run.handle is not None:
            await runtime.cancel(run.handle, context.owner)
        for charged in following.price_of(run, context, runtime):
            await ports.emit(charged)
        text = f"The training was stopped: {sign}."
        return await diagnosing.tried_again(context, ports, state, text, text)

    async def _crashed(self, context: JobContext, ports: Ports, state: RunState) -> Outcome:
        """A crash of the script goes back to codegen; a limit that was hit is for the person."""
        if state.why is not None:
            raise state.why
        if state.result is None:
            raise Rejected("The training ended without a result.", "Retry.")
        error = failure(state.step, state.result)
        if isinstance(error, PersonCanFix):
            raise error
        feedback = error.feedback if isinstance(error, Rejected) else error.message
        return await diagnosing.tried_again(context, ports, state, error.message, feedback)

    async def _proven(self, context: JobContext, ports: Ports, run: Run) -> Outcome:
        folder = JobFolder.of(ports.home, context.job_id)
        pictures = await picturing.draw(self.name, ports, folder.model, folder.scratch("pictures"))
        await asyncio.to_thread(_write_pages, context, run, pictures, folder.model)
        proof = await prove(self.name, ports, folder.model, folder.scratch("proof"))
        await ports.emit(ModelProven(where="this machine", rows=proof.rows, seconds=proof.seconds))
        proven = run.model_copy(update={"status": "proven", "proof": proof, "pictures": pictures})
        return Done(proven, _note(run))


def _runtime(context: JobContext) -> str:
    return (context.collected.runtime if context.collected else None) or LOCAL


def _places(context: JobContext, ports: Ports) -> tuple[Estimate | None, tuple[Estimate, ...]]:
    """Where it is trained, None for this machine, and the other places there are."""
    name = _runtime(context)
    if name == LOCAL:
        return None, ()
    most = most_seconds(context)
    place = estimate(context, ports.runtimes[name], most)
    return place, others(context, ports.runtimes, name, most)


def _run_name(context: JobContext) -> str:
    """A name that no earlier training has: a run is found by it."""
    rebuilt = f"-{context.rebuilt}" if context.rebuilt else ""
    return f"{context.job_id}-{context.redos}{rebuilt}"


def _check_untouched(context: JobContext, folder: JobFolder) -> None:
    """PersonCanFix where the scripts that measured are not those that were checked."""
    written = context.bundle
    if written is not None and not bundle.is_untouched(folder.bundle, written.files):
        raise PersonCanFix(
            "The training's scripts were changed while it ran, so its figures cannot be trusted.",
            "Say “undo codegen” to write them anew and train again.",
        )


def _assemble(context: JobContext, ports: Ports, folder: JobFolder, name: str) -> Metrics:
    """Put the model folder together from regular files of the run and the bundle."""
    produced = folder.run(name)
    fresh(folder.model)
    ports.workbench.take(produced / "model", folder.model / "model")
    scored = fresh(folder.scratch("score"))
    ports.workbench.take(produced / "score", scored)
    for path in scored.iterdir():
        path.rename(folder.model / path.name)
    files = bundle.needed(_IN_MODEL, (folder.bundle,))
    for path in files.values():
        shutil.copyfile(path, folder.model / path.name)
    bundle.copy_config(folder.bundle, folder.model)
    metrics = _metrics(folder.model / "metrics.json")
    saved = as_saved(context, metrics).architecture
    if saved is None:
        raise Bug("A trained model needs its architecture.")
    bundle.write_requirements(folder.model, saved.requirements)
    return metrics


def _write_pages(context: JobContext, run: Run, pictures: Sequence[Picture], folder: Path) -> None:
    """The model card and the passport."""
    if run.metrics is None:
        raise Bug("A collected run has no metrics.")
    card = model_card.card(context, run.metrics, pictures)
    (folder / "README.md").write_text(card, "utf-8")
    passport = model_card.passport(context, run.metrics)
    (folder / "passport.json").write_text(passport, "utf-8")


def _metrics(path: Path) -> Metrics:
    """metrics.json as a child process wrote it: checked before a person sees a number."""
    try:
        return Metrics.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError) as error:
        raise Rejected("The training left no usable metrics.json.", "Retry.") from error


def _note(run: Run) -> str:
    if run.metrics is None:
        return ""
    headline = run.metrics.metric
    return f"{headline.name} {headline.value:.4f} on {headline.n:,} held-out rows"


AGENT = Monitor()
