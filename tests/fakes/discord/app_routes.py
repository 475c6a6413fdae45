"""The bot itself, its gateway, its guilds and its slash commands over REST."""

from tests.fakes.discord import wire
from tests.fakes.discord.asking import Answered, Asked, Site
from tests.fakes.discord.form_limits import check_commands
from tests.fakes.discord.permissions import bits
from tests.fakes.discord.refusals import Refused
from tests.fakes.discord.world import Json


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
    shown = [
        {"id": one.id, "name": one.name, "permissions": bits(one.permissions)} for one in inside
    ]
    return Answered(shown)


def guild(site: Site, asked: Asked) -> Answered:
    known = site.world.guilds.get(asked.ids[0])
    if known is None or not known.inside:
        raise Refused(10004)
    return Answered(wire.guild(site.world, known))


def commands(site: Site, asked: Asked) -> Answered:  # noqa: ARG001 - the same
    return Answered(site.world.commands)


def register(site: Site, asked: Asked) -> Answered:
    """Replace every command; a description is filled in as Discord does."""
    check_commands(asked.body)
    world = site.world
    world.commands = [_registered(site, one) for one in asked.body]
    return Answered(world.commands)


def _registered(site: Site, given: Json) -> Json:
    world = site.world
    shown: Json = {"id": world.flake(), "application_id": world.bot.id, "version": world.flake()}
    shown |= {"default_member_permissions": None, "type": 1, "nsfw": False, "options": []}
    shown |= {"contexts": None, "integration_types": [0], "dm_permission": True}
    shown |= {"name_localizations": None, "description_localizations": None}
    return shown | given
