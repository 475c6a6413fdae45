"""Which stages a task runs, and why the others are left out."""

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.errors import UnknownName
from pipeline.jobs import Frozen, Stage, TaskType
from pipeline.recipe import known_recipes

TASKS: tuple[TaskType, ...] = tuple(
    TaskType(name)
    for name in (
        "tabular_classification",
        "tabular_regression",
        "image_classification",
        "image_regression",
        "object_detection",
        "text_classification",
        "text_generation",
        "token_classification",
        "summarization",
        "translation",
        "llm_finetuning",
        "time_series_forecasting",
        "clustering",
    )
)

_LEFT_OUT: Mapping[TaskType, Mapping[Stage, str]] = MappingProxyType(
    {
        TaskType("llm_finetuning"): {
            Stage.PREPROCESSING: "fine-tuning reads the conversations as they are"
        },
        TaskType("clustering"): {Stage.DEPLOY: "clusters are a result you get, not a service"},
    }
)


class ExecutionPlan(Frozen):
    """The stages of one job in order; `skipped` says why a stage does not run."""

    skipped: Mapping[Stage, str] = {}

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All nine, in order; those in `skipped` are recorded as skipped, never as done."""
        return tuple(Stage)


def known_tasks() -> tuple[TaskType, ...]:
    """The thirteen tasks and every further recipe folder."""
    return (*TASKS, *sorted(set(known_recipes()) - set(TASKS)))


def plan(task: TaskType | None, *, deploy: bool = True) -> ExecutionPlan:
    """The plan of a task; before the task is known, every stage is still ahead.

    Raises UnknownName for a task that does not exist: there is no default plan.
    """
    skipped: dict[Stage, str] = {}
    if task is not None:
        if task not in known_tasks():
            raise UnknownName("task", task, known_tasks(), field="task_type")
        skipped.update(_LEFT_OUT.get(task, {}))
    if not deploy:
        skipped.setdefault(Stage.DEPLOY, "you asked not to deploy")
    return ExecutionPlan(skipped=skipped)
