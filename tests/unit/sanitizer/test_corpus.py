"""How well secrets are found, counted on messages that are drawn for it."""

import re
from random import Random

import pytest

from adapters.sanitizer import KeySanitizer
from tests.unit.sanitizer.corpus import Message, with_secrets, without_secrets

SEED = 20261126


@pytest.fixture(scope="module")
def pasted() -> list[Message]:
    return list(with_secrets(Random(SEED)))  # noqa: S311 (no real secrets)


def is_clean(sanitizer: KeySanitizer, message: Message) -> bool:
    text = sanitizer.clean(message.text).text
    return not any(secret in text for secret in message.secrets)


def test_at_least_98_of_100_messages_with_a_secret_come_out_clean(
    sanitizer: KeySanitizer, pasted: list[Message]
) -> None:
    left = [message for message in pasted if not is_clean(sanitizer, message)]

    assert len(left) / len(pasted) <= 0.02, (len(pasted), left)


def test_no_harmless_message_is_touched(sanitizer: KeySanitizer) -> None:
    harmless = list(without_secrets(Random(SEED)))  # noqa: S311 (no real secrets)

    assert len(harmless) > 180
    assert [one for one in harmless if sanitizer.clean(one.text).text != one.text] == []


def test_only_the_secret_is_cut_out(sanitizer: KeySanitizer, pasted: list[Message]) -> None:
    more = []
    for message in filter(lambda one: is_clean(sanitizer, one), pasted):
        expected = message.text
        for secret in message.secrets:
            expected = expected.replace(secret, "")
        kept = re.sub(r"\[secret: [a-z-]+\]", "", sanitizer.clean(message.text).text)
        if kept != expected and message.sort != "private key":  # its frame goes with it
            more.append((message.text, kept))

    assert more == []
