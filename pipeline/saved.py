"""What a training saved, where another model of the menu did better beside the chosen one."""

from pipeline.artifacts import Architecture, Metrics
from pipeline.context import JobContext
from pipeline.recipe import all_requirements, find_recipe

_SAVED = "model_saved"  # a detail, where more than one was tried


def as_saved(context: JobContext, metrics: Metrics) -> JobContext:
    """The job as if the model that was saved had been chosen, with only what that one needs."""
    chosen, intent = context.architecture, context.intent
    if chosen is None or intent is None or intent.task_type is None:
        return context
    saved = find_recipe(intent.task_type).on_menu(str(metrics.details.get(_SAVED)))
    if saved is None or saved.name == chosen.backbone:
        return context
    lines = all_requirements(intent.task_type, saved)
    return context.with_artifact(
        Architecture(backbone=saved.name, why=saved.why, requirements=lines)
    )
