"""What Slack's refusals and a broken line mean to us: TryAgain, Unsure, Gone, PersonCanFix, Bug."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Gone, Unsure

FOREIGN = (
    SlackClientError,
    aiohttp.ClientError,
    OSError,  # TimeoutError among them
    AttributeError,  # how the client fails on an answer that is no JSON but plain text
)
VANISHED = frozenset(
    {"message_not_found", "edit_window_closed", "cant_update_message", "streaming_state_conflict"}
)
BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
EXPIRED = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
UNREACHABLE = frozenset(
    {
        *("account_inactive", "cannot_dm_bot", "cannot_reply_to_message", "channel_is_archived"),
        *("channel_not_found", "channel_type_not_supported", "ekm_access_denied", "im_not_found"),
        *("is_archived", "is_inactive", "messages_tab_disabled", "not_in_channel"),
        *("restricted_action", "restricted_action_non_threadable_channel"),
        *("restricted_action_read_only_channel", "restricted_action_thread_locked"),
        *("restricted_action_thread_only_channel", "team_access_not_granted", "team_not_found"),
        *("thread_not_found", "user_disabled", "user_not_found", "user_not_in_channel"),
        *("user_not_visible", "users_not_found"),
    }
)
LATER = frozenset(
    {
        *("accesslimited", "external_channel_migrating", "message_limit_exceeded"),
        *("rate_limited", "ratelimited", "service_unavailable", "team_added_to_org"),
        *("temporarily_unavailable", "too_many_websockets"),
    }
)
PERHAPS_DONE = frozenset(  # Slack says of these that some of it may have happened
    {"fatal_error", "internal_error", "operation_timeout", "request_timeout", "server_error"}
)
BAD_TOKEN = frozenset(
    {
        *("invalid_auth", "invalid_token", "not_allowed_token_type", "not_authed"),
        *("org_login_required", "token_expired", "token_revoked", "two_factor_setup_required"),
    }
)
NOT_ALLOWED = frozenset({"access_denied", "forbidden_team", "invalid_scope", "no_permission"})
WORKSPACE = MappingProxyType(
    {
        "file_upload_size_restricted": "Slack's workspace takes no file of this size.",
        "file_uploads_disabled": "This Slack workspace has switched file uploads off.",
        "file_uploads_except_images_disabled": "This Slack workspace takes images only.",
        "file_type_not_allowed": "This Slack workspace does not take files of this type.",
        "malware_detected": "Slack holds this file for malware.",
        "slack_connect_file_upload_sharing_blocked": "Files may not be shared in this channel.",
        "storage_limit_reached": "This Slack workspace has no room left for files.",
    }
)
_AGAIN = "It is tried again."
_OK = 200
_SERVER = 500
_RATE_LIMITED = 429
_LONGEST_PAUSE = 3600.0


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of Slack's client into one of ours.

    Its own text may carry an address that answers for a person: it is not kept as the cause.
    """
    try:
        yield
    except FOREIGN as error:
        raise translate(error) from None


def translate(error: BaseException) -> MLTrainerError:
    """What one failed call means."""
    if not isinstance(error, SlackApiError):
        return _broken(error)
    status, word, pause = status_of(error), code(error), pause_of(error)
    if status == _RATE_LIMITED or word in LATER:
        why = "asks us to slow down" if status == _RATE_LIMITED else "does not do this now"
        return TryAgain(f"Slack {why} ({word or status}).", _AGAIN, after=pause)
    if word in PERHAPS_DONE or status >= _SERVER or (status == _OK and not word):
        return Unsure(
            f"Slack does not answer properly now ({word or status}).", _AGAIN, after=pause
        )
    if word in UNREACHABLE:
        return Gone(f"This place in Slack cannot be reached ({word}).", "Invite the app again.")
    return _for_the_operator(error, word) or Bug(
        f"Slack refused what we sent ({word or status}).", "This is our mistake; see the log."
    )


def code(error: BaseException) -> str:
    """Slack's word for a refusal; empty where it gave none."""
    return str(_body(error).get("error") or "")


def status_of(error: BaseException) -> int:
    """The HTTP status of an answer; 0 without one."""
    answer = getattr(error, "response", None)
    return int(getattr(answer, "status_code", getattr(answer, "status", 0)) or 0)


def pause_of(error: BaseException) -> timedelta | None:
    """How long Slack asks us to wait."""
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", None) or {}
    told = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=min(float(told), _LONGEST_PAUSE)) if told.isdecimal() else None


def _body(error: BaseException) -> Mapping[str, object]:
    data = getattr(getattr(error, "response", None), "data", None)
    return data if isinstance(data, Mapping) else {}


def _broken(error: BaseException) -> MLTrainerError:
    """No answer at all, or one that the client could not make sense of."""
    if isinstance(error, SlackClientError):
        if "upload a file" in str(error):  # the bytes did not arrive, so nothing was shown
            return TryAgain("Slack did not take the bytes of a file.", _AGAIN)
        return Bug(f"Slack's client refused a call ({type(error).__name__}).", "See the log.")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        what = f"Slack could not be reached ({type(error).__name__})."
        return TryAgain(what, _AGAIN)
    return Unsure(f"Slack did not answer ({type(error).__name__}).", _AGAIN)


def _for_the_operator(error: BaseException, word: str) -> PersonCanFix | None:
    """What only the person who runs the bot can put right."""
    if word in BAD_TOKEN:
        return PersonCanFix(
            f"Slack does not accept the bot's token ({word}).",
            "The operator installs the app again and sets SLACK_BOT_TOKEN (and SLACK_APP_TOKEN in "
            "Socket Mode); `mltrainer setup slack` shows how.",
        )
    if word == "missing_scope":
        return missing_scope(str(_body(error).get("needed") or "unknown"))
    if word in NOT_ALLOWED:
        return PersonCanFix(
            f"Slack does not allow the app to do this ({word}).",
            "The operator compares the app's scopes with `mltrainer setup slack`.",
        )
    if word in WORKSPACE:
        return PersonCanFix(WORKSPACE[word], "A workspace admin can change that.")
    return None


def missing_scope(scope: str) -> PersonCanFix:
    """A scope that was not granted to the app."""
    return PersonCanFix(
        f"The Slack app lacks the scope {scope}.",
        f"The operator adds {scope} to the app's bot scopes and installs the app again; "
        "`mltrainer setup slack` prints the whole manifest.",
    )
