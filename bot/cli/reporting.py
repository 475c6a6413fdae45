"""Writing the page of a job into the job's folder."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from bot import words
from bot.cards import model_path
from bot.cli.output import Output, note
from bot.cli.session import looking, perform
from bot.report.page import Page, page, render
from pipeline.events import Event
from pipeline.folders import JobFolder
from pipeline.ports.store import JobRow

PAGE = "report.html"


def report(job: str) -> None:
    """Write the page and print its path; stdout holds the path alone."""

    async def work() -> int:
        async with looking(Output()) as here:
            row = await here.find(job)
            state = here.state(row)
            events = [one.event for one in await here.store.events(row.id)]
            folder = JobFolder.of(here.home, row.id)
            facts = await asyncio.to_thread(_facts, row, events, state, folder)
            path = await asyncio.to_thread(_write, folder.path / PAGE, render(facts))
            here.output.say(str(path))
            waiting = row.context.waiting if state == "waiting" else None
            reply = words.question_help(waiting, row.id) if waiting else ""
            if next_step := reply or words.next_step(state, row.id):
                note(f"next:  {next_step}")
        return 0

    perform(work)


def _facts(row: JobRow, events: Sequence[Event], state: str, folder: JobFolder) -> Page:
    """The facts of the page, with the pictures of the model: proven here, or as published."""
    published = model_path(row.context)
    model = folder.model if published is None or folder.model.is_dir() else Path(published)
    return page(row, events, state=state, model=model)


def _write(path: Path, text: str) -> Path:
    """Put the page in its place in one step: whoever has it open sees the old one or the new."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    return draft.replace(path)
