"""Intent: from plain words, and the data beside them, to a structure every later stage reads."""

from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.execution_plan import known_tasks
from pipeline.folders import JobFolder
from pipeline.inspection import saved_report
from pipeline.intent import DatasetIntent, ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import known_recipes
from pipeline.retry import POLICIES
from pipeline.understanding import Reading, equally_good, readings
from pipeline.wishes import parse_all, with_wishes


class IntentParser:
    """Rules read the request; what the person fixed by hand is locked."""

    name = Stage.INTENT_PARSER
    retry = POLICIES[Stage.INTENT_PARSER]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Settle on one task, or ask which of the equally good ones is meant."""
        report = await saved_report(JobFolder.of(ports.home, context.job_id), ports)
        wishes = parse_all(context.request.settings)
        draft = with_wishes(_draft(context), wishes)
        if draft.task_type is not None:
            return Done(
                _with_task(draft, draft.task_type), f"{_title(draft.task_type)}, as you said"
            )
        ranked = readings(context.request.words, report, known_tasks())
        best = equally_good(ranked)
        if len(best) != 1:
            return Ask(_which(best), "task_type", tuple(reading.task for reading in best))
        reading = best[0]
        return Done(_with_task(draft, reading.task), f"{_title(reading.task)}: {reading.reason}")


def _draft(context: JobContext) -> ParsedIntent:
    collected = context.collected
    return ParsedIntent(
        task_description=context.request.words,
        dataset=DatasetIntent(
            url=context.request.inputs[0].location if context.request.inputs else None,
            source_type="upload",
        ),
        runtime=collected.runtime if collected else None,
    )


def _with_task(draft: ParsedIntent, task: TaskType) -> ParsedIntent:
    """The intent of a task that can be trained here, or the reason why not."""
    if task not in known_recipes() and task in known_tasks():
        trainable = ", ".join(known_recipes())
        raise PersonCanFix(
            f"I read this as {_title(task)}, which I cannot train yet.",
            f"I can train: {trainable}. Say which of these you mean, or “cancel”.",
            field="task_type",
            options=known_recipes(),
        )
    return draft.model_copy(update={"task_type": task})


def _which(best: tuple[Reading, ...]) -> str:
    named = " or ".join(_title(reading.task) for reading in best[:4])
    return f"What should the model do with this data: {named}?"


def _title(task: TaskType) -> str:
    return task.replace("_", " ")


AGENT = IntentParser()
