"""From what Slack sends to what our house understands; None for what is not meant for us."""

import json
from collections.abc import Mapping
from typing import Any

from adapters.platforms.slack.cards import LINK, action_name, kept_thread
from adapters.platforms.slack.forms import attachment, attachments, values
from adapters.platforms.slack.line import Identity
from adapters.platforms.slack.text import mentions, spoken
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Attachment, Click, Command, Inbound, Mention, Submit

Payload = Mapping[str, Any]

PLATFORM = "slack"
_SUBTYPES = {None, "file_share", "thread_broadcast"}
_CHANGED = "message_changed"
_SLACKBOT = "USLACKBOT"
_SHORTCUTS = {"job_menu": "menu", "job_new": "new"}


def inbound(payload: Payload, us: Identity) -> Inbound | None:
    """One payload of the Events API, a button, a form, a shortcut or the slash command."""
    if "command" in payload:
        return _command(payload, us)
    match payload.get("type"):
        case "event_callback":
            return _event(payload, us)
        case "block_actions":
            return _click(payload, us)
        case "view_submission":
            return _submit(payload, us)
        case "message_action" | "shortcut":
            return _shortcut(payload, us)
    return None


def begins_thread(payload: Payload) -> bool:
    """Whether a message stands in no thread yet; there, Slack shows no whisper."""
    event = payload.get("event") or {}
    new = is_event(payload) and event.get("subtype") != _CHANGED
    return new and not event.get("thread_ts")


def is_event(payload: Payload) -> bool:
    """Whether Slack sends this again when we do not take it; buttons and forms come once."""
    return payload.get("type") == "event_callback"


def _actor(us: Identity, user: str, name: str = "") -> Actor:
    return Actor(platform=PLATFORM, space=us.team, id=user, name=name)


def _place(us: Identity, channel: str, thread: str | None) -> Place:
    return Place(platform=PLATFORM, space=us.team, channel=channel, thread=thread)


def _event(payload: Payload, us: Identity) -> Mention | None:
    event = payload.get("event") or {}
    edited = event.get("subtype") == _CHANGED
    addressed = _changed_for_us(event, us) if edited else _addressed(event, us)
    event = _changed(event) if edited else event
    if addressed is None or not _from_a_person(event, us) or not _for_our_workspace(payload, us):
        return None
    return Mention(
        key=str(payload["event_id"]),
        actor=_actor(us, event["user"]),
        place=_place(us, event["channel"], event.get("thread_ts") or event["ts"]),
        text=spoken(event.get("text") or "", us.user),
        attachments=_files(event),
        addressed=addressed,
        message=str(event["ts"]),
        edited=edited,
    )


def _changed(event: Payload) -> Payload:
    """A message as it reads now."""
    return {**(event.get("message") or {}), "channel": event.get("channel"), "edited": None}


def _changed_for_us(event: Payload, us: Identity) -> bool | None:
    """The same as `_addressed` of a change, which comes once, and by a link's preview as well."""
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    texts = [str(one.get("text") or "") for one in (now, before)]
    if not now.get("ts") or texts[0] == texts[1]:
        return None
    if _is_direct(event) or any(mentions(text, us.user) for text in texts):
        return True
    return False if now.get("thread_ts") else None


def _from_a_person(event: Payload, us: Identity) -> bool:
    """Said by somebody, just now: no bot, no joining, no change of an older message."""
    user = event.get("user")
    return (
        bool(user)
        and user not in {us.user, _SLACKBOT}
        and not event.get("bot_id")
        and not event.get("hidden")
        and not event.get("edited")
        and event.get("subtype") in _SUBTYPES
    )


def _for_our_workspace(payload: Payload, us: Identity) -> bool:
    teams = {one.get("team_id") for one in payload.get("authorizations") or ()}
    return us.team in (teams or {payload.get("team_id")})


def _addressed(event: Payload, us: Identity) -> bool | None:
    """Whether a message speaks to the bot; None where it is none of our business.

    What mentions the bot in a channel arrives twice, as app_mention and as message, under two
    event ids: the second is left alone. In direct messages only the second exists.
    """
    direct = _is_direct(event)
    match event.get("type"):
        case "app_mention":
            return None if direct else True
        case "message" if direct:
            return True
        case "message":
            root = event.get("thread_ts")
            reply = root is not None and root != event.get("ts")
            named = mentions(event.get("text") or "", us.user)
            return False if reply and not named else None
    return None


