"""What a job still needs from its person, and what a reply changes. The backend alone decides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from pipeline.artifacts import DataInput
from pipeline.changes import changes
from pipeline.context import JobContext, Request, Waiting
from pipeline.errors import PersonCanFix
from pipeline.execution_plan import known_tasks, plan
from pipeline.hearing.locations import spoken_locations
from pipeline.jobs import Stage, TaskType, stage_named
from pipeline.ledger import dollars
from pipeline.wishes import leaf, parse

_A_YES = "approved?|y|yes|yep|yeah|sure|ok|okay|go|go ahead|do it|start"
_YES = re.compile(rf"({_A_YES})([,\s]+({_A_YES}|please))*[.!]*", re.IGNORECASE)
TRY_AGAIN = "try again"
GROUPING = TaskType("clustering")
FIND_GROUPS = "none of them: find groups of similar rows"
_GROUPS = re.compile(
    r"(?:please\s+)?(?:find|look\s+for|make)?\s*(?:the\s+)?(?:groups|clusters|segments)\W*|clustering",
    re.IGNORECASE,
)
_UNDO = re.compile(r"/?undo\s+(?P<stage>\S.{0,40})", re.IGNORECASE)
_READS_ANEW = "dataset.bad_rows"  # decides what is read at all
_PATH = re.compile(r"[/\\]|\.\w{2,7}[\"']?$")
_SPLIT = re.compile(r"(?P<split>train|test|validation|val)=(?P<path>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing a job cannot begin without: `field` is what a reply sets."""

    field: str
    question: str


def inputs(request: Request) -> tuple[DataInput, ...]:
    """What to learn from: as given, else the data sets that the words name."""
    spoken = () if request.inputs else spoken_locations(request.words)
    return request.inputs or tuple(DataInput(location=one) for one in spoken)


def missing(request: Request) -> tuple[Missing, ...]:
    """Everything still needed before the work can begin."""
    found = []
    if not request.words.strip():
        found.append(Missing("words", "what should the model do (for example: “flag spam texts”)"))
    if not inputs(request):
        found.append(
            Missing(
                "data",
                "which file holds the examples to learn from (attach it, or give its path or URL)",
            )
        )
    return tuple(found)


def grouped_question(needs: tuple[Missing, ...]) -> str:
    """One question for all of it."""
    if len(needs) == 1:
        return f"To begin I need to know {needs[0].question}."
    asked = "; ".join(f"({number}) {need.question}" for number, need in enumerate(needs, 1))
    return f"To begin I need to know {asked}."


def data_input(text: str) -> DataInput:
    """Read `PATH` or `train=PATH` (test, validation, val)."""
    text = text.strip().strip("\"'")
    match = _SPLIT.fullmatch(text)
    if match is None:
        return DataInput(location=text)
    split = "validation" if match["split"] == "val" else match["split"]
    return DataInput.model_validate({"location": match["path"], "split": split})


def pick(text: str, options: tuple[str, ...]) -> str:
    """The option a reply means: its number, or its text in any case; else the text itself."""
    text = text.strip()
    if text.isdigit() and 1 <= int(text) <= len(options) and text not in options:
        return options[int(text) - 1]
    same = [option for option in options if option.lower() == text.lower()]
    return same[0] if same else text


def apply_reply(context: JobContext, text: str) -> JobContext:
    """The context after its person's reply; PersonCanFix says why a reply does not fit.

    Stages that rest on what the reply changes are forgotten, so that they run again.
    """
    waiting = context.waiting
    if waiting is None:
        return context
    wanted = changes(text)
    if wanted:
        return with_changes(context, wanted)
    if (undo := _UNDO.fullmatch(text.strip())) is not None:
        return undone(context, stage_named(undo["stage"]))
    if waiting.reason == "credential":
        return _settled(context)
    if waiting.reason == "approval":
        if _YES.fullmatch(text.strip()) is None:
            raise PersonCanFix(
                "I did not understand that.",
                "Say “approve”, “change NAME to VALUE” or “cancel”.",
            )
        return _settled(context, request=_changed(context.request, approved=True))
    return _answered(context, waiting, _chosen(text, waiting))


def with_changes(context: JobContext, wanted: Mapping[str, str]) -> JobContext:
    """The context with all these changes, or with none: PersonCanFix names every bad one."""
    problems: list[PersonCanFix] = []
    for name, value in wanted.items():
        try:
            context = _set(context, name, value)
        except PersonCanFix as problem:
            problems.append(problem)
    if problems:
        hints = dict.fromkeys(problem.hint for problem in problems)
        raise PersonCanFix(" ".join(one.message for one in problems), " ".join(hints))
    return context


def _chosen(text: str, waiting: Waiting) -> str:
    """The option that is meant, or the text; PersonCanFix for a number that no option has."""
    reply = pick(text, waiting.options)
    if waiting.options and reply.isdigit() and reply not in waiting.options:
        raise PersonCanFix(
            f"There is no option {reply}: there are {len(waiting.options)}.",
            "Give the number or the text of one of them.",
        )
    return reply


def _answered(context: JobContext, waiting: Waiting, reply: str) -> JobContext:
    match waiting.field:
        case "words" | "data" | "words+data" as lacking:
            return _restart(context, _with(context.request, lacking, reply), Stage.INTAKE_MANAGER)
        case "runtime" | "architecture.backbone" if reply.lower() in {TRY_AGAIN, "retry"}:
            return _settled(context)
        case "runtime" | "host" as shelf:
            return _moved(context, shelf, reply)
        case "retry" | "resume":
            return _settled(context)
        case "license":
            return _agreed(context, waiting, reply)
        case field:
            return _fixed(context, field, reply)


