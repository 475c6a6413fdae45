"""Architecture: which model, what must be installed for it, and the weights it begins with."""

from collections.abc import Iterable, Sequence
from functools import partial

from pydantic import Field

from pipeline import describing
from pipeline.artifacts import Architecture as Chosen
from pipeline.artifacts import TrainingConfig
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain, UnknownName
from pipeline.events import AgentLogged
from pipeline.improving import improved
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.obtaining import FIELD, is_path, obtained, out_of_reach
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.weights import Fetched, restriction
from pipeline.proposals import plain
from pipeline.recipe import Backbone, Recipe, all_requirements, find_recipe
from pipeline.retry import POLICIES

_OF_NETWORKS = ("hyperparameters.", "peft.", "precision.", "architecture.freeze_backbone")


class Choice(Reply):
    """Which model of the menu."""

    backbone: str | None = Field(default=None, description="a name of the menu, or null")
    why: str = Field(default="", description="one short sentence for the person")


class Architecture:
    """The person's model, else the strongest of the recipe's menu that can be trained here.

    That is one that the hardware and the budget can feed, and whose weights can be had.
    """

    name = Stage.ARCHITECTURE
    retry = POLICIES[Stage.ARCHITECTURE]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Choose the backbone."""
        intent, config = context.intent, context.config
        if intent is None or intent.task_type is None or config is None:
            raise Bug("Architecture needs the intent and the config.")
        recipe = find_recipe(intent.task_type)
        gpus, rows = _gpus(context, ports), _rows(context)
        wanted = await self._fed(ports, _wanted(intent, recipe), rows)
        learning = [one for one in recipe.backbones if one.least_rows <= rows] or recipe.backbones
        if wanted is not None:
            outcome = await self._as_asked(context, ports, recipe, wanted)
        else:
            menu = _fitting(learning, intent, config.budget_seconds, gpus)
            propose = partial(self._chosen, context, ports, menu)
            first, why = await improved(self, context, ports, propose) or (menu[0], "")
            order = [first, *(one for one in menu if one is not first)]
            outcome = await self._to_be_had(context, ports, recipe, order, why)
        if isinstance(outcome, Done) and isinstance(outcome.artifact, Chosen):
            chosen = outcome.artifact
            asked = wanted is not None
            await self._say(ports, _without_gpu(learning, config, chosen, gpus, asked=asked))
            await self._say(ports, _unheard(intent, recipe, chosen))
        return outcome

    async def _fed(self, ports: Ports, wanted: Backbone | None, rows: int) -> Backbone | None:
        """The person's model; none where it would learn nothing from so few rows, which is said."""
        if wanted is None or wanted.least_rows <= rows:
            return wanted
        told = f"{wanted.title} learns from {wanted.least_rows} rows or more, and here are {rows}"
        await self._say(ports, f"{told}: another model is trained.", warning=True)
        return None

    async def _chosen(
        self, context: JobContext, ports: Ports, menu: Sequence[Backbone]
    ) -> tuple[Backbone, str] | None:
        """What a model would take from the menu instead, and why."""
        if context.config is None or len(menu) == 1:
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
                "draft": menu[0].name,
                "menu": "\n".join(f"- {one.name}: {one.title}; {one.why}" for one in menu),
            },
        )
        if reply is None or reply.backbone in {None, menu[0].name}:
            return None
        return _named(menu, plain(str(reply.backbone))), plain(reply.why)

    async def _as_asked(
        self, context: JobContext, ports: Ports, recipe: Recipe, wanted: Backbone
    ) -> Outcome:
        """The person's model or none: where it cannot be had, they choose."""
        try:
            found = await _weights(context, ports, recipe, wanted)
        except (PersonCanFix, TryAgain) as cause:
            raise out_of_reach(context, recipe, wanted, cause) from cause
        return found if isinstance(found, Ask) else _settled(context, wanted, found)

    async def _to_be_had(
        self,
        context: JobContext,
        ports: Ports,
        recipe: Recipe,
        order: Sequence[Backbone],
        why: str,
    ) -> Outcome:
        """The first whose weights can be had; without a network nothing more is asked for."""
        failed: tuple[Backbone, MLTrainerError] | None = None
        for backbone in order:
            if backbone.hub and failed and isinstance(failed[1], TryAgain):
                continue
            try:
                found = await _weights(context, ports, recipe, backbone)
            except (PersonCanFix, TryAgain) as cause:
                failed = failed or (backbone, cause)
                continue
            if isinstance(found, Ask):
                return found
            if failed is not None:
                why_not = failed[1].message.rstrip(".")
                told = f"{failed[0].title} cannot be had here ({why_not})"
                await self._say(ports, f"{told}, so it is {backbone.title}.", warning=True)
            return _settled(context, backbone, found, why if backbone is order[0] else "")
        if failed is None:
            raise Bug("A recipe has no backbone.")
        raise out_of_reach(context, recipe, *failed) from failed[1]

    async def _say(self, ports: Ports, line: str, *, warning: bool = False) -> None:
        if line:
            await ports.emit(AgentLogged(stage=self.name, message=line, warning=warning))


async def _weights(
    context: JobContext, ports: Ports, recipe: Recipe, backbone: Backbone
) -> Fetched | Ask | None:
    return await obtained(context, ports, recipe, backbone) if backbone.hub else None