def _is_direct(event: Payload) -> bool:
    return event.get("channel_type") == "im" or str(event.get("channel")).startswith("D")


def _files(event: Payload) -> tuple[Attachment, ...]:
    return tuple(attachment(file) for file in event.get("files") or () if file.get("id"))


def _click(payload: Payload, us: Identity) -> Click | None:
    action = _first_action(payload)
    name = action_name(str(action.get("action_id") or ""))
    if action.get("type") != "button" or name in {"", LINK}:
        return None
    return Click(
        key=str(payload.get("trigger_id") or action.get("action_ts")),
        actor=_user(payload, us),
        place=_clicked_place(payload, us),
        action=name,
        argument=str(action.get("value") or ""),
    )


def _first_action(payload: Payload) -> Payload:
    return next(iter(payload.get("actions") or ()), {})


def _clicked_place(payload: Payload, us: Identity) -> Place:
    """The thread of the message with the button; a whisper stands in the thread it names."""
    container = payload.get("container") or {}
    message = payload.get("message") or {}
    channel = (payload.get("channel") or {}).get("id") or container.get("channel_id")
    if not channel:
        return _returned(payload.get("view") or {}, us, payload)
    thread = container.get("thread_ts") or message.get("thread_ts")
    if container.get("is_ephemeral"):
        thread = thread or kept_thread(str(_first_action(payload).get("block_id") or ""))
    else:
        thread = thread or container.get("message_ts") or message.get("ts")
    return _place(us, channel, thread or None)


def _submit(payload: Payload, us: Identity) -> Submit | None:
    view = payload.get("view") or {}
    if not view.get("callback_id"):
        return None
    state = (view.get("state") or {}).get("values") or {}
    return Submit(
        key=str(payload.get("trigger_id") or f"{view.get('id')}:{view.get('hash')}"),
        actor=_user(payload, us),
        place=_returned(view, us, payload),
        form=str(view["callback_id"]),
        state=str(_kept(view).get("state") or ""),
        values=values(state),
        attachments=attachments(state),
    )


def _returned(view: Payload, us: Identity, payload: Payload) -> Place:
    """Where a form was asked for; a person's direct messages where that is not known."""
    kept = _kept(view)
    channel = str(kept.get("channel") or _user(payload, us).id)
    return _place(us, channel, kept.get("thread") or None)


def _kept(view: Payload) -> Payload:
    kept = json.loads(view.get("private_metadata") or "{}")
    return kept if isinstance(kept, Mapping) else {}


def _command(payload: Payload, us: Identity) -> Command:
    """`/mltrainer resume j-…`: it knows its channel and never a thread.

    As it was typed: what stands for a name may be a key, to be known by its large letters.
    """
    words = spoken(payload.get("text") or "", us.user)
    name, *arguments = words.split(maxsplit=1) or ["help"]
    user, handle = str(payload["user_id"]), str(payload.get("user_name") or "")
    return Command(
        key=str(payload["trigger_id"]),
        actor=_actor(us, user, handle),
        place=_place(us, str(payload["channel_id"]), None),
        name=name,
        arguments="".join(arguments),
    )


def _shortcut(payload: Payload, us: Identity) -> Command | None:
    """A shortcut on a message means its thread; the global one has no place but the person."""
    name = _SHORTCUTS.get(str(payload.get("callback_id")))
    if name is None:
        return None
    message = payload.get("message") or {}
    actor = _user(payload, us)
    channel = (payload.get("channel") or {}).get("id") or actor.id
    return Command(
        key=str(payload["trigger_id"]),
        actor=actor,
        place=_place(us, channel, message.get("thread_ts") or message.get("ts") or None),
        name=name,
    )


def _user(payload: Payload, us: Identity) -> Actor:
    user = payload.get("user") or {}
    return _actor(us, str(user["id"]), str(user.get("name") or user.get("username") or ""))
