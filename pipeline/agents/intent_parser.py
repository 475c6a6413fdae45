"""Intent: from plain words, and the data beside them, to a structure every later stage reads."""

import asyncio
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from pydantic import Field, JsonValue

from pipeline import describing
from pipeline.artifacts import DataReport
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.doubts import (
    check_label,
    check_target,
    choices,
    instead,
    several,
    title,
    unsuited,
    unsupported,
    which,
    with_target,
)
from pipeline.errors import PersonCanFix, Rejected, UnknownName
from pipeline.execution_plan import known_tasks
from pipeline.folders import JobFolder
from pipeline.hearing.belonging import spoken_roles
from pipeline.hearing.expertise import expertise
from pipeline.hearing.horizon import spoken_horizon
from pipeline.hearing.judging import spoken_judgement
from pipeline.hearing.wishes import spoken_wishes
from pipeline.improving import improved
from pipeline.inspection import saved_report
from pipeline.intent import DatasetIntent, ParsedIntent, SourceType
from pipeline.jobs import Stage, TaskType
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.prompting import Data
from pipeline.proposals import Setting, as_heard, check_roles, check_settings, plain, proposals
from pipeline.readiness import inputs
from pipeline.recipe import Recipe, find_task
from pipeline.retry import POLICIES
from pipeline.understanding import Reading, equally_good, read, readings, ruled_out
from pipeline.wishes import parse, parse_all, wanted_values, with_proposals, with_wishes

# Said of one task alone: "5 groups" means nothing where nothing is grouped.
_OF_ONE_TASK = {
    "hyperparameters.clusters": "clustering",
    "hyperparameters.horizon": "time_series_forecasting",
}
_SOURCES: Mapping[str, SourceType] = MappingProxyType(
    {"http": "url", "https": "url", "hf": "huggingface", "kaggle": "kaggle"}
)

_CLEAR = 0.5  # words that speak of a task by more than a hint


class Understood(Reply):
    """What a person wants, as far as words and data say it."""

    task_type: str | None = Field(default=None, description="one of the listed tasks, or null")
    why: str = Field(description="one short sentence for the person: how they were understood")
    settings: tuple[Setting, ...] = Field(default=(), description="what the words say besides")


