"""The bot itself, its gateway, its guilds and its slash commands over REST."""

from tests.fakes.discord import wire
from tests.fakes.discord.asking import Answered, Asked, Site
from tests.fakes.discord.form_limits import check_commands
from tests.fakes.discord.permissions import bits
from tests.fakes.discord.refusals import Refused
from tests.fakes.discord.world import Guild, Json


def me(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - every route takes the same
    return Answered(wire.user(site.world.bot))


def somebody(site: Site, asked: Asked) -> Answered:
    known = site.world.accounts.get(asked.ids[0])
    if known is None:
        raise Refused(10013)
    return Answered(wire.user(known))


def application(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - the same
    world = site.world
    shown: Json = {"id": world.bot.id, "name": world.bot.name, "icon": None, "description": ""}
    shown |= {"bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64}
    shown |= {"owner": wire.user(world.bot), "team": None, "flags": site.gateway.flags}
    return Answered(shown | {"interactions_endpoint_url": site.interactions.endpoint})


def gateway(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - the same
    limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
    shown = {"url": site.gateway.address, "shards": 1, "session_start_limit": limit}
    return Answered(shown)


def guilds(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - the same
    inside = [one for one in site.world.guilds.values() if one.inside]
    return Answered([_partial(one) for one in inside])


def _partial(guild: Guild) -> Json:
    shown = {"id": guild.id, "name": guild.name, "owner": False}
    return shown | {"permissions": bits(guild.permissions)}


def guild(site: Site, asked: Asked) -> Answered:
    known = site.world.guilds.get(asked.ids[0])
    if known is None or not known.inside:
        raise Refused(10004)
    return Answered(wire.guild(site.world, known))


def commands(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - the same
    return Answered(site.world.commands)


def register(site: Site, asked: Asked) -> Answered:
    """Replace every command."""
    check_commands(asked.body)
    world = site.world
    world.commands = [_registered(site, one) for one in asked.body]
    return Answered(world.commands)


def _registered(site: Site, given: Json) -> Json:
    world = site.world
    shown: Json = {"id": world.flake(), "application_id": world.bot.id, "version": world.flake()}
    shown |= {"default_member_permissions": None, "type": 1, "nsfw": False}
    shown |= {"contexts": None, "integration_types": [0], "dm_permission": True}
    return shown | _tidy(given)


def _tidy(given: Json) -> Json:
    """What Discord keeps of a command or an option: nothing that is empty or says no."""
    shown = {name: value for name, value in given.items() if value or value in (0, "")}
    if "options" in shown:
        shown["options"] = [_tidy(one) for one in shown["options"]]
    return {name: value for name, value in shown.items() if value is not False}


def channels(site: Site, asked: Asked) -> Answered:
    inside = [one for one in site.world.channels.values() if one.guild == asked.ids[0]]
    texts = [one for one in inside if one.kind == "text" and not one.gone]
    return Answered([wire.channel(site.world, one) for one in texts])


def member(site: Site, asked: Asked) -> Answered:
    world, known = site.world, site.world.accounts.get(asked.ids[1])
    if known is None:
        raise Refused(10013)
    shown = wire.member(world, known, world.guilds[asked.ids[0]])
    return Answered(shown | {"user": wire.user(known)})
