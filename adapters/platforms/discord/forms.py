"""A form as a Discord modal, and what comes back from one. No value of a secret stands in it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.plain_text import cut, plain
from adapters.platforms.discord.drawing import Json
from pipeline.jobs import Actor
from pipeline.ports.chat import Action, Attachment, Card, Field, Form

EDIT = "Edit"
GO_ON = "Go on"
_PREFIX = "f"
_LABEL, _TEXT_INPUT, _SELECT, _FILES, _CHECKBOX, _ROW = 18, 4, 3, 19, 23, 1
_SHORT, _LONG = 1, 2
_LONGEST_TITLE = 45
_LONGEST_LABEL = 45
_LONGEST_HINT = 100
_LONGEST_INPUT = 4000
_LONGEST_CHOICE = 100
_MOST_CHOICES = 25
_MOST_FIELDS = 5
_MOST_FILES = 10
_KEPT_SECONDS = 900.0
_MOST_KEPT = 1000
_WRONG = Card(title="Not sent yet: something in the form has to change.", tone="bad")
_NO_SECRETS = "What you typed is still there, but for keys."
_ASKED_AGAIN = "Open the form again and send it once more."
_NEXT = Card(
    title="One more form is needed.",
    body="Discord opens it only when you press the button.",
    tone="waiting",
)
Values = Mapping[str, str | bool]


def modal(form: Form, typed: Values | None = None) -> Json:
    """The modal of a form, with what was `typed` into it before."""
    fields = form.fields[:_MOST_FIELDS]
    return {
        "title": _words(form.title, _LONGEST_TITLE),
        "custom_id": f"{_PREFIX}:{form.id}:{form.state}",
        "components": [_labelled(one, form, typed or {}) for one in fields],
    }


def form_of(said: str) -> tuple[str, str] | None:
    """Id and state of the form that a modal's id names."""
    prefix, name, state = [*said.split(":", 2), "", ""][:3]
    return (name, state) if prefix == _PREFIX and name else None


def values(parts: Sequence[Json]) -> dict[str, str | bool]:
    """What was filled in, by the field's id; a field for files has none."""
    return {
        str(one["custom_id"]): _value(one)
        for one in _inputs(parts)
        if one.get("type") != _FILES and "custom_id" in one
    }


def attachments(parts: Sequence[Json], resolved: Json) -> tuple[Attachment, ...]:
    """The files that were chosen; they belong to no message, so they cannot be asked for again."""
    known = resolved.get("attachments") or {}
    chosen = [
        str(one)
        for part in _inputs(parts)
        if part.get("type") == _FILES
        for one in part.get("values") or ()
    ]
    return tuple(attachment(known[one]) for one in chosen if one in known)


def attachment(file: Json, message: str = "") -> Attachment:
    """A file as Discord describes it; `message` is "channel/message" where it hangs at one."""
    return Attachment(
        id=f"{message}/{file['id']}" if message else str(file["id"]),
        name=str(file.get("filename") or "file"),
        size=int(file.get("size") or 0),
        url=str(file.get("url") or ""),
    )


def errors(form: Form) -> Card:
    """What is wrong with a form, and the way back into it."""
    labels = {one.id: one.label for one in form.fields}
    lines = [f"{labels[name]}: {said}" if name in labels else said for name, said in _wrong(form)]
    lines.append(_NO_SECRETS if form.opened_by else _ASKED_AGAIN)
    return _WRONG.model_copy(update={"body": "\n".join(lines), "actions": _way(form, EDIT)})


def going_on(form: Form) -> Card:
    """A form that can only be opened by one more press."""
    body = {} if form.opened_by else {"body": _ASKED_AGAIN}
    return _NEXT.model_copy(update={"actions": _way(form, GO_ON), **body})


def _wrong(form: Form) -> list[tuple[str, str]]:
    order = [one.id for one in form.fields]
    places = {name: number for number, name in enumerate(order)}
    return sorted(form.errors.items(), key=lambda one: places.get(one[0], -1))


def _way(form: Form, label: str) -> tuple[Action, ...]:
    if not form.opened_by:
        return ()
    return (Action(id=form.opened_by, label=label, argument=form.state, style="primary"),)


@dataclass
class Drafts:
    """What people typed into forms that were wrong, for a quarter of an hour and without keys."""

    monotonic: Callable[[], float] = time.monotonic
    _kept: dict[tuple[str, str, str], tuple[float, Values]] = field(
        default_factory=dict, repr=False
    )

    def keep(self, actor: Actor, form: Form) -> None:
        """Remember what the form shows again: whoever answered with it left out every key."""
        open_ones = [one for one in form.fields if one.kind not in {"secret", "file"}]
        said = {one.id: one.value for one in open_ones if one.value}
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[actor.key, form.id, form.state] = (self.monotonic() + _KEPT_SECONDS, said)

    def of(self, actor: Actor, form: Form) -> Values:
        """What this person typed into this form before."""
        end, said = self._kept.get((actor.key, form.id, form.state), (0.0, {}))
        return said if end > self.monotonic() else {}


def _inputs(parts: Sequence[Json]) -> Iterator[Json]:
    """Every field that came back: under a label, or in a row as older clients send it."""
    for part in parts:
        if part.get("type") == _LABEL:
            yield part.get("component") or {}
        elif part.get("type") == _ROW:
            yield from part.get("components") or ()


def _value(element: Json) -> str | bool:
    match element.get("type"):
        case 23:
            return bool(element.get("value"))
        case 3:
            return str(next(iter(element.get("values") or ()), ""))
        case _:
            return str(element.get("value") or "")


def _labelled(one: Field, form: Form, typed: Values) -> Json:
    wrong = form.errors.get(one.id)
    hint = f"✗ {wrong}" if wrong else one.hint
    drawn: dict[str, Any] = {
        "type": _LABEL,
        "label": _words(one.label, _LONGEST_LABEL),
        "component": {"custom_id": one.id, **_element(one, str(typed.get(one.id, one.value)))},
    }
    return drawn | ({"description": _words(hint, _LONGEST_HINT)} if hint else {})


def _element(one: Field, before: str) -> Json:
    match one.kind:
        case "choice":
            return _select(one, before)
        case "bool":
            return {"type": _CHECKBOX, "default": before.lower() in {"yes", "true", "1"}}
        case "file":
            least = 1 if one.required else 0
            most = {"min_values": least, "max_values": _MOST_FILES}
            return {"type": _FILES, **most, "required": one.required}
        case "secret":
            return _input(one, _SHORT)
        case "text" | "long":
            style = _LONG if one.kind == "long" else _SHORT
            return _input(one, style) | ({"value": before[:_LONGEST_INPUT]} if before else {})


def _input(one: Field, style: int) -> dict[str, Any]:
    kind = {"type": _TEXT_INPUT, "style": style, "max_length": _LONGEST_INPUT}
    return {**kind, "required": one.required}


def _select(one: Field, before: str) -> Json:
    chosen = list(dict.fromkeys(choice for choice in one.choices if choice))[:_MOST_CHOICES]
    options = [
        {
            "label": _words(choice, _LONGEST_CHOICE),
            "value": choice[:_LONGEST_CHOICE],
            "default": choice == before,
        }
        for choice in chosen
    ]
    least = 1 if one.required else 0
    how_many = {"min_values": least, "max_values": 1, "required": one.required}
    return {"type": _SELECT, "options": options, **how_many}


def _words(said: str, most: int) -> str:
    """Text that Discord shows as it stands; never empty, which it would refuse."""
    return cut(plain(said), most).strip() or "…"
