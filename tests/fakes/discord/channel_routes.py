"""Channels, threads and direct messages over REST."""

from tests.fakes.discord import acts, wire
from tests.fakes.discord.asking import Answered, Asked, Site
from tests.fakes.discord.refusals import Problems, Refused
from tests.fakes.discord.world import Channel, Json, Message

RESTS = {60, 1440, 4320, 10080}


def read(site: Site, asked: Asked) -> Answered:
    place = site.world.channel(asked.ids[0])
    site.world.need(place)
    return Answered(wire.channel(site.world, place))


def _checked(body: Json) -> tuple[str, int]:
    """Name and minutes of a thread that shall be made."""
    problems, rests = Problems(), int(body.get("auto_archive_duration") or 1440)
    problems.longest("name", body.get("name") or "", 100, 1)
    if rests not in RESTS:
        problems.add("auto_archive_duration", "BASE_TYPE_CHOICES", f"Must be one of {RESTS}.")
    problems.refuse()
    return str(body["name"]), rests


def start_from_message(site: Site, asked: Asked) -> Answered:
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place, "CREATE_PUBLIC_THREADS", "READ_MESSAGE_HISTORY")
    name, rests = _checked(asked.body)
    root = world.message(place.id, asked.ids[1])
    if place.kind != "text":
        raise Refused(50024)
    thread = acts.start_thread(world, root, name, world.bot.id, rests)
    return Answered(wire.channel(world, thread), 201)


def start(site: Site, asked: Asked) -> Answered:
    """A thread without a message."""
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place, "CREATE_PUBLIC_THREADS")
    name, rests = _checked(asked.body)
    made = Channel(world.flake(), name, "thread", place.guild, place.id, world.bot.id)
    made.rests_after, made.used_at = rests, world.now()
    world.channels[made.id] = made
    world.tell("THREAD_CREATE", wire.channel(world, made) | {"newly_created": True})
    said = Message(world.flake(), place.id, world.bot.id, [{"content": name}], 18)
    acts.post(world, said)
    return Answered(wire.channel(world, made), 201)


def change(site: Site, asked: Asked) -> Answered:
    """Rename a thread, let it rest or wake it."""
    world, body = site.world, asked.body
    place = world.channel(asked.ids[0])
    world.need(place)
    mine = place.owner == world.bot.id
    wakes = set(body) == {"archived"} and not body["archived"] and (mine or not place.locked)
    if place.kind != "thread" or not (wakes or (mine and "locked" not in body)):
        world.need(place, "MANAGE_THREADS" if place.kind == "thread" else "MANAGE_CHANNELS")
    if place.archived and "archived" not in body:
        raise Refused(50083)
    place.name = body.get("name", place.name)
    place.rests_after = body.get("auto_archive_duration", place.rests_after)
    archived = bool(body.get("archived", place.archived))
    acts.set_archived(world, place, archived=archived, locked=body.get("locked"))
    return Answered(wire.channel(world, place))


def join(site: Site, asked: Asked) -> Answered:
    place = site.world.channel(asked.ids[0])
    site.world.need(place)
    if place.archived:
        raise Refused(50083)
    return Answered(status=204)


def open_direct(site: Site, asked: Asked) -> Answered:
    """Direct messages with somebody: always opened; whether one may write shows later."""
    place = site.world.direct(str(asked.body["recipient_id"]))
    return Answered(wire.channel(site.world, place))


def threads(site: Site, asked: Asked) -> Answered:
    """The threads of a guild that are awake."""
    inside = [one for one in site.world.channels.values() if one.guild == asked.ids[0]]
    awake = [one for one in inside if one.kind == "thread" and not one.archived and not one.gone]
    shown = [wire.channel(site.world, one) for one in awake]
    return Answered({"threads": shown, "members": []})
