"""The weights that a model begins with: under whose terms they are, and how they come here."""

import re
from dataclasses import replace

from pipeline.context import JobContext
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.events import AgentLogged, ProgressReported
from pipeline.jobs import Stage
from pipeline.outcomes import Ask
from pipeline.ports import Ports
from pipeline.ports.weights import Fetched, Offer, restriction, terms
from pipeline.readiness import TRY_AGAIN
from pipeline.recipe import Backbone, Recipe

FIELD = "architecture.backbone"
_STAGE = Stage.ARCHITECTURE
_PATH = re.compile(r"[/~.\\]|.*[/\\].*[/\\]|.*\\")
_MEGABYTES = 1e6


async def obtained(
    context: JobContext, ports: Ports, recipe: Recipe, backbone: Backbone
) -> Fetched | Ask:
    """The weights of a backbone, or the question whether its person may use them.

    PersonCanFix and TryAgain say why they cannot be had.
    """
    named = backbone not in recipe.backbones
    if named:
        _refuse_typed_path(context, backbone.hub)
    name = backbone.hub if named else _in_languages(context, backbone)
    offer = await ports.weights.find(name, local=named and _at_terminal(context))
    offer = replace(offer, license=offer.license or backbone.license)
    asked = _terms(offer)
    if asked and asked not in context.request.agreed:
        return Ask(asked, "license", ("yes", *_free(recipe, backbone)))
    size = f"{offer.size / _MEGABYTES:,.0f} MB"
    told = f"Fetching the weights of {offer.name} ({size}, {terms(offer.license)})"
    await ports.emit(AgentLogged(stage=_STAGE, message=told))

    async def say(line: str) -> None:
        await ports.emit(ProgressReported(stage=_STAGE, step="weights", message=line))

    return await ports.weights.fetch(offer, say)


def out_of_reach(
    context: JobContext, recipe: Recipe, backbone: Backbone, cause: MLTrainerError
) -> PersonCanFix:
    """Why a model cannot be trained here, and what its person can choose instead."""
    reached = backbone not in recipe.backbones and isinstance(cause, PersonCanFix)
    others = (one for one in recipe.backbones if one is not backbone)
    own = [one for one in others if reached or not one.hub]
    folder = ", or a folder with one (change backbone to PATH)" if _at_terminal(context) else ""
    choices = (
        f"“{TRY_AGAIN}” once that is mended",
        f"another model of the Hub by its id (change backbone to OWNER/NAME){folder}",
        *(f"“{one.name}”: {one.title} ({one.why})" for one in own),
    )
    return PersonCanFix(
        f"The weights of {backbone.name} cannot be had here: {cause.message}",
        f"{cause.hint} You can say: {'; '.join(choices)}.".strip(),
        field=FIELD,
        options=(TRY_AGAIN, *(one.name for one in own)),
    )


def _in_languages(context: JobContext, backbone: Backbone) -> str:
    """The id of a backbone that is one of many, one for each pair of languages of two columns.

    PersonCanFix where the languages are not known.
    """
    report = context.data_report
    found = {role: report.column(str(name)) for role, name in context.columns.items() if report}
    languages = {role: one.language for role, one in found.items() if one and one.language}
    try:
        return backbone.hub.format(**languages)
    except KeyError as error:
        told = f"The language of the {error.args[0]} texts was not recognised."
        raise PersonCanFix(told, "Name a model yourself.", field=FIELD) from error


def _terms(offer: Offer) -> str:
    """What a person has to agree to; empty where nobody is kept from anything."""
    kept_from = restriction(offer.license)
    if not kept_from:
        return ""
    told = f"The weights of {offer.name} come under the licence {offer.license}, {kept_from}"
    return f"{told}. May they be used for what you have in mind?"


def _free(recipe: Recipe, backbone: Backbone) -> tuple[str, ...]:
    """Other models of the menu that nobody has to be asked about."""
    others = (one for one in recipe.backbones if one is not backbone)
    return tuple(one.name for one in others if not restriction(one.license))


def _at_terminal(context: JobContext) -> bool:
    return context.thread.platform == "terminal"


def is_path(name: str) -> bool:
    """Whether a name is written like a folder of a machine, not like a model of the Hub."""
    return _PATH.match(name) is not None


def _refuse_typed_path(context: JobContext, name: str) -> None:
    """Who types a path in a chat does not sit at this machine: its files are not theirs."""
    if is_path(name) and not _at_terminal(context):
        raise PersonCanFix(
            f"'{name}' is a path, and a path typed in a chat is no model I may read.",
            "Name a model of the Hub as owner/name.",
            field=FIELD,
        )
