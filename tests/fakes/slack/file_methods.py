"""The Web API's files: the upload in three calls, and what is known of a file."""

from tests.fakes.slack import limits
from tests.fakes.slack.workspace import BOT_USER, File, Json, Message, Refused, Workspace


def get_upload_url(workspace: Workspace, given: Json) -> Json:
    if not given.get("filename") or not given.get("length"):
        raise Refused("invalid_arguments")
    file = File(workspace.next_id("F"), given["filename"], BOT_USER, alt=given.get("alt_txt") or "")
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.base}/upload/{file.id}", "file_id": file.id}


def complete_upload(workspace: Workspace, given: Json) -> Json:
    files = [_named(workspace, one) for one in given.get("files") or []]
    if not files:
        raise Refused("invalid_arguments")
    channel = given.get("channel_id") or given.get("channels") or ""
    if channel:
        _share(workspace, files, workspace.channel(channel).id, given)
    return {"files": workspace.shared_files(one.id for one in files)}


def info(workspace: Workspace, given: Json) -> Json:
    file = workspace.files.get(given.get("file") or "")
    if file is None:
        raise Refused("file_not_found")
    return {"file": workspace.file_wire(file)}


def _named(workspace: Workspace, given: Json) -> File:
    file = workspace.files.get(given["id"])
    if file is None or not file.content:
        raise Refused("file_not_found")
    file.title = given.get("title") or file.name
    return file


def _share(workspace: Workspace, files: list[File], channel: str, given: Json) -> None:
    if BOT_USER not in workspace.channels[channel].members:
        raise Refused("not_in_channel")
    thread = given.get("thread_ts") or ""
    if thread and (channel, thread) not in workspace.messages:
        raise Refused("thread_not_found")
    body = _comment(given)
    for file in files:
        file.shared = True
    ids = [one.id for one in files]
    workspace.add(Message(channel, workspace.next_ts(), BOT_USER, [body], thread, ids))


def _comment(given: Json) -> Json:
    """What stands beside the files: words, or instead of them blocks of rich text alone."""
    blocks = given.get("blocks") or []
    if not blocks:
        return {"text": given.get("initial_comment") or ""}
    if limits.in_message(blocks) or any(one["type"] != "rich_text" for one in blocks):
        raise Refused("invalid_blocks")
    return {"blocks": blocks}
