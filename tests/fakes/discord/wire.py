"""The objects of a world as Discord writes them in answers and events."""

import zlib
from collections.abc import Mapping

from tests.fakes.discord.mentions import named_roles
from tests.fakes.discord.permissions import BITS, OF_MEMBERS, bits
from tests.fakes.discord.world import (
    CDN_SECONDS,
    EPHEMERAL,
    HAS_THREAD,
    Account,
    Channel,
    File,
    Guild,
    Json,
    Message,
    World,
)

LONG_AGO = "2024-01-01T00:00:00+00:00"
EMPTY: tuple[str, ...] = (
    "emojis",
    "features",
    "voice_states",
    "presences",
    "stickers",
    "stage_instances",
)
EMPTY += ("guild_scheduled_events", "soundboard_sounds")
KINDS = {"text": 0, "dm": 1, "thread": 11}


def user(account: Account) -> Json:
    shown: Json = {"id": account.id, "username": account.name, "discriminator": "0"}
    named = None if account.bot else account.name
    return shown | {"global_name": named, "avatar": None, "bot": account.bot, "flags": 0}


def _roles(world: World, account: Account, guild: Guild) -> list[str]:
    if account.id == world.bot.id:
        return [str(int(guild.id) + 1)]
    return [str(int(guild.id) + 2), *([str(int(guild.id) + 3)] * (guild.id in account.admin_of))]


def member(world: World, account: Account, guild: Guild) -> Json:
    """Somebody as a member, without their user."""
    shown: Json = {"roles": _roles(world, account, guild), "joined_at": LONG_AGO, "deaf": False}
    return shown | {"mute": False, "flags": 0, "nick": None, "avatar": None, "pending": False}


def allowed(world: World, account: Account, channel: Channel) -> str:
    """What somebody may do in a channel."""
    if account.id == world.bot.id or channel.kind == "dm":
        return bits(world.permissions(channel))
    return bits(BITS if channel.guild in account.admin_of else OF_MEMBERS)


def role(id_: str, name: str, permissions: str, *, managed: bool = False) -> Json:
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    shown: Json = {"id": id_, "name": name, "permissions": permissions, "position": 0}
    shown |= {"color": 0, "colors": colors, "hoist": False, "managed": managed, "flags": 0}
    return shown | {"mentionable": False}


def roles(guild: Guild, bot: str) -> list[Json]:
    first = int(guild.id)
    ours = role(str(first + 1), "mltrainer", bits(guild.permissions), managed=True)
    return [
        role(guild.id, "@everyone", "0"),
        ours | {"tags": {"bot_id": bot}},
        role(str(first + 2), "people", bits(OF_MEMBERS)),
        role(str(first + 3), "admins", bits(BITS)),
    ]


def channel(world: World, shown: Channel) -> Json:
    """Any channel; a thread with what only threads have."""
    wire: Json = {"id": shown.id, "type": KINDS[shown.kind], "flags": 0}
    wire["last_message_id"] = world.newest(shown.id)
    if shown.kind == "dm":
        return wire | {"recipients": [user(world.accounts[shown.owner])]}
    wire |= {"guild_id": shown.guild, "name": shown.name, "rate_limit_per_user": 0}
    if shown.kind == "thread":
        return wire | _thread(world, shown)
    overwrites = [
        {"id": world.bot.id, "type": 1, "allow": "0", "deny": bits(shown.denied)}
        for _ in range(bool(shown.denied))
    ]
    wire |= {"position": 0, "permission_overwrites": overwrites, "nsfw": False}
    return wire | {"parent_id": None, "topic": None}


def _thread(world: World, shown: Channel) -> Json:
    count = len(world.standing(shown.id))
    metadata = {"archived": shown.archived, "locked": shown.locked, "create_timestamp": LONG_AGO}
    metadata |= {"auto_archive_duration": shown.rests_after, "archive_timestamp": world.stamp()}
    mine = {"id": shown.id, "user_id": world.bot.id, "join_timestamp": LONG_AGO, "flags": 0}
    wire: Json = {"parent_id": shown.parent, "owner_id": shown.owner, "message_count": count}
    wire |= {"member_count": 2, "total_message_sent": count, "thread_metadata": metadata}
    return wire | ({"member": mine} if shown.owner == world.bot.id else {})


def _signed(shown: File, until: str) -> str:
    return f"{zlib.crc32(f'{shown.id} {until}'.encode()):08x}"


def counts(world: World, shown: File, query: Mapping[str, str]) -> bool:
    """Whether the address of a file is a true one, and not too old."""
    until = query.get("ex", "0")
    return query.get("hm") == _signed(shown, until) and int(until, 16) >= world.wall()


