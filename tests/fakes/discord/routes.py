"""Which function answers which route."""

from collections.abc import Callable

from tests.fakes.discord import app_routes, channel_routes, interaction_routes, message_routes
from tests.fakes.discord.asking import Answered, Asked, Site

WITHOUT_TOKEN = ("/interactions/", "/webhooks/")
ROUTES: dict[str, Callable[[Site, Asked], Answered]] = {
    "GET /users/@me": app_routes.me,
    "GET /users/…": app_routes.somebody,
    "GET /users/@me/guilds": app_routes.guilds,
    "GET /guilds/…": app_routes.guild,
    "GET /guilds/…/channels": app_routes.channels,
    "GET /guilds/…/members/…": app_routes.member,
    "GET /oauth2/applications/@me": app_routes.application,
    "GET /applications/@me": app_routes.application,
    "GET /gateway": app_routes.gateway,
    "GET /gateway/bot": app_routes.gateway,
    "GET /applications/…/commands": app_routes.commands,
    "PUT /applications/…/commands": app_routes.register,
    "POST /users/@me/channels": channel_routes.open_direct,
    "GET /guilds/…/threads/active": channel_routes.threads,
    "GET /channels/…": channel_routes.read,
    "PATCH /channels/…": channel_routes.change,
    "POST /channels/…/threads": channel_routes.start,
    "POST /channels/…/messages/…/threads": channel_routes.start_from_message,
    "PUT /channels/…/thread-members/@me": channel_routes.join,
    "POST /channels/…/messages": message_routes.send,
    "POST /channels/…/typing": message_routes.type_on,
    "GET /channels/…/messages": message_routes.history,
    "GET /channels/…/messages/…": message_routes.read,
    "PATCH /channels/…/messages/…": message_routes.edit,
    "DELETE /channels/…/messages/…": message_routes.delete,
    "POST /interactions/…/…/callback": interaction_routes.answer,
    "POST /webhooks/…/…": interaction_routes.follow,
    "GET /webhooks/…/…/messages/@original": interaction_routes.read,
    "GET /webhooks/…/…/messages/…": interaction_routes.read,
    "PATCH /webhooks/…/…/messages/@original": interaction_routes.edit,
    "PATCH /webhooks/…/…/messages/…": interaction_routes.edit,
    "DELETE /webhooks/…/…/messages/@original": interaction_routes.delete,
    "DELETE /webhooks/…/…/messages/…": interaction_routes.delete,
}
