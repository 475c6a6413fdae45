"""Looking at jobs: nothing here changes one."""

from datetime import datetime

from bot import cards, telling, words
from bot.cli.output import Output, note
from bot.cli.session import Look, looking, perform
from pipeline.folders import JobFolder
from pipeline.jobs import Frozen, JobId, Stage
from pipeline.ports.store import JobRow

_LISTED = 50


class Listed(Frozen):
    """A job as `list --json` shows it; `stage` is the one that is due or at work."""

    job: str
    status: str
    stage: str | None
    words: str
    created_at: datetime
    updated_at: datetime


class Listing(Frozen):
    """The object of `list --json`, latest job first."""

    jobs: tuple[Listed, ...]


def list_jobs(*, as_json: bool) -> None:
    """The latest jobs of this home."""

    async def work() -> int:
        async with looking(Output(as_json=as_json)) as here:
            rows = await here.store.list(limit=_LISTED)
            shown = [(row, here.state(row)) for row in rows]
            for row, state in shown:
                here.output.say(words.job_line(row, state))
                if state == "interrupted":
                    here.output.say(f"            {words.next_step(state, row.id)}")
            if not rows:
                here.output.say(words.NO_JOBS)
            here.output.result(Listing(jobs=tuple(_listed(row, state) for row, state in shown)))
        return 0

    perform(work)


def _listed(row: JobRow, state: str) -> Listed:
    return Listed(
        job=row.id,
        status=state,
        stage=next((one for one in Stage if one not in row.context.stage_results), None),
        words=row.context.request.words,
        created_at=row.context.created_at,
        updated_at=row.updated_at,
    )


def status(job: str, *, as_json: bool) -> None:
    """One job: its stages, then its question, result, failure, or that it stands still."""

    async def work() -> int:
        async with looking(Output(as_json=as_json)) as here:
            row = await here.find(job)
            await _show(here, row)
            await here.finish(row)
        return 0

    perform(work)


async def _show(here: Look, row: JobRow) -> None:
    screen = here.screen(row.context.thread)
    events = [one.event for one in await here.store.events(row.id)]
    live = cards.told(events).model_copy(update={"log": ()})
    await screen.post(row.context.thread, cards.live_card(row, live), row.id)
    if row.status.settled:
        await screen.post(row.context.thread, cards.ending_card(row, events), f"{row.id}-end")
    else:
        here.output.say(words.standing(here.state(row)))
    await screen.stop()


def log(job: str, *, traceback: bool) -> None:
    """The events, or the log file with the tracebacks."""

    async def work() -> int:
        async with looking(Output()) as here:
            row = await here.find(job)
            if traceback:
                _print_log_file(here, row.id)
                return 0
            for one in await here.store.events(row.id):
                at = one.at.astimezone()
                here.output.say(f"{at:%H:%M:%S}  {telling.event_line(one.event)}")
        return 0

    perform(work)


def _print_log_file(here: Look, job_id: JobId) -> None:
    path = JobFolder.of(here.home, job_id).path / "job.log"
    if not path.exists():
        note(words.NO_TRACEBACK)
        return
    here.output.say(path.read_text("utf-8", "replace").rstrip())
