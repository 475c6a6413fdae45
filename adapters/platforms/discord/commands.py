"""The slash command: how it is described to Discord, and told only when Discord knows another."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from adapters.platforms.discord.drawing import Json
from adapters.platforms.discord.errors import translated
from pipeline.jobs import Stage

NAME = "mltrainer"
JOB = "job"
SERVICE = "service"
STAGE = "stage"
ABOUT: Mapping[str, str] = {
    "help": "What I can do, and how",
    "list": "Your jobs",
    "status": "How a job stands",
    "log": "What a job has done so far",
    "resume": "Let an interrupted or failed job go on",
    "retry": "Try the stage that failed once more",
    "interrupt": "Stop the stage at work; then resume, change something or undo",
    "undo": "Go back to before a stage; what was done earlier is kept",
    "compact": "Make a job's long conversation short",
    "cancel": "Stop a job for good",
    "predict": "Try the model of a job",
    "new": "Ask for a new model in a form",
    "connect": "Connect your accounts",
    "forget": "Forget an account of yours",
}
"""The subcommands, with what each does."""

_OF_A_JOB = (
    *("status", "log", "resume", "retry", "interrupt", "undo", "compact", "cancel", "predict"),
)
_OF_A_SERVICE = ("connect", "forget")
_SUBCOMMAND, _STRING, _CHAT_INPUT = 1, 3, 1
_IN_SERVER, _IN_DIRECT = 0, 1
_ESSENCE = {
    *("name", "description", "type", "options", "required", "autocomplete", "choices"),
    *("contexts", "integration_types", "default_member_permissions", "nsfw"),
}


def definitions() -> list[dict[str, Any]]:
    """All that is registered."""
    options = [_subcommand(name, about) for name, about in ABOUT.items()]
    return [
        {
            "name": NAME,
            "type": _CHAT_INPUT,
            "description": "Train, check and publish models",
            "contexts": [_IN_SERVER, _IN_DIRECT],
            "integration_types": [0],
            "options": options,
        }
    ]


async def register(client: discord.Client) -> bool:
    """Tell Discord, unless it knows already; whether it had to be told."""
    us = client.application_id or 0
    with translated():
        known = await client.http.get_global_commands(us)
        if same(definitions(), known):
            return False
        await client.http.bulk_upsert_global_commands(us, definitions())
    return True


def same(ours: object, theirs: object) -> bool:
    """Whether two descriptions mean the same; Discord leaves out what is empty, and adds ids."""
    return _essence(ours) == _essence(theirs)


def typed(data: Json) -> tuple[str, str]:
    """Subcommand and its arguments as a person typed them."""
    chosen: Json = next(iter(data.get("options") or ()), {})
    said = [str(one.get("value") or "") for one in chosen.get("options") or ()]
    return str(chosen.get("name") or "help"), " ".join(filter(None, said)).strip()


def _subcommand(name: str, about: str) -> Json:
    return {
        "name": name,
        "type": _SUBCOMMAND,
        "description": about,
        "options": [*_options(name)],
    }


def _options(name: str) -> Iterator[Json]:
    if name == "undo":  # what is required stands first
        choices = [{"name": stage, "value": stage} for stage in map(str, Stage)]
        about = "Which stage"
        yield {"name": STAGE, "type": _STRING, "description": about, "required": True} | {
            "choices": choices
        }
    if name in _OF_A_JOB:
        about = "Which job; not needed in the thread of one"
        yield {"name": JOB, "type": _STRING, "description": about, "autocomplete": True}
    if name in _OF_A_SERVICE:
        about = "Which service, as huggingface or kaggle"
        yield {"name": SERVICE, "type": _STRING, "description": about, "autocomplete": True}


def _essence(told: object) -> object:
    if isinstance(told, Mapping):
        kept = {name: _essence(value) for name, value in told.items() if name in _ESSENCE}
        return {name: value for name, value in kept.items() if value}
    if isinstance(told, Sequence) and not isinstance(told, str):
        return sorted((_essence(one) for one in told), key=_in_order)
    return told


def _in_order(one: object) -> str:
    """By what it says, in whatever order Discord says it."""
    return json.dumps(one, sort_keys=True)