def file(world: World, shown: File) -> Json:
    """An attachment; every time it is shown, its address is new and works for anybody for a day."""
    until = f"{int(world.wall() + CDN_SECONDS):x}"
    address = f"{world.base}/cdn/attachments/{shown.channel}/{shown.id}/{shown.name}"
    address += f"?ex={until}&is=0&hm={_signed(shown, until)}&"
    wire: Json = {"id": shown.id, "filename": shown.name, "size": len(shown.content)}
    wire |= {"url": address, "proxy_url": address, "flags": 0}
    return wire | ({"description": shown.alt} if shown.alt else {})


def message(world: World, shown: Message) -> Json:
    """A message with everything that is on it."""
    body = shown.body
    wire: Json = {"id": shown.id, "channel_id": shown.channel, "type": shown.kind}
    wire["author"] = user(world.accounts[shown.author])
    wire |= {"content": body.get("content") or "", "timestamp": shown.made_on, "tts": False}
    wire |= {"edited_timestamp": shown.edited_on, "pinned": False}
    wire |= {"mention_everyone": "everybody" in shown.mentions, "mention_roles": named_roles(body)}
    known = [world.accounts[one] for one in shown.mentions if one in world.accounts]
    wire |= {"mentions": [user(one) for one in known], "embeds": body.get("embeds") or []}
    wire |= {"attachments": [file(world, one) for one in shown.files]}
    wire |= {"components": body.get("components") or [], "flags": shown.flags}
    if body.get("nonce") is not None:
        wire["nonce"] = body["nonce"]
    if shown.webhook:
        wire |= {"webhook_id": shown.webhook, "application_id": shown.webhook}
    thread = world.thread_of(shown.id)
    if thread and shown.channel != thread.id:
        wire |= {"thread": channel(world, thread), "flags": wire["flags"] | HAS_THREAD}
    return wire | _reference(world, shown)


def _reference(world: World, shown: Message) -> Json:
    known = world.messages.get(shown.reference)
    if not shown.reference:
        return {}
    place = world.channels[known.channel if known else shown.channel]
    wire: Json = {"type": 0, "message_id": shown.reference, "channel_id": place.id}
    if place.guild:
        wire["guild_id"] = place.guild
    there = known is not None and not known.gone
    found = message(world, known) if known and there and shown.reference != shown.id else None
    if found:
        found.pop("referenced_message", None)
    return {"message_reference": wire, "referenced_message": found}


def message_event(world: World, shown: Message) -> Json:
    """A message as an event brings it, with its guild and its author as a member."""
    wire = message(world, shown)
    place = world.channels[shown.channel]
    if not place.guild or shown.flags & EPHEMERAL:
        return wire
    author = world.accounts[shown.author]
    guild = world.guilds[place.guild]
    return wire | {"guild_id": guild.id, "member": member(world, author, guild)}


def guild(world: World, shown: Guild) -> Json:
    """A whole guild, as GUILD_CREATE brings it; a bot without the intent sees only itself."""
    inside = [one for one in list(world.channels.values()) if one.guild == shown.id]
    there = [one for one in inside if not one.gone]
    texts = [channel(world, one) for one in there if one.kind == "text"]
    awake = [one for one in there if one.kind == "thread" and not one.archived]
    threads = [channel(world, one) for one in awake if "VIEW_CHANNEL" in world.permissions(one)]
    me = member(world, world.bot, shown) | {"user": user(world.bot)}
    wire: Json = {"id": shown.id, "name": shown.name, "owner_id": str(int(shown.id) + 9)}
    wire |= {
        "roles": roles(shown, world.bot.id),
        "channels": texts,
        "threads": threads,
        "members": [me],
    }
    wire |= {"joined_at": LONG_AGO, "large": False, "unavailable": False, "member_count": 3}
    wire |= {name: [] for name in EMPTY}
    wire |= dict.fromkeys(("mfa_level", "verification_level", "premium_tier", "nsfw_level"), 0)
    wire |= dict.fromkeys(("default_message_notifications", "explicit_content_filter"), 0)
    wire |= dict.fromkeys(("application_id", "system_channel_id", "rules_channel_id"))
    wire |= dict.fromkeys(("vanity_url_code", "description", "banner", "icon", "splash"))
    wire |= dict.fromkeys(("public_updates_channel_id", "discovery_splash", "afk_channel_id"))
    return wire | {"afk_timeout": 300, "preferred_locale": "en-US", "system_channel_flags": 0}