def _settled(context: JobContext, backbone: Backbone, found: Fetched | None, why: str = "") -> Done:
    """The choice with all that must be installed for it, and what the person is told."""
    why = why or backbone.why
    task = _task(context)
    lines = all_requirements(task, backbone)
    chosen = Chosen(backbone=backbone.name, why=why, requirements=lines)
    if found is None:
        return Done(chosen, f"{backbone.title}: {why}")
    of_menu = backbone in find_recipe(task).backbones
    chosen = chosen.model_copy(
        update={
            "backbone": backbone.name if of_menu else found.title,
            "weights": str(found.folder),
            "source": found.title,
            "revision": found.revision,
            "license": found.license,
        }
    )
    return Done(chosen, f"{backbone.title if of_menu else found.title}: {why}")


def _task(context: JobContext) -> TaskType:
    if context.intent is None or context.intent.task_type is None:
        raise Bug("Architecture needs the task.")
    return context.intent.task_type


def _gpus(context: JobContext, ports: Ports) -> int:
    """GPUs where the training runs, as far as they can be seen from here."""
    runtime = context.collected.runtime if context.collected else "local"
    if runtime == "local":
        return ports.workbench.gpus
    return 1 if ports.runtimes[runtime].offer.gpus else 0


def _rows(context: JobContext) -> int:
    """How many rows are learned from; before they are cut, all that were read."""
    if context.split is not None:
        return context.split.rows["train"] + context.split.rows["validation"]
    return context.data_report.rows if context.data_report else 0


def _wanted(intent: ParsedIntent, recipe: Recipe) -> Backbone | None:
    """The model that the person asks for: of the menu, else of the Hub or their own machine."""
    name = intent.architecture.backbone
    if name is None:
        unasked = intent.architecture.pretrained is not False
        return None if unasked else next((one for one in recipe.backbones if one.asked_only), None)
    found = _find(recipe.backbones, name)
    if found is not None or FIELD not in intent.locked:
        return found
    like = next((one for one in recipe.backbones if one.hub), None)
    if like is None or (" " in name and not is_path(name)):
        return _named(recipe.backbones, name)
    return Backbone(
        name=name,
        title=name,
        why="you asked for it",
        hardware="gpu",
        requirements=like.requirements,
        least_rows=like.least_rows,
        hub=name,
    )


def _find(menu: Iterable[Backbone], name: str) -> Backbone | None:
    known = ((one, {one.name, one.hub.lower(), *one.called}) for one in menu)
    return next((one for one, names in known if name.lower() in names - {""}), None)


def _named(menu: Iterable[Backbone], name: str) -> Backbone:
    menu = tuple(menu)
    if (backbone := _find(menu, name)) is not None:
        return backbone
    raise UnknownName("backbone", name, (one.name for one in menu), field=FIELD)


def _fitting(
    known: Sequence[Backbone], intent: ParsedIntent, budget_seconds: float, gpus: int
) -> list[Backbone]:
    """What can be trained here, the best first; what only a GPU trains well, where nothing else is.

    The menu is in the order of preference; but what needs no weights and makes use of a budget as
    long as this one goes before, and what is under terms that somebody has to agree to comes last.
    """
    menu = [one for one in known if not one.asked_only]
    if intent.architecture.pretrained is False:
        menu = [one for one in menu if not one.hub] or menu
    here = [one for one in menu if one.hardware == "cpu" or gpus] or menu
    fed = [one for one in here if one.least_seconds <= budget_seconds] or here
    rich = sorted(fed, key=lambda one: 0 if one.hub else -one.least_seconds)
    return sorted(rich, key=lambda one: bool(restriction(one.license)))


def _without_gpu(
    known: Sequence[Backbone], config: TrainingConfig, chosen: Chosen, gpus: int, *, asked: bool
) -> str:
    """What having no GPU means: that it is slow, or what else it would be."""
    cpu = {one.name for one in known if one.hardware == "cpu"}
    better = next((one for one in known if one.name not in cpu), None)
    if gpus or better is None:
        return ""
    if chosen.backbone not in cpu:
        seconds = f"{config.budget_seconds:.0f} s"
        return f"There is no GPU here: it learns slowly, and stops after {seconds}."
    if asked:
        return ""
    more = f"With one, or with backbone={better.name}, it would be {better.title}"
    return f"There is no GPU here, so it is a model that a CPU can train. {more}."


def _unheard(intent: ParsedIntent, recipe: Recipe, chosen: Chosen) -> str:
    """Settings of networks that the person gave, where no network is trained."""
    known = recipe.settings.model_fields
    given = [leaf for leaf in intent.locked if leaf.startswith(_OF_NETWORKS)]
    names = [name for leaf in given if (name := leaf.rpartition(".")[2]) in known]
    networks = [one for one in recipe.backbones if _is_network(one.requirements)]
    if not names or not networks or _is_network(chosen.requirements):
        return ""
    are = "is a setting" if len(names) == 1 else "are settings"
    return f"{', '.join(names)} {are} of networks, and {chosen.backbone} is none: not used"


def _is_network(lines: Iterable[str]) -> bool:
    return any(line.startswith("torch=") for line in lines)


AGENT = Architecture()
