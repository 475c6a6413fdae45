"""The Web API's chat methods: posting, changing, deleting, whispering, linking."""

import json

from tests.fakes.slack import limits
from tests.fakes.slack.workspace import (
    BOT_USER,
    HISTORY,
    Channel,
    Json,
    Message,
    Refused,
    Value,
    Workspace,
)

TEXT, UPDATED_TEXT, METADATA_BYTES = 40_000, 4000, 16_000
SHOWN = ("text", "blocks", "metadata", "parse", "link_names", "attachments", "mrkdwn")


def post_message(workspace: Workspace, given: Json) -> Json:
    check_message(given, TEXT)
    channel = _where_bot_may_post(workspace, given)
    thread = _thread(workspace, channel, given)
    message = Message(channel.id, workspace.next_ts(), BOT_USER, [_shown(given)], thread)
    workspace.add(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.wire()}


def update(workspace: Workspace, given: Json) -> Json:
    message = workspace.message(_channel(workspace, given).id, given.get("ts", ""))
    if message.user != BOT_USER:
        raise Refused("cant_update_message")
    check_message(given, UPDATED_TEXT)
    kept = {} if "blocks" in given or "text" in given else message.body
    metadata = {"metadata": message.body["metadata"]} if "metadata" in message.body else {}
    workspace.change(message, {**metadata, **kept, **_shown(given)})
    text = given.get("text") or ""
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": message.wire()}


def delete(workspace: Workspace, given: Json) -> Json:
    message = workspace.message(_channel(workspace, given).id, given.get("ts", ""))
    if message.user != BOT_USER:
        raise Refused("cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(workspace: Workspace, given: Json) -> Json:
    check_message(given, TEXT)
    channel = _where_bot_may_post(workspace, given)
    person = workspace.account(given.get("user", ""))
    if person.id not in channel.members:
        raise Refused("user_not_in_channel")
    thread = _thread(workspace, channel, given)
    return {"message_ts": whisper(workspace, person.id, channel.id, thread, given).ts}


def get_permalink(workspace: Workspace, given: Json) -> Json:
    message = workspace.message(_channel(workspace, given).id, given.get("message_ts", ""))
    address = f"{workspace.base}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"channel": message.channel, "permalink": address}


def replies(workspace: Workspace, given: Json) -> Json:
    """The messages of a thread, where the history scope of this kind of channel was granted."""
    channel = _channel(workspace, given)
    if HISTORY[channel.kind] not in workspace.scopes:
        raise Refused("missing_scope", needed=HISTORY[channel.kind])
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    found = workspace.thread(channel.id, given.get("ts", ""))
    if not found:
        raise Refused("thread_not_found")
    start, size = int(given.get("cursor") or 0), int(given.get("limit") or 1000)
    more = start + size < len(found)
    page = [
        _with_metadata(one, wanted=_truth(given.get("include_all_metadata")))
        | ({"files": workspace.shared_files(one.files)} if one.files else {})
        for one in found[start : start + size]
    ]
    cursor = {"next_cursor": str(start + size) if more else ""}
    return {"messages": page, "has_more": more, "response_metadata": cursor}


def whisper(workspace: Workspace, to: str, channel: str, thread: str, given: Json) -> Message:
    """Keep a message that one person sees and nobody can fetch."""
    said = Message(channel, workspace.next_ts(), BOT_USER, [_shown(given)], thread, to=to)
    workspace.whispers[said.ts] = said
    return said


def check_message(given: Json, most: int) -> None:
    """Refuse a message that Slack would not take."""
    blocks = given.get("blocks") or []
    if not blocks and not given.get("text") and not given.get("attachments"):
        raise Refused("no_text")
    if len(given.get("text") or "") > most:
        raise Refused("msg_too_long")
    if problems := limits.in_message(blocks):
        shown = [f"[ERROR] {one} [json-pointer:/blocks]" for one in problems]
        raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": shown})
    if metadata := given.get("metadata"):
        _check_metadata(metadata)


def _check_metadata(metadata: Value) -> None:
    fine = isinstance(metadata, dict) and {"event_type", "event_payload"} <= set(metadata)
    if not fine or not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise Refused("metadata_too_large")


def _with_metadata(message: Message, *, wanted: bool) -> Json:
    shown = message.wire()
    if wanted and "metadata" in message.body:
        shown["metadata"] = message.body["metadata"]
    return shown


def _channel(workspace: Workspace, given: Json) -> Channel:
    return workspace.channel(given.get("channel") or "")


def _where_bot_may_post(workspace: Workspace, given: Json) -> Channel:
    channel = _channel(workspace, given)
    if channel.archived:
        raise Refused("is_archived")
    public = channel.kind == "channel" and "chat:write.public" in workspace.scopes
    if BOT_USER not in channel.members and not public:
        raise Refused("not_in_channel" if channel.kind == "channel" else "channel_not_found")
    return channel


def _thread(workspace: Workspace, channel: Channel, given: Json) -> str:
    """The thread that is meant; a thread whose root was deleted still takes replies."""
    root = str(given.get("thread_ts") or "")
    if root and (channel.id, root) not in workspace.messages:
        raise Refused("thread_not_found")
    return root


def _shown(given: Json) -> Json:
    return {name: given[name] for name in SHOWN if given.get(name)}


def _truth(value: Value) -> bool:
    return value in {True, "1", "true", "True"}
