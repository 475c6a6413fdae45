"""Keys pasted where everybody can read them: taken out of what came in before it is kept."""

import re

from pipeline.ports.card import Field
from pipeline.ports.chat import (
    Attachment,
    Click,
    Command,
    FormErrors,
    Inbound,
    Mention,
    Reply,
    Submit,
    Suggest,
)
from pipeline.ports.sanitizer import Sanitizer

_MARK = re.compile(r"\[secret: (?P<kind>[^\]\n]{1,40})\]")
_FORM_OF_KEYS = "account"


def cleaned(inbound: Inbound, sanitizer: Sanitizer) -> Inbound:
    """The event without keys. The form that is made for a key stays as it is."""

    def clean(text: str) -> str:
        return sanitizer.clean(text).text

    update: dict[str, object]
    match inbound:
        case Mention():
            return said(inbound, sanitizer)
        case Command():
            update = {"name": clean(inbound.name), "arguments": clean(inbound.arguments)}
        case Click():
            update = {"action": clean(inbound.action), "argument": clean(inbound.argument)}
        case Suggest():
            update = {"command": clean(inbound.command), "typed": clean(inbound.typed)}
        case Submit() if inbound.form != _FORM_OF_KEYS:
            values = {
                name: clean(value) if isinstance(value, str) else value
                for name, value in inbound.values.items()
            }
            update = {"values": values, "attachments": _named(inbound.attachments, sanitizer)}
        case _:
            return inbound
    return inbound.model_copy(update=update)


def said(mention: Mention, sanitizer: Sanitizer) -> Mention:
    """A message without keys, in its words and in the names of its files."""
    text = sanitizer.clean(mention.text).text
    name = sanitizer.clean(mention.actor.name).text
    actor = mention.actor.model_copy(update={"name": name})
    attachments = _named(mention.attachments, sanitizer)
    return mention.model_copy(update={"text": text, "actor": actor, "attachments": attachments})


def _named(attachments: tuple[Attachment, ...], sanitizer: Sanitizer) -> tuple[Attachment, ...]:
    """Attachments without keys in their names; an address that holds one is forgotten with it."""

    def named(one: Attachment) -> Attachment:
        name, url = sanitizer.clean(one.name).text, sanitizer.clean(one.url).text
        kept = url == one.url and name == one.name
        return one.model_copy(update={"name": name, "url": url if kept else ""})

    return tuple(named(one) for one in attachments)


def filled_again(reply: Reply, submit: Submit, sanitizer: Sanitizer) -> Reply:
    """A form that is shown once more with what stood in it, but for keys wherever they stood."""
    if not isinstance(reply, FormErrors):
        return reply

    def filled(one: Field) -> Field:
        value = str(submit.values.get(one.id, ""))
        _, kinds = without_marks(sanitizer.clean(value).text)
        shown = value and not kinds and one.kind not in {"secret", "file"}
        return one.model_copy(update={"value": value}) if shown else one

    fields = tuple(filled(one) for one in reply.form.fields)
    return FormErrors(form=reply.form.model_copy(update={"fields": fields}))


def taken_out(mention: Mention) -> tuple[Mention, tuple[str, ...]]:
    """A cleaned message as it is understood, and the kinds of what was taken out of it."""
    text, kinds = without_marks(mention.text)
    named = (kind for one in mention.attachments for kind in without_marks(one.name)[1])
    return mention.model_copy(update={"text": text}), tuple(dict.fromkeys((*kinds, *named)))


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """A cleaned text as it is understood, and the kinds of what was taken out of it."""
    kinds = tuple(dict.fromkeys(found["kind"] for found in _MARK.finditer(text)))
    return (" ".join(_MARK.sub(" ", text).split(" ")).strip(), kinds) if kinds else (text, ())
