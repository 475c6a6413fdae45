"""Architecture: which model, and what must be installed for it."""

from functools import partial

from pydantic import Field

from pipeline import describing
from pipeline.artifacts import Architecture as Chosen
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import Bug, UnknownName
from pipeline.improving import improved
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.proposals import plain
from pipeline.recipe import Backbone, Recipe, find_recipe, requirements
from pipeline.retry import POLICIES


class Choice(Reply):
    """Which model of the menu."""

    backbone: str | None = Field(default=None, description="a name of the menu, or null")
    why: str = Field(default="", description="one short sentence for the person")


class Architecture:
    """The person's model, else the strongest of the recipe's menu that the budget can feed."""

    name = Stage.ARCHITECTURE
    retry = POLICIES[Stage.ARCHITECTURE]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Choose the backbone."""
        if context.intent is None or context.intent.task_type is None or context.config is None:
            raise Bug("Architecture needs the intent and the config.")
        task = context.intent.task_type
        recipe = find_recipe(task)
        wanted = context.intent.architecture.backbone
        if wanted and (_is_fixed(context.intent) or _find(recipe, wanted)):
            return Done(*_settled(task, _named(recipe, wanted)))
        draft = _fitting(recipe, context.config.budget_seconds)
        propose = partial(self._chosen, context, ports, recipe, draft)
        chosen = await improved(self, context, ports, propose) or (draft, "")
        return Done(*_settled(task, *chosen))

    async def _chosen(
        self, context: JobContext, ports: Ports, recipe: Recipe, draft: Backbone
    ) -> tuple[Backbone, str] | None:
        """What a model would take from the menu instead, and why."""
        if context.config is None or len(recipe.backbones) == 1:
            return None
        reply = await ask(
            context,
            ports,
            self.name,
            Choice,
            prompt="architecture",
            values={
                **describing.facts(context, ports),
                "seconds": f"{context.config.budget_seconds:.0f}",
                "draft": draft.name,
                "menu": "\n".join(
                    f"- {one.name}: {one.title}; {one.why}" for one in recipe.backbones
                ),
            },
        )
        if reply is None or reply.backbone in {None, draft.name}:
            return None
        return _named(recipe, plain(str(reply.backbone))), plain(reply.why)


def _settled(task: TaskType, backbone: Backbone, why: str = "") -> tuple[Chosen, str]:
    """The choice with all that must be installed for it, and what the person is told."""
    why = why or backbone.why
    lines = tuple(sorted({*requirements(task), *backbone.requirements}))
    chosen = Chosen(backbone=backbone.name, why=why, requirements=lines)
    return chosen, f"{backbone.title}: {why}"


def _is_fixed(intent: ParsedIntent) -> bool:
    return "architecture.backbone" in intent.locked


def _find(recipe: Recipe, name: str) -> Backbone | None:
    known = ((one, {one.name, *one.called}) for one in recipe.backbones)
    return next((one for one, names in known if name.lower() in names), None)


def _named(recipe: Recipe, name: str) -> Backbone:
    if (backbone := _find(recipe, name)) is not None:
        return backbone
    raise UnknownName(
        "backbone", name, (one.name for one in recipe.backbones), field="architecture.backbone"
    )


def _fitting(recipe: Recipe, budget_seconds: float) -> Backbone:
    """The first of the menu, or one that asks for a budget as long as this one."""
    richer = [one for one in recipe.backbones if 0 < one.least_seconds <= budget_seconds]
    return max(richer, key=lambda one: one.least_seconds, default=recipe.backbones[0])


AGENT = Architecture()
