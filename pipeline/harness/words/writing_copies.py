"""Whether a writer only repeats what it has learned from, or was measured on it."""

from collections.abc import Sequence

LONG_LINE = 40  # characters: shorter lines may be alike by chance
HELD_TWICE = 0.3  # of the long held-out lines stand in the texts learned from
LONG_RUN = 80  # characters copied one after another: more than a phrase
SEPARATOR = "\x00"


def copied_run(text: str, learned: Sequence[str]) -> int:
    """The length of the longest part of a text that stands in the texts learned from."""
    whole = SEPARATOR.join(learned)
    start, longest = 0, 0
    for end in range(1, len(text) + 1):
        while start < end and end - start > longest and text[start:end] not in whole:
            start += 1
        longest = max(longest, end - start)
    return longest


def told_of_copies(runs: Sequence[int]) -> list[str]:
    """A warning where answers are copied rather than written."""
    long = sum(run >= LONG_RUN for run in runs)
    if not long:
        return []
    told = (
        f"{long} of {len(runs)} written texts repeat {LONG_RUN} or more characters of the texts"
        f" learned from, word for word (the longest {max(runs)}): check them before you use them."
    )
    return [told]


def held_twice(heldout: Sequence[str], learned: Sequence[str]) -> list[str]:
    """A reason for doubt where much of what was held out is known by heart."""
    known = {line.strip() for text in learned for line in text.splitlines()}
    lines = [line.strip() for text in heldout for line in text.splitlines()]
    long = [line for line in lines if len(line) >= LONG_LINE]
    twice = sum(line in known for line in long)
    if not long or twice < HELD_TWICE * len(long):
        return []
    told = (
        f"{twice:,} of {len(long):,} long held-out lines also stand in the texts learned from:"
        " the score says little of new texts. Send each text once."
    )
    return [told]