class IntentParser:
    """Rules read the request; what the person fixed, by hand or in passing, is locked.

    They read in a thread: of wide tables for many seconds, in which other jobs must go on.
    """

    name = Stage.INTENT_PARSER
    retry = POLICIES[Stage.INTENT_PARSER]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Settle on one task, or ask which of the equally good ones is meant."""
        report = await saved_report(JobFolder.of(ports.home, context.job_id), ports)
        given = parse_all(context.request.settings)
        draft = await asyncio.to_thread(self._by_rules, context, report, given)
        propose = partial(self._understood, context, ports, report, draft)
        return await improved(self, context, ports, propose) or draft

    def _by_rules(
        self, context: JobContext, report: DataReport, given: dict[str, JsonValue]
    ) -> Outcome:
        """What words and data say by themselves."""
        words = context.request.heard
        task = given.get("task_type")
        if task is not None:
            reading = read(TaskType(str(task)), with_target(words, given), report)
            if (asked := unsuited(reading, words, report, given)) is not None:
                return asked
            return Done(_intent(context, report, reading, given), f"{title(reading)}, as you said")
        check_target(given, report)
        ranked = readings(with_target(words, given), report, known_tasks())
        best = equally_good(ranked)
        check_label(ranked, words, report, given)
        asked = several(best, words, report, given) or unsupported(best, ranked, report)
        if asked is None and len(best) != 1:
            asked = Ask(which(best, report), "task_type", tuple(one.task for one in best))
        if asked is not None:
            return asked
        reading = best[0]
        if (other := ruled_out(ranked)) is not None:
            return Ask(instead(other, reading), "task_type", choices(ranked))
        return Done(_intent(context, report, reading, given), f"{title(reading)}: {reading.reason}")

    async def _understood(
        self, context: JobContext, ports: Ports, report: DataReport, draft: Outcome
    ) -> Done | None:
        """What a model reads in words that rules do not know, as far as the data can be it."""
        given = parse_all(context.request.settings)
        words = with_target(context.request.heard, given)
        ranked = await asyncio.to_thread(readings, words, report, known_tasks())
        reply = await ask(
            context,
            ports,
            self.name,
            Understood,
            prompt="intent_parser",
            values={
                "words": describing.words(context),
                "reader": await asyncio.to_thread(describing.reader, context),
                "data": describing.data(report, context, ports),
                "tasks": describing.choices(ranked),
                "draft": Data(_told(draft)),
                "settings": describing.settings(),
            },
        )
        if reply is None:
            return None
        return await asyncio.to_thread(_proposed, context, report, reply, draft, ranked)


def _proposed(
    context: JobContext,
    report: DataReport,
    reply: Understood,
    draft: Outcome,
    ranked: tuple[Reading, ...],
) -> Done | None:
    """The intent that a model proposes; Rejected where the data or the words are against it."""
    given = parse_all(context.request.settings)
    wishes = as_heard(proposals(reply.settings, report), report, context.request.heard)
    reading = _meant(reply, draft, ranked, given)
    if reading is None:
        return None
    intent = with_proposals(_intent(context, report, reading, given), wishes)
    why = plain(reply.why) or reading.reason
    task = find_task(reading.task)
    check_roles(task, intent, report, context.request.heard)
    if isinstance(task, Recipe):
        check_settings(task, intent)
    return Done(intent, f"{title(reading)}: {why}")


def _intent(
    context: JobContext, report: DataReport, reading: Reading, given: dict[str, JsonValue]
) -> ParsedIntent:
    """What is wanted: wishes given outright beat those said in passing."""
    words, given_data = context.request.heard, inputs(context.request)
    location = given_data[0].location if given_data else ""
    wishes = {**_spoken(words, report, reading.task), **given}
    draft = ParsedIntent(
        task_description=context.request.words,
        dataset=DatasetIntent(
            url=location or None,
            source_type=_source_type(location),
        ),
        runtime=context.collected.runtime if context.collected else None,
        user_expertise_level=expertise(words, wishes),
    )
    return with_wishes(draft, wishes).model_copy(update={"task_type": reading.task})


def _spoken(words: str, report: DataReport, task: TaskType) -> dict[str, JsonValue]:
    """Wishes said in passing that can be meant; one out of its range was none."""
    known = find_task(task)
    measured = [metric.name for metric in known.metrics] if isinstance(known, Recipe) else ()
    said = spoken_judgement(words, spoken_wishes(words), measured)
    said |= spoken_roles(words, report, [role.name for role in known.roles])
    dates = [column.frequency for column in report.columns if column.frequency]
    ahead = spoken_horizon(words, dates[0] if dates else None)
    said |= {"hyperparameters.horizon": ahead} if ahead else {}
    wishes: dict[str, JsonValue] = {}
    for leaf, value in said.items():
        if _OF_ONE_TASK.get(leaf, task) != task:
            continue
        try:
            dotted, checked = parse(leaf, value)
        except PersonCanFix:
            continue
        wishes[dotted] = checked
    return wishes


def _source_type(location: str) -> SourceType:
    kind, _, _ = location.partition(":")
    return _SOURCES.get(kind.lower(), "upload")


def _told(draft: Outcome) -> str:
    """The rules' own reading, for the model."""
    match draft:
        case Done(artifact=ParsedIntent() as intent):
            known = {**wanted_values(intent), "task_type": intent.task_type}
            return ", ".join(f"{name} = {value}" for name, value in known.items())
        case Ask(about, field, options):
            return f"not clear; they would ask “{about}” about {field}, with {', '.join(options)}"
        case _:
            return "nothing"


def _meant(
    reply: Understood, draft: Outcome, ranked: tuple[Reading, ...], given: Mapping[str, JsonValue]
) -> Reading | None:
    """The task that the model reads; Rejected where the data cannot be it.

    None leaves the question of the rules to the person.
    """
    drafted = None
    if isinstance(draft, Done) and isinstance(draft.artifact, ParsedIntent):
        drafted = draft.artifact.task_type
    wanted = given.get("task_type") or reply.task_type or drafted
    reading = next((one for one in ranked if one.task == wanted), None)
    if wanted is None:
        return None
    if reading is None:
        raise UnknownName("task", plain(str(wanted)), (one.task for one in ranked))
    if reading.score <= 0 and reading.task != drafted:
        raise Rejected(f"The data cannot be {title(reading)}: {reading.data}")
    heard = next((one for one in ranked if one.task == drafted), reading)
    if "task_type" not in given and heard.heard >= _CLEAR and reading.score < heard.score / 2:
        raise Rejected(f"The words speak of {title(heard)}, not of {title(reading)}.")
    return reading


AGENT = IntentParser()
