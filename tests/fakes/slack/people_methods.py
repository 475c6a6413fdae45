"""The Web API's other methods: who the bot is, who somebody is, where one talks with them."""

from tests.fakes.slack.workspace import (
    BOT_ID,
    BOT_NAME,
    BOT_USER,
    TEAM,
    Json,
    Refused,
    Workspace,
)


def auth_test(workspace: Workspace, _given: Json) -> Json:
    who: Json = {"url": workspace.base + "/", "team": "Workshop", "team_id": TEAM}
    who |= {"user": BOT_NAME, "user_id": BOT_USER, "bot_id": BOT_ID}
    return who | {"is_enterprise_install": False}


def user_info(workspace: Workspace, given: Json) -> Json:
    person = workspace.account(given.get("user") or "")
    shown: Json = {"id": person.id, "team_id": TEAM, "name": person.name, "deleted": False}
    shown |= {"real_name": person.name, "is_admin": person.admin, "is_owner": False}
    profile = {"display_name": person.name, "real_name": person.name}
    return {"user": shown | {"is_bot": person.bot, "profile": profile}}


def open_conversation(workspace: Workspace, given: Json) -> Json:
    users = given.get("users") or ""
    if not users:
        raise Refused("users_list_not_supplied")
    if "," in users:
        raise Refused("missing_scope", needed="mpim:write")
    return {"channel": {"id": workspace.direct(users).id}, "no_op": False}
