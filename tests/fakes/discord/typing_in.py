"""What a person's client makes of typing: the values of a form's fields, a command's options."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.fakes.discord.form_limits import (
    CHECKBOX,
    CHECKBOXES,
    FILE_UPLOAD,
    INTEGER,
    NUMBER,
    RADIO,
    SUBCOMMAND,
)
from tests.fakes.discord.limits import TEXT_INPUT
from tests.fakes.discord.seeing import labelled
from tests.fakes.discord.world import Json, Value
from tests.fakes.people import NotThere, Upload

REQUIRED = "This field is required."
JOB = re.compile(r"j-[\w-]+")
BOOLEAN = 5
IN_GUILDS, IN_DIRECT_MESSAGES = 0, 1
YES = {True: ("yes", "true", "on"), False: ("no", "false", "off")}

Filled = Mapping[str, object]
Keep = Callable[[Upload], Json]


@dataclass
class Sent:
    """A form as it is sent: its components, the files in it, and what the client refuses."""

    components: list[Json] = field(default_factory=list)
    attachments: dict[str, Json] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def filled(body: Json, given: Filled, keep: Keep) -> Sent:
    """Fill a form by its labels; what is not given stays as it stands there."""
    known = [str(one["label"]) for one in labelled(body)]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise NotThere(f"no field {unknown}; there are {known}")
    sent = Sent()
    for at, one in enumerate(labelled(body)):
        inside, label = one["component"], str(one["label"])
        value = given.get(label, standing(inside))
        if problem := _problem(inside, value):
            sent.problems[label] = problem
            continue
        shown = {"type": inside["type"], "id": at + 50, "custom_id": inside["custom_id"]}
        shown |= _sent(inside, value, keep, sent)
        sent.components.append({"type": 18, "id": at + 1, "component": shown})
    return sent


def standing(inside: Json) -> Value:
    """What stands in a field before anybody touches it."""
    if inside["type"] == TEXT_INPUT:
        return inside.get("value") or ""
    if inside["type"] == CHECKBOX:
        return bool(inside.get("default"))
    return [str(one["label"]) for one in inside.get("options") or [] if one.get("default")]


def _problem(inside: Json, value: Value) -> str:
    if value in ("", None, [], ()):
        return REQUIRED if inside.get("required", True) else ""
    if inside["type"] == TEXT_INPUT:
        least, most = inside.get("min_length") or 0, inside.get("max_length") or 4000
        if not least <= len(value) <= most:
            return f"Must be between {least} and {most} in length."
    return ""


def _sent(inside: Json, value: Value, keep: Keep, sent: Sent) -> Json:
    kind = inside["type"]
    if kind == TEXT_INPUT:
        return {"value": str(value)}
    if kind == CHECKBOX:
        return {"value": bool(value)}
    if kind == FILE_UPLOAD:
        files = [keep(one) for one in value or []]
        sent.attachments |= {one["id"]: one for one in files}
        return {"values": [one["id"] for one in files]}
    chosen = _chosen(inside, value)
    if kind == RADIO:
        return {"value": chosen[0] if chosen else None}
    assert kind != CHECKBOXES or isinstance(chosen, list)
    return {"values": chosen}


def _chosen(inside: Json, value: Value) -> list[str]:
    """The values of what was chosen by its labels; yes and no by a bool."""
    options = {str(one["label"]): str(one["value"]) for one in inside.get("options") or []}
    if isinstance(value, bool):
        if inside["type"] == CHECKBOXES:
            return list(options.values()) if value else []
        words = [one for one in options if one.lower() in YES[value]]
        return [options[one] for one in words[:1]]
    labels = [value] if isinstance(value, str) else list(value or [])
    missing = [one for one in labels if one and one not in options]
    if missing:
        raise LookupError(f"no choice {missing}; there are {sorted(options)}")
    return [options[one] for one in labels if one]


# Commands


def offered(commands: list[Json], *, direct: bool) -> list[Json]:
    """The commands of a place: not every one is meant for direct messages, or for guilds."""
    context = IN_DIRECT_MESSAGES if direct else IN_GUILDS
    return [one for one in commands if context in (one.get("contexts") or [context])]


def typed_command(commands: list[Json], name: str, text: str) -> Json:
    """The data of "/name text" as the client sends it: a subcommand with its options."""
    wanted = name.removeprefix("/")
    known = {str(one["name"]): one for one in commands if one.get("type", 1) == 1}
    if wanted not in known:
        raise NotThere(f"no command /{wanted}; there are {sorted(known)}")
    command = known[wanted]
    data: Json = {"id": command["id"], "name": wanted, "type": 1}
    below = {
        str(one["name"]): one for one in command.get("options") or [] if one["type"] == SUBCOMMAND
    }
    if not below:
        return data | {"options": _options(command.get("options") or [], f"/{wanted}", text)}
    first, _, rest = text.strip().partition(" ")
    if first not in below:
        raise NotThere(f"no subcommand “{first}” of /{wanted}; there are {sorted(below)}")
    options = _options(below[first].get("options") or [], f"/{wanted} {first}", rest)
    return data | {"options": [{"name": first, "type": SUBCOMMAND, "options": options}]}


def _options(options: list[Json], command: str, text: str) -> list[Json]:
    """Words for options: a job's id where one is asked for, the rest in their order."""
    words, found = text.split(), []
    job = next((one for one in options if one["name"] == "job"), None)
    if job and words and JOB.fullmatch(words[0]):
        found.append(_option(job, words.pop(0)))
        options = [one for one in options if one is not job]
    elif job and len(options) > 1:
        options = [*(one for one in options if one is not job), job]
    for at, one in enumerate(options):
        if not words:
            break
        size = len(words) if at == len(options) - 1 or options[at + 1] is job else 1
        found.append(_option(one, " ".join(words[:size])))
        words = words[size:]
    if words:
        raise NotThere(f"{command} takes no “{' '.join(words)}”")
    given = {one["name"] for one in found}
    missing = [one["name"] for one in options if one.get("required") and one["name"] not in given]
    if missing:
        raise NotThere(f"{command} needs {missing}")
    return found


def _option(option: Json, word: str) -> Json:
    choices = {str(one["name"]): one["value"] for one in option.get("choices") or []}
    value: Value = word
    if choices:
        if word not in choices and word not in choices.values():
            raise NotThere(f"no choice “{word}” of {option['name']}; there are {sorted(choices)}")
        value = choices.get(word, word)
    elif option["type"] == INTEGER:
        value = int(word)
    elif option["type"] == NUMBER:
        value = float(word)
    elif option["type"] == BOOLEAN:
        value = word.lower() in YES[True]
    return {"name": option["name"], "type": option["type"], "value": value}
