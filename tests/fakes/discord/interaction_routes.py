"""Answers to interactions, and what follows them, over REST; their token is the permission."""

from tests.fakes.discord import acts, wire
from tests.fakes.discord.asking import Answered, Asked, Site
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.world import EPHEMERAL, LOADING, Json


def answer(site: Site, asked: Asked) -> Answered:
    found = site.interactions.answer(asked.ids[0], asked.ids[1], asked.body, asked.files)
    if asked.query.get("with_response") not in {"true", "1", "True"}:
        return Answered(status=204)
    return Answered(_told(site, found))


def _told(site: Site, found: Interaction) -> Json:
    about: Json = {"id": found.id, "type": found.kind}
    shown: Json = {"interaction": about}
    message = site.world.messages.get(found.original)
    if message and found.original in found.said:
        about |= {"response_message_id": message.id}
        about |= {"response_message_loading": bool(message.flags & LOADING)}
        about |= {"response_message_ephemeral": bool(message.flags & EPHEMERAL)}
        resource = {"type": found.answer and found.answer["type"]}
        shown["resource"] = resource | {"message": wire.message(site.world, message)}
    return shown


def follow(site: Site, asked: Asked) -> Answered:
    found = site.interactions.of(asked.ids[1])
    return Answered(
        wire.message(site.world, site.interactions.follow(found, asked.body, asked.files))
    )


def _name(asked: Asked) -> str:
    return asked.ids[2] if len(asked.ids) > 2 else "@original"


def read(site: Site, asked: Asked) -> Answered:
    found = site.interactions.of(asked.ids[1])
    return Answered(wire.message(site.world, site.interactions.message(found, _name(asked))))


def edit(site: Site, asked: Asked) -> Answered:
    found = site.interactions.of(asked.ids[1])
    message = site.interactions.message(found, _name(asked))
    site.interactions.edit(found, message, asked.body, asked.files)
    return Answered(wire.message(site.world, message))


def delete(site: Site, asked: Asked) -> Answered:
    found = site.interactions.of(asked.ids[1])
    acts.delete(site.world, site.interactions.message(found, _name(asked)))
    return Answered(status=204)
