"""Every way in which a call of Slack fails, and what it means to us."""

import ssl
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import (
    BotUserAccessError,
    SlackClientConfigurationError,
    SlackClientError,
    SlackClientNotConnectedError,
    SlackObjectFormationError,
    SlackRequestError,
    SlackTokenRotationError,
)

from adapters.platforms.slack import errors
from adapters.platforms.slack.errors import translate, translated
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Gone, Unsure
from tests.unit.slack.answers import refusal

LATER = [(word, TryAgain) for word in sorted(errors.LATER)]
PERHAPS = [(word, Unsure) for word in sorted(errors.PERHAPS_DONE)]
GONE = [(word, Gone) for word in sorted(errors.UNREACHABLE)]
TOKEN = [(word, PersonCanFix) for word in sorted(errors.BAD_TOKEN | errors.NOT_ALLOWED)]
WORKSPACE = [(word, PersonCanFix) for word in sorted(errors.WORKSPACE)]
OURS = [
    (word, Bug)
    for word in (
        *("as_user_not_supported", "attachment_payload_limit_exceeded", "cant_broadcast_message"),
        *("deprecated_endpoint", "duplicate_channel_not_found", "duplicate_message_not_found"),
        *("invalid_arg_name", "invalid_arguments", "invalid_array_arg", "invalid_blocks"),
        *("invalid_blocks_format", "invalid_charset", "invalid_form_data", "invalid_json"),
        *(
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "json_not_object",
        ),
        *("markdown_text_conflict", "metadata_must_be_sent_from_app", "metadata_too_large"),
        *("method_deprecated", "missing_charset", "missing_file_data", "missing_post_type"),
        *("msg_blocks_too_long", "msg_too_long", "no_text", "not_in_call", "not_found"),
        *("push_limit_reached", "superfluous_charset", "too_many_attachments", "unknown_method"),
        *("view_too_large", "view_submission_failed", "hash_conflict", "duplicate_external_id"),
        *("message_not_found", "edit_window_closed", "expired_trigger_id", "a_word_of_tomorrow"),
    )
]


@pytest.mark.parametrize(("word", "kind"), [*LATER, *PERHAPS, *GONE, *TOKEN, *WORKSPACE, *OURS])
def test_a_word_of_slack_has_one_meaning(word: str, kind: type[MLTrainerError]) -> None:
    meaning = translate(refusal(word))

    assert type(meaning) is kind
    assert meaning.message.endswith(".")


def test_no_word_means_two_things() -> None:
    words = [
        *errors.LATER,
        *errors.PERHAPS_DONE,
        *errors.UNREACHABLE,
        *errors.BAD_TOKEN,
        *errors.NOT_ALLOWED,
        *errors.WORKSPACE,
        *errors.VANISHED,
        *errors.EXPIRED,
    ]

    assert len(set(words)) == len(words)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 200])
def test_an_answer_that_makes_no_sense_may_have_been_a_yes(status: int) -> None:
    assert type(translate(refusal("", status=status))) is Unsure


def test_slack_says_how_long_to_wait() -> None:
    slow = translate(refusal("ratelimited", status=429, headers={"Retry-After": "17"}))
    forever = translate(refusal("ratelimited", status=429, headers={"retry-after": "9" * 9}))
    unsaid = translate(refusal("ratelimited", status=429, headers={"Retry-After": "soon"}))

    assert isinstance(slow, TryAgain)
    assert slow.after == timedelta(seconds=17)
    assert isinstance(forever, TryAgain)
    assert forever.after == timedelta(hours=1)
    assert isinstance(unsaid, TryAgain)
    assert unsaid.after is None


def test_a_missing_scope_is_named_with_its_cure() -> None:
    meaning = translate(refusal("missing_scope", needed="files:read"))

    assert isinstance(meaning, PersonCanFix)
    assert "files:read" in meaning.message
    assert "mltrainer setup slack" in meaning.hint


KEY = ConnectionKey("slack.com", 443, True, True, None, None, None)  # noqa: FBT003  (its own shape)
CERTAINLY_NOT: list[Exception] = [
    aiohttp.ClientConnectorError(KEY, OSError("refused")),
    aiohttp.ClientConnectorDNSError(KEY, OSError("no name")),
    aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired")),
    aiohttp.ConnectionTimeoutError(),
    SlackRequestError("Failed to upload a file (status: 500, body: x)"),
]
PERHAPS_NOT: list[Exception] = [
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(104, "reset by peer"),
    aiohttp.ClientPayloadError("cut off"),
    aiohttp.SocketTimeoutError(),
    TimeoutError(),
    ConnectionResetError(),
]
MISTAKES: list[Exception] = [
    SlackClientError(),
    SlackRequestError("Json data can only be submitted as POST requests."),
    BotUserAccessError(),
    SlackObjectFormationError(),
    SlackClientConfigurationError(),
    SlackClientNotConnectedError(),
    SlackTokenRotationError(refusal("x")),
]


@pytest.mark.parametrize("error", CERTAINLY_NOT, ids=lambda one: type(one).__name__)
def test_what_never_left_is_tried_again(error: Exception) -> None:
    assert type(translate(error)) is TryAgain


@pytest.mark.parametrize("error", PERHAPS_NOT, ids=lambda one: type(one).__name__)
def test_what_may_have_arrived_is_looked_up(error: Exception) -> None:
    assert type(translate(error)) is Unsure


@pytest.mark.parametrize("error", MISTAKES, ids=lambda one: type(one).__name__)
def test_what_slacks_client_refuses_is_our_mistake(error: Exception) -> None:
    assert type(translate(error)) is Bug


def test_every_error_of_slacks_client_is_caught() -> None:
    everything = [*CERTAINLY_NOT, *PERHAPS_NOT, *MISTAKES, refusal("x")]

    assert all(isinstance(error, errors.FOREIGN) for error in everything)
    for error in everything:
        with pytest.raises(MLTrainerError) as raised, translated():
            raise error
        assert raised.value.__cause__ is None
