"""The tasks as people are told of them: by the command, and by the table in the README."""

from pipeline.execution_plan import known_tasks, plan
from pipeline.jobs import Frozen, TaskType
from pipeline.recipe import Recipe, find_recipe, find_task, known_recipes


class Told(Frozen):
    """One task. One that cannot be trained yet has no metric.

    `baselines` are what its models are measured against, `backbones` the models to choose from, by
    preference, `formats` how data may come, `left_out` the stages that it has not, and why.
    """

    task_type: TaskType
    trainable: bool
    title: str
    metric: str = ""
    metrics: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    backbones: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def every_task() -> tuple[Told, ...]:
    """All tasks in their usual order, those that somebody added last."""
    return tuple(map(told, known_tasks()))


def told(task: TaskType) -> Told:
    """What there is to say of a task."""
    left_out = tuple(f"{stage}: {why}" for stage, why in plan(task).skipped.items())
    if task not in known_recipes():
        title = find_task(task).title
        return Told(task_type=task, trainable=False, title=title, left_out=left_out)
    recipe = find_recipe(task)
    return Told(
        task_type=task,
        trainable=True,
        title=recipe.title,
        metric=_headlines(recipe),
        metrics=tuple(metric.name for metric in recipe.metrics),
        baselines=recipe.baselines,
        backbones=tuple(backbone.name for backbone in recipe.backbones),
        formats=recipe.formats,
        left_out=left_out,
    )


def _headlines(recipe: Recipe) -> str:
    """The metric for two classes and for more, where they differ."""
    two, many = recipe.headline(2).name, recipe.headline(3).name
    return two if two == many else f"{two}, with more than two classes {many}"
