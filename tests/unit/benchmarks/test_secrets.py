"""The corpus of secrets: its parts share nothing, and a score counts what it says."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.benchmarks.corpus import (
    evasive,
    fresh,
    fresh_harmless,
    held_out,
    held_out_harmless,
    tuning,
    tuning_harmless,
)
from tests.benchmarks.corpus.drawing import Message
from tests.benchmarks.corpus.scoring import Seen, Share, covers, missed, score, touched

PARTS = (tuning, held_out, fresh)
HARMLESS = (tuning_harmless, held_out_harmless, fresh_harmless)


def drawn(messages: Callable[[Random], Iterator[Message]], seed: int) -> list[Message]:
    return list(messages(Random(seed)))  # noqa: S311 (no real secrets)


@pytest.mark.parametrize("part", [*PARTS, evasive])
def test_every_secret_stands_in_its_message(part: object) -> None:
    messages = drawn(part.messages, part.SEED)  # type: ignore[attr-defined]

    assert all(secret in one.text for one in messages for secret in one.secrets)


@pytest.mark.parametrize("role", ["ANYWHERE", "BESIDE_ITS_NAME", "WITH_PASSWORDS"])
def test_no_frame_is_in_two_parts(role: str) -> None:
    frames = [frame for part in PARTS for frame in getattr(part, role)]

    assert [frame for frame in frames if frames.count(frame) > 1] == []


def test_no_harmless_sentence_or_family_is_in_two_parts() -> None:
    sentences: list[str] = []
    families: list[set[str]] = []
    for part in HARMLESS:
        mine = drawn(part.without_secrets, 1)
        families.append({one.sort for one in mine} - set(part.SENTENCES))
        sentences += {line for lines in part.SENTENCES.values() for line in lines}

    assert [line for line in sentences if sentences.count(line) > 1] == []
    first, second, third = families
    assert not first & second
    assert not first & third
    assert not second & third


def test_the_parts_draw_other_keys_of_other_vendors() -> None:
    first, second, third = (set(part.VENDORS) for part in PARTS)

    assert not first & second
    assert not second & third


def test_a_secret_is_covered_only_when_no_part_of_it_is_left() -> None:
    message = Message("key abcdef123456 and abcdef", ("abcdef123456",), "own", "x")

    assert list(covers(message, "key [secret: abcdef123456] and abcdef")) == [True]
    assert list(covers(message, "key [secret: x]123456 and abcdef")) == [False]
    assert list(covers(message, message.text)) == [False]


def test_a_score_counts_finds_gaps_and_alarms() -> None:
    one = Message("a secret-1234", ("secret-1234",), "own", "x")
    none = Message("nothing", (), "harmless", "y")
    messages = [one, one, none, none]
    seen = [
        Seen(found=True, left="a [secret]", ms=1),
        Seen(found=False, left=one.text, ms=2),
        Seen(found=True, left="", ms=3),
        Seen(found=False, left="", ms=4),
    ]

    found = score(messages, seen)

    assert (found.recall, found.covered) == (Share(1, 2), Share(1, 2))
    assert (found.precision, found.false_alarms) == (Share(1, 2), Share(1, 2))
    assert (missed(messages, seen), touched(messages, seen)) == ([one], [none])


def test_an_interval_is_wide_where_little_was_counted() -> None:
    low, high = Share(100, 100).interval()

    assert (round(low, 3), round(high, 3)) == (0.963, 1.0)
    assert Share(0, 0).interval() == (0.0, 1.0)