def _agreed(context: JobContext, waiting: Waiting, reply: str) -> JobContext:
    """A yes to the terms of weights, kept with the question; other words name another model."""
    if reply.lower().strip(" .!") in {"no", "nope"}:
        raise PersonCanFix("Then another model is needed.", "Name one, or say “cancel”.")
    if not _YES.fullmatch(reply):
        return _set(context, "backbone", reply)
    agreed = (*context.request.agreed, waiting.text)
    return _settled(context, request=_changed(context.request, agreed=agreed))


def _fixed(context: JobContext, field: str, reply: str) -> JobContext:
    """The wish that a reply is; asked for a task, a column's name says it as well."""
    about_task = field in {"target", "task_type"}
    if about_task and (reply == FIND_GROUPS or _GROUPS.fullmatch(reply)):
        return _set(_without(context, "dataset.label_column"), "task_type", GROUPING)
    if field == "task_type" and reply not in known_tasks():
        return _set(context, "target", reply)
    return _set(context, field, reply)


def _without(context: JobContext, leaf: str) -> JobContext:
    """The context without an earlier wish."""
    kept = {name: value for name, value in context.request.settings.items() if name != leaf}
    return context.evolve(request=_changed(context.request, settings=kept))


def _with(request: Request, lacking: str, reply: str) -> Request:
    if lacking == "words":
        return _changed(request, words=reply)
    return _with_data(request, reply) if lacking == "data" else _both(request, reply)


def _with_data(request: Request, reply: str) -> Request:
    """A reply to the question for data: an input a line.

    Before any data is named, several words and no path say more of what is wanted.
    """
    if not request.inputs and len(reply.split()) > 1 and not _PATH.search(reply):
        return _changed(request, words=f"{request.words}\n{reply}".strip())
    inputs = tuple(data_input(line) for line in reply.splitlines() if line.strip())
    return _changed(request, inputs=inputs)


def _both(request: Request, reply: str) -> Request:
    """A reply to the grouped question: a line or the part after the last comma that is a path."""
    parts = [part.strip() for part in re.split(r"[\n;]|,(?=\s)", reply) if part.strip()]
    paths = [part for part in parts if _PATH.search(part)]
    words = ", ".join(part for part in parts if part not in paths)
    inputs = tuple(data_input(path) for path in paths)
    return _changed(request, words=words or request.words, inputs=inputs or request.inputs)


def _set(context: JobContext, name: str, value: str) -> JobContext:
    if name == "host":
        return _moved(context, name, value)
    if name == "model_usd":
        return _settled(context, request=_changed(context.request, model_usd=dollars(value)))
    dotted, checked = parse(leaf(name), value)
    if dotted == "task_type":
        plan(TaskType(value))  # an unknown task is asked for again, with the same choices
    if dotted == "runtime":
        return _moved(context, dotted, value)
    settings: Mapping[str, JsonValue] = {**context.request.settings, dotted: checked}
    again = Stage.INTAKE_MANAGER if dotted == _READS_ANEW else Stage.INTENT_PARSER
    return _restart(context, _changed(context.request, settings=settings), again)


def _moved(context: JobContext, shelf: str, name: str) -> JobContext:
    """Another runtime or host: chosen at intake, and no older wish speaks against it."""
    settings = {leaf: value for leaf, value in context.request.settings.items() if leaf != shelf}
    request = _changed(context.request, settings=settings, **{shelf: name})
    return _restart(context, request, Stage.INTAKE_MANAGER)


def _changed(request: Request, **changes: object) -> Request:
    return request.model_copy(update=changes)


def _restart(context: JobContext, request: Request, stage: Stage) -> JobContext:
    """From a stage on anew. What was agreed to was another plan: what costs is asked again."""
    anew = _changed(request, approved=False)
    return _settled(forget_from(context, stage), request=anew)


def _settled(context: JobContext, request: Request | None = None) -> JobContext:
    return once_more(context).evolve(request=request or context.request)


def once_more(context: JobContext) -> JobContext:
    """The context after its person's word: nothing is waited for, all attempts are there again."""
    return without_open_run(context).evolve(waiting=None, retry_counts={}, starts=0)


def without_open_run(context: JobContext) -> JobContext:
    """The context without a training that did not end well.

    It is not looked at again: one that still runs somewhere is found by its name. What was read of
    it, and since when it runs, is known then.
    """
    ended_well = context.run is not None and context.run.status in {"collected", "proven"}
    if ended_well:
        return context
    return context.evolve(run=None, left=context.run or context.left)


def undone(context: JobContext, stage: Stage) -> JobContext:
    """Back to before a stage, earlier results kept; PersonCanFix for one that never began.

    What was agreed to was another plan.
    """
    if stage not in context.stage_results and stage is not context.open_stage:
        done = ", ".join(one for one in Stage if one in context.stage_results) or "none yet"
        raise PersonCanFix(
            f"The stage {stage} has not begun, so there is nothing to undo in it.",
            f"Done so far: {done}.",
        )
    context = once_more(forget_from(context, stage)).evolve(feedback={})
    anew = Stage.MONITOR not in context.stage_results
    return context.evolve(request=_changed(context.request, approved=False)) if anew else context


def forget_from(context: JobContext, stage: Stage) -> JobContext:
    """Drop the results of a stage and of all that rest on it."""
    stages = tuple(Stage)
    kept = {
        done: result
        for done, result in context.stage_results.items()
        if stages.index(done) < stages.index(stage)
    }
    if stages.index(stage) > stages.index(Stage.MONITOR):
        return context.evolve(stage_results=kept, active=None)
    rebuilt = context.rebuilt + int(Stage.CODEGEN in context.stage_results)
    return context.evolve(stage_results=kept, run=None, rebuilt=rebuilt, active=None)
