"""What an app may post to a response_url: five times in half an hour, privately or to all."""

from tests.fakes.slack.chat_methods import TEXT, check_message, post_message, whisper
from tests.fakes.slack.workspace import (
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    Json,
    Message,
    Refused,
    ResponseUrl,
    Workspace,
)


def respond(workspace: Workspace, url: str, given: Json) -> None:
    """Do what a post to a response_url asks; raises Refused."""
    address = workspace.response_urls.get(url)
    if address is None or workspace.now() - address.issued_at > RESPONSE_URL_SECONDS:
        raise Refused("expired_url", status=404)
    if address.uses >= RESPONSE_URL_USES:
        raise Refused("used_url", status=404)
    address.uses += 1
    source = _source(workspace, address)
    if given.get("delete_original") and source:
        source.deleted = True
        return
    check_message(given, TEXT)
    if given.get("replace_original") and source:
        source.versions.append(dict(given))
        return
    _say(workspace, address, given)


def say(workspace: Workspace, user: str, channel: str, given: Json) -> None:
    """What an app said in its acknowledgement of a command."""
    _say(workspace, ResponseUrl(user, channel, workspace.now()), given)


def _say(workspace: Workspace, address: ResponseUrl, given: Json) -> None:
    thread = given.get("thread_ts") or ""
    if given.get("response_type") == "in_channel":
        post_message(workspace, {**given, "channel": address.channel})
    else:
        whisper(workspace, address.user, address.channel, thread, given)


def _source(workspace: Workspace, address: ResponseUrl) -> Message | None:
    whispered = workspace.whispers.get(address.source)
    return whispered or workspace.messages.get((address.channel, address.source))
