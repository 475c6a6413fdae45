"""What happens in a world, whoever does it: messages, threads; and everybody is told."""

from tests.fakes.discord import wire
from tests.fakes.discord.refusals import Refused
from tests.fakes.discord.world import STARTER, Channel, Json, Message, World


def post(world: World, message: Message) -> Message:
    """Keep a message and tell of it; a thread that rested is awake again."""
    message.made_at, message.made_on = world.now(), world.stamp()
    place = world.channels[message.channel]
    place.used_at = world.now()
    if place.archived and not message.to:
        set_archived(world, place, archived=False)
    world.keep(message)
    if not message.to:
        world.tell("MESSAGE_CREATE", wire.message_event(world, message))
    return message


def change(world: World, message: Message, body: Json) -> Message:
    """Show a message anew."""
    message.versions.append(body)
    message.edited_on = world.stamp()
    if not message.to:
        world.tell("MESSAGE_UPDATE", wire.message_event(world, message))
    return message


def unfurl(world: World, message: Message) -> None:
    """Show what an address leads to: told like an edit, though nobody edited anything."""
    world.tell("MESSAGE_UPDATE", wire.message_event(world, message))


def delete(world: World, message: Message) -> None:
    message.gone = True
    place = world.channels[message.channel]
    told: Json = {"id": message.id, "channel_id": message.channel}
    if place.guild:
        told["guild_id"] = place.guild
    if not message.to:
        world.tell("MESSAGE_DELETE", told)


def start_thread(world: World, root: Message, name: str, owner: str, rests_after: int) -> Channel:
    """Make the thread of a message, which has the message's id."""
    if world.channels.get(root.id):
        raise Refused(160004)
    above = world.channels[root.channel]
    made = Channel(root.id, name, "thread", above.guild, above.id, owner)
    made.rests_after, made.used_at = rests_after, world.now()
    world.channels[made.id] = made
    world.tell("THREAD_CREATE", wire.channel(world, made) | {"newly_created": True})
    starter = Message(world.flake(), made.id, root.author, [{}], STARTER, reference=root.id)
    post(world, starter)
    world.tell("MESSAGE_UPDATE", wire.message_event(world, root))
    return made


def set_archived(
    world: World, thread: Channel, *, archived: bool, locked: bool | None = None
) -> None:
    thread.archived = archived
    thread.locked = thread.locked if locked is None else locked
    world.tell("THREAD_UPDATE", wire.channel(world, thread))


def delete_thread(world: World, thread: Channel) -> None:
    thread.gone = True
    told: Json = {"id": thread.id, "guild_id": thread.guild, "parent_id": thread.parent}
    world.tell("THREAD_DELETE", told | {"type": wire.KINDS["thread"]})


def let_threads_rest(world: World) -> None:
    """Archive the threads in which nothing happened for as long as they wait."""
    for one in list(world.channels.values()):
        quiet = world.now() - one.used_at
        if one.kind == "thread" and not one.archived and quiet > one.rests_after * 60:
            set_archived(world, one, archived=True)
