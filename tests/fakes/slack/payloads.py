"""What Slack tells an app: the payloads of events, interactions and commands."""

import time
from typing import Any

from tests.fakes.slack.workspace import (
    APP,
    BOT_USER,
    TEAM,
    Account,
    Channel,
    Json,
    Message,
    View,
    Workspace,
)

TOKEN = "verification"  # noqa: S105 - the old verification token, which nobody may trust
CHANNEL_TYPES = {"channel": "channel", "group": "group", "im": "im"}


def event(workspace: Workspace, body: Json) -> Json:
    """An event of the Events API."""
    allowed: Json = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER}
    allowed |= {"is_bot": True, "is_enterprise_install": False}
    envelope: Json = {"token": TOKEN, "team_id": TEAM, "api_app_id": APP, "event": body}
    envelope |= {"type": "event_callback", "event_id": workspace.next_id("Ev")}
    return envelope | {"event_time": int(time.time()), "authorizations": [allowed]}


def message_event(workspace: Workspace, message: Message, *, mention: bool) -> Json:
    """A message as `app_mention` or as `message` of its kind of channel."""
    body: Json = {"type": "app_mention"} if mention else {"type": "message"}
    channel = workspace.channels[message.channel]
    if not mention:
        body["channel_type"] = CHANNEL_TYPES[channel.kind]
        if message.files:
            body["subtype"] = "file_share"
    shown = {name: value for name, value in message.wire().items() if name != "type"}
    body |= shown | {"channel": message.channel, "event_ts": message.ts}
    if message.files:
        body["files"] = workspace.shared_files(message.files)
    return event(workspace, body)


def changed_event(workspace: Workspace, message: Message, subtype: str) -> Json:
    """A message that was edited or deleted, as the history scopes show it."""
    channel = workspace.channels[message.channel]
    body: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id}
    body |= {"channel_type": CHANNEL_TYPES[channel.kind], "ts": workspace.next_ts()}
    if subtype == "message_deleted":
        body["deleted_ts"] = message.ts
    else:
        body["message"] = message.wire()
    before = message.versions[-2:][0]
    previous = message.wire() | {"text": before.get("text") or ""}
    return event(workspace, body | {"previous_message": previous, "event_ts": body["ts"]})


def block_action(
    workspace: Workspace, person: Account, source: Message | View, element: Json, block_id: str
) -> Json:
    """A press of a button, or another choice, in a message or a view."""
    action: Json = {"action_ts": workspace.next_ts(), "block_id": block_id}
    action |= {name: element[name] for name in ("type", "action_id")}
    action |= {name: element[name] for name in ("text", "value", "style") if name in element}
    body = _interaction(workspace, "block_actions", person) | {"actions": [action]}
    if isinstance(source, View):
        view = source.wire()
        return body | {"container": {"type": "view", "view_id": source.id}, "view": view}
    return body | _in_message(workspace, person, source)


def _in_message(workspace: Workspace, person: Account, source: Message) -> Json:
    """An ephemeral message is not shown again, and its thread is not told."""
    channel = workspace.channels[source.channel]
    container: Json = {"type": "message", "message_ts": source.ts, "channel_id": channel.id}
    container["is_ephemeral"] = bool(source.to)
    thread = "" if source.to else source.thread_ts
    body = _channel(channel) | {"container": container}
    body["response_url"] = workspace.response_url(person.id, channel.id, source.ts, thread)
    if source.to:
        return body
    if thread:
        container["thread_ts"] = thread
    return body | {"message": source.wire(), "state": {"values": {}}}


def view_submission(workspace: Workspace, person: Account, view: View, values: Json) -> Json:
    """A form that was sent; `values` by block id and action id."""
    shown = view.wire() | {"state": {"values": values}}
    body = _interaction(workspace, "view_submission", person)
    return body | {"view": shown, "response_urls": []}


def view_closed(workspace: Workspace, person: Account, view: View) -> Json:
    body = _interaction(workspace, "view_closed", person)
    del body["trigger_id"]
    return body | {"view": view.wire(), "is_cleared": False}


def message_shortcut(
    workspace: Workspace, person: Account, callback_id: str, message: Message
) -> Json:
    """A choice of a message's menu; works in threads too."""
    channel = workspace.channels[message.channel]
    body = _interaction(workspace, "message_action", person) | _channel(channel)
    body |= {"callback_id": callback_id, "action_ts": workspace.next_ts()}
    body |= {"message": message.wire(), "message_ts": message.ts}
    url = workspace.response_url(person.id, channel.id, message.ts, message.thread_ts)
    return body | {"response_url": url}


def global_shortcut(workspace: Workspace, person: Account, callback_id: str) -> Json:
    body = _interaction(workspace, "shortcut", person)
    return body | {"callback_id": callback_id, "action_ts": workspace.next_ts()}


def command(
    workspace: Workspace, person: Account, channel: Channel, name: str, text: str
) -> dict[str, str]:
    """A slash command. It never says in which thread: Slack has no commands there."""
    names = {"channel": channel.name, "group": "privategroup", "im": "directmessage"}
    return {
        "token": TOKEN,
        "team_id": TEAM,
        "team_domain": "workshop",
        "channel_id": channel.id,
        "channel_name": names[channel.kind],
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": workspace.response_url(person.id, channel.id),
        "trigger_id": workspace.trigger(person.id),
    }


def _interaction(workspace: Workspace, kind: str, person: Account) -> Json:
    user: dict[str, Any] = {"id": person.id, "username": person.name, "name": person.name}
    body: Json = {"type": kind, "token": TOKEN, "api_app_id": APP, "enterprise": None}
    body |= {"team": {"id": TEAM, "domain": "workshop"}, "is_enterprise_install": False}
    return body | {"user": user | {"team_id": TEAM}, "trigger_id": workspace.trigger(person.id)}


def _channel(channel: Channel) -> Json:
    name = "directmessage" if channel.kind == "im" else channel.name
    return {"channel": {"id": channel.id, "name": name}}
