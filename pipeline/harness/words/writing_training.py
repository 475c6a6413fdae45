"""Trains the writer that counts, within the time and the memory there is."""

import time
from collections.abc import Sequence

from config import BundleConfig, Json
from progress import say
from writing_codes import alphabet_of
from writing_counting import count, taught
from writing_mixture import CountWriter

MOST_COUNTED = 4_000_000  # characters: more would need more than a gigabyte
PROBED = 50_000  # characters that are counted to see how long all will take
SHARE = 0.5  # of the time for counting; the gate has the rest
GROWS = 3.0  # counting twice, and a little more for each of more characters


def counted_writer(
    config: BundleConfig,
    train: Sequence[str],
    validation: Sequence[str],
    *,
    ends: bool,
    deadline: float,
) -> tuple[CountWriter, float, dict[str, Json]]:
    """Learn to count and to weigh; also its nats per character on validation, and facts."""
    seconds = (deadline - time.monotonic()) * SHARE
    most = _affordable(train, ends=ends, seconds=seconds)
    kept = some_of(train, most)
    if len(kept) < len(train):
        say(
            "train", f"only {most:,} of {sum(map(len, train)):,} characters are used, spread evenly"
        )
    alphabet = alphabet_of([*kept, *validation])
    say(
        "train",
        f"{sum(map(len, kept)):,} characters, {len(alphabet.characters)} different",
        done=0.1,
    )
    first = count(_as_one(kept, ends=ends), ends=ends, alphabet=alphabet)
    say("train", "learning what to trust", done=0.4, eta=max(0.0, deadline - time.monotonic()) / 4)
    model = taught(first, validation, deadline - (deadline - time.monotonic()) * SHARE / 2)
    reached = model.measure(some_of(validation, PROBED)).nats_per_char
    say("train", "counting all texts", done=0.8, numbers={"nats_per_char": reached})
    every = some_of([*kept, *validation], most)
    last = count(_as_one(every, ends=ends), ends=ends, alphabet=alphabet)
    facts: dict[str, Json] = {
        "characters": sum(map(len, every)),
        "alphabet": len(alphabet.characters),
        "contexts": sum(len(one.keys) for one in last.counts.values()),
        "budget_seconds": config.budget_seconds,
    }
    return model.counting(last.counts), reached, facts


def some_of(texts: Sequence[str], most: int) -> list[str]:
    """Texts of at most so many characters, spread evenly over all; at least one."""
    total = sum(map(len, texts))
    if total <= most:
        return list(texts)
    kept: list[str] = []
    taken = passed = 0
    for text in texts:
        passed += len(text)
        if taken + len(text) <= most * passed / total or not kept:
            kept.append(text)
            taken += len(text)
    return kept


def _as_one(texts: Sequence[str], *, ends: bool) -> list[str]:
    """Blocks of running text follow one another; samples do not."""
    return list(texts) if ends else ["".join(texts)]


def _affordable(train: Sequence[str], *, ends: bool, seconds: float) -> int:
    """How many characters there is time for."""
    probe = some_of(train, PROBED)
    started = time.monotonic()
    count(probe, ends=ends)
    each = (time.monotonic() - started) / max(sum(map(len, probe)), 1)
    room = int(max(seconds, 0.5) / (GROWS * each))
    return min(MOST_COUNTED, max(room, PROBED))
