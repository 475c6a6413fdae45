"""One job as one HTML page that needs nothing else: facts from what is saved, then the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from bot.report import details, making, pictures, scale, standing, usage, wording
from bot.report.data import Data, data
from bot.result import Result
from pipeline.artifacts import Metrics
from pipeline.context import JobContext, Message, StageError
from pipeline.events import Event
from pipeline.ports.store import JobRow
from pipeline.recipe import find_task
from pipeline.saved import as_saved

TEMPLATE = "template.html.j2"
_TITLE = 70
_RANKED = "importance.png"


@dataclass(frozen=True, slots=True)
class Request:
    """What the person asked for, in their words, and how that was understood.

    `whole` are the words again where `words` is only their beginning.
    """

    words: str
    whole: str
    title: str
    task: str
    inputs: tuple[str, ...]
    settings: Mapping[str, str]
    conversation: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Found:
    """What came out: everything here comes from metrics.json."""

    headline: scale.Headline
    others: Mapping[str, str]
    next_steps: Sequence[str]
    pictures: Sequence[pictures.Shown]
    importance: details.Bars | None
    members: details.Bars | None
    tables: Sequence[details.Table]
    glossary: Sequence[making.Fact]


@dataclass(frozen=True, slots=True)
class Made:
    """How it was made."""

    facts: Sequence[making.Fact]
    stages: Sequence[making.StageLine]
    versions: Sequence[making.Fact]
    hashes: Sequence[making.Fact]
    troubles: Sequence[StageError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The facts of a page; what is None or empty has no section."""

    job: str
    began: str
    written: str
    request: Request
    unfinished: standing.Standing | None
    verdict: standing.Standing | None
    warnings: Sequence[str]
    found: Found | None
    data: Data | None
    usage: Sequence[usage.Way]
    made: Made


def page(row: JobRow, events: Sequence[Event], *, state: str, model: Path | None) -> Page:
    """The facts; `state` is the job's status as shown, `model` the folder with its pictures."""
    context = row.context
    result = Result.of(row, events, state=state)
    metrics = context.run.metrics if context.run else None
    return Page(
        job=context.job_id,
        began=f"{context.created_at.day} {context.created_at:%B %Y}",
        written=f"{row.updated_at.day} {row.updated_at:%B %Y, %H:%M} UTC",
        request=_request(context),
        unfinished=standing.unfinished(result, context, state),
        verdict=standing.verdict(result),
        warnings=result.warnings,
        found=_found(context, metrics, model) if metrics else None,
        data=data(context),
        usage=usage.ways(context) if state == "done" else (),
        made=Made(
            facts=making.facts(as_saved(context, metrics) if metrics else context, result),
            stages=making.stages(result),
            versions=making.versions(context, model),
            hashes=making.hashes(context),
            troubles=context.errors,
        ),
    )


def _request(context: JobContext) -> Request:
    asked, task = context.request, context.intent.task_type if context.intent else None
    said = " ".join(asked.words.split())
    return Request(
        words=wording.short(said),
        whole=asked.words.strip() if len(said) > wording.LONGEST else "",
        title=wording.short(said, _TITLE),
        task=find_task(task).title if task else "",
        inputs=tuple(one.location.rsplit("/", 1)[-1] for one in asked.inputs),
        settings={name: wording.cell(value) for name, value in asked.settings.items()},
        conversation=asked.conversation,
    )


def _found(context: JobContext, metrics: Metrics, model: Path | None) -> Found:
    others = {
        wording.metric_title(name): wording.number(value)
        for name, value in metrics.metrics.items()
        if name != metrics.metric.name
    }
    ranked = details.importance(metrics)
    told = tuple(
        one
        for one in (context.run.pictures if context.run else ())
        if ranked is None or one.file != _RANKED  # the page draws it itself
    )
    return Found(
        headline=scale.headline(metrics),
        others=others,
        next_steps=metrics.next_steps,
        pictures=pictures.shown(told, model),
        importance=ranked,
        members=details.members(metrics),
        tables=details.tables(metrics),
        glossary=making.glossary(metrics),
    )


def render(facts: Page) -> str:
    """The page as HTML. Every text is escaped, and shown by its code where it would hide."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(page=facts)


def _plain(value: object) -> object:
    """What stands in the page for a value: text that is what it looks like."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return wording.visible(value)
