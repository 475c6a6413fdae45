"""Architecture: which model, and what must be installed for it."""

from pipeline.artifacts import Architecture as Chosen
from pipeline.context import JobContext
from pipeline.errors import Bug, UnknownName
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import Backbone, Recipe, find_recipe, requirements
from pipeline.retry import POLICIES


class Architecture:
    """The person's model, else the strongest of the recipe's menu that the budget can feed."""

    name = Stage.ARCHITECTURE
    retry = POLICIES[Stage.ARCHITECTURE]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Choose the backbone."""
        del ports
        if context.intent is None or context.intent.task_type is None or context.config is None:
            raise Bug("Architecture needs the intent and the config.")
        task = context.intent.task_type
        recipe = find_recipe(task)
        wanted = context.intent.architecture.backbone
        backbone = (
            _named(recipe, wanted) if wanted else _fitting(recipe, context.config.budget_seconds)
        )
        lines = tuple(sorted({*requirements(task), *backbone.requirements}))
        chosen = Chosen(backbone=backbone.name, why=backbone.why, requirements=lines)
        return Done(chosen, f"{backbone.title}: {backbone.why}")


def _named(recipe: Recipe, name: str) -> Backbone:
    for backbone in recipe.backbones:
        if name.lower() in {backbone.name, *backbone.called}:
            return backbone
    raise UnknownName(
        "backbone", name, (one.name for one in recipe.backbones), field="architecture.backbone"
    )


def _fitting(recipe: Recipe, budget_seconds: float) -> Backbone:
    """The first of the menu, or one that asks for a budget as long as this one."""
    richer = [one for one in recipe.backbones if 0 < one.least_seconds <= budget_seconds]
    return max(richer, key=lambda one: one.least_seconds, default=recipe.backbones[0])


AGENT = Architecture()
