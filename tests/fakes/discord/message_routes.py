"""Messages over REST: sent, changed, deleted, read."""

from tests.fakes.discord import acts, wire
from tests.fakes.discord.asking import Answered, Asked, Site
from tests.fakes.discord.intents import readable
from tests.fakes.discord.mentions import of_bot
from tests.fakes.discord.rates import HOUR
from tests.fakes.discord.refusals import Problems, Refused
from tests.fakes.discord.sending import kept_files, made_body
from tests.fakes.discord.world import REPLY, Channel, Json, Message

NONCE_SECONDS = 180.0


def send(site: Site, asked: Asked) -> Answered:
    world = site.world
    place = _writable(site, world.channel(asked.ids[0]))
    _check_mentions(asked.body)
    if asked.files:
        world.need(place, "ATTACH_FILES")
    again = _sent_before(site, asked.body)
    if again:
        return Answered(wire.message(world, again))
    made = kept_files(world, place.id, asked.body, asked.files)
    message = Message(world.flake(), place.id, world.bot.id, [made_body(asked.body, made)])
    message.files = made
    _refer(site, message, asked.body)
    return Answered(wire.message(world, acts.post(world, message)))


def _writable(site: Site, place: Channel) -> Channel:
    """A channel where the bot may write now."""
    if place.kind == "dm":
        if not site.world.accounts[place.owner].dms_open:
            raise Refused(50007)
        return place
    below = place.kind == "thread"
    site.world.need(place, "SEND_MESSAGES_IN_THREADS" if below else "SEND_MESSAGES")
    _check_lock(site, place)
    return place


def _check_lock(site: Site, place: Channel) -> None:
    """Nobody writes or changes anything in a locked thread but who manages threads."""
    if place.locked and "MANAGE_THREADS" not in site.world.permissions(place):
        raise Refused(50083 if place.archived else 160005)


def _check_mentions(body: Json) -> None:
    """Either everybody of a kind may be mentioned, or those who are listed."""
    rules, problems = body.get("allowed_mentions") or {}, Problems()
    for kind in ("users", "roles"):
        if kind in (rules.get("parse") or []) and rules.get(kind):
            words = f"{kind} is listed, and parsed too"
            problems.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)
    problems.refuse()


def _sent_before(site: Site, body: Json) -> Message | None:
    """The message of the same nonce, where a nonce has to be unique."""
    nonce = body.get("nonce")
    if not body.get("enforce_nonce") or nonce in {None, ""}:
        return None
    found = site.world.of_nonce(str(nonce))
    fresh = found is not None and site.world.now() - found.made_at < NONCE_SECONDS
    return found if fresh else None


def _refer(site: Site, message: Message, body: Json) -> None:
    """A reply, and whom it all notifies."""
    world, reference = site.world, body.get("message_reference") or {}
    place = world.channels[message.channel]
    replied = ""
    if reference:
        known = world.messages.get(str(reference["message_id"]))
        if known is None or known.gone:
            if reference.get("fail_if_not_exists", True):
                raise Refused(50035, errors={"message_reference": {"_errors": [UNKNOWN]}})
        else:
            world.need(place, "READ_MESSAGE_HISTORY")
            message.kind, message.reference, replied = REPLY, known.id, known.author
    message.mentions = of_bot(world, place, body, replied)
    message.pinged = list(message.mentions)


UNKNOWN = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}


def edit(site: Site, asked: Asked) -> Answered:
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place)
    message = world.message(place.id, asked.ids[1])
    if message.author != world.bot.id:
        raise Refused(50005)
    if place.archived:
        raise Refused(50083)
    _check_lock(site, place)
    if world.now() - message.made_at > HOUR:
        site.rates.count_old_edit(place.id, world.now())
    made = kept_files(world, place.id, asked.body, asked.files, message.files)
    body = made_body(asked.body, made, message.body)
    message.files = made
    message.mentions = of_bot(world, place, body)
    return Answered(wire.message(world, acts.change(world, message, body)))


def delete(site: Site, asked: Asked) -> Answered:
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place)
    message = world.message(place.id, asked.ids[1])
    if message.author != world.bot.id:
        if place.kind == "dm":
            raise Refused(50003)
        world.need(place, "MANAGE_MESSAGES")
    if place.archived and place.locked:
        raise Refused(50083)
    acts.delete(world, message)
    return Answered(status=204)


def read(site: Site, asked: Asked) -> Answered:
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place, "READ_MESSAGE_HISTORY")
    return Answered(_shown(site, world.message(place.id, asked.ids[1])))


def history(site: Site, asked: Asked) -> Answered:
    """The newest first; nothing at all without the permission to read it."""
    world = site.world
    place = world.channel(asked.ids[0])
    world.need(place)
    if "READ_MESSAGE_HISTORY" not in world.permissions(place):
        return Answered([])
    before, after = asked.query.get("before"), asked.query.get("after")
    found = [
        one
        for one in world.standing(place.id)
        if (not before or int(one.id) < int(before)) and (not after or int(one.id) > int(after))
    ]
    most = int(asked.query.get("limit", "50"))
    chosen = found[:most] if after else found[-most:]
    return Answered([_shown(site, one) for one in reversed(chosen)])


def _shown(site: Site, message: Message) -> Json:
    """A message as the bot may read it, by REST just as over the gateway."""
    event = wire.message_event(site.world, message)
    event = readable(event, site.gateway.last_intents, site.world.bot.id)
    return {name: value for name, value in event.items() if name not in {"guild_id", "member"}}


def type_on(site: Site, asked: Asked) -> Answered:
    _writable(site, site.world.channel(asked.ids[0]))
    return Answered(status=204)
