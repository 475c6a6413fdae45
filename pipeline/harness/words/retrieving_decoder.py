"""The likeliest translation that phrases can make: a beam search over what is translated so far.

Koehn, Och and Marcu 2003. Phrases may be taken out of order within `reorder` words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from retrieving_language import END, START, Gram, Language
from retrieving_near import Kin
from retrieving_phrases import LONGEST, Phrases, Way

BEAM = 8
MOST_WAYS = 10


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign of a good translation counts.

    `word` is for each word that is said, `phrase` for each phrase, `jump` for each word that is
    jumped over, `copied` for each unknown word that is taken over as it is.
    """

    said: float = 0.2
    given: float = 0.2
    said_words: float = 0.25
    given_words: float = 0.15
    language: float = 0.35
    word: float = 0.6
    phrase: float = -0.3
    jump: float = -0.6
    copied: float = -4.0
    reorder: int = 3

    def of(self, way: Way) -> float:
        """The worth of one phrase by itself."""
        one, two, three, four = way.scores
        return (
            self.said * one
            + self.given * two
            + self.said_words * three
            + self.given_words * four
            + self.word * len(way.words)
            + self.phrase
        )


class Option(NamedTuple):
    """One way to say the source words up to `end`, and what it is worth."""

    end: int
    mask: int
    words: tuple[str, ...]
    worth: float


class Partial(NamedTuple):
    """What is said so far: places done as bits, where the last phrase ended, its last words."""

    worth: float
    done: int
    end: int
    before: Gram
    words: tuple[str, ...]


Options = list[list[Option]]


def translated(
    tokens: Sequence[str], phrases: Phrases, language: Language, weights: Weights, kin: Kin
) -> list[str]:
    """The best translation of one sentence."""
    size = len(tokens)
    options = options_of(tokens, phrases, weights, kin)
    ahead = outlook(options, size, language, weights)
    start = Partial(0.0, 0, 0, (START,), ())
    stacks: list[dict[tuple[int, int, Gram], Partial]] = [{} for _ in range(size + 1)]
    stacks[0][0, 0, (START,)] = start
    for count in range(size):
        for one in _best(stacks[count], size, ahead):
            _grow(one, size, options, language, weights, stacks)
    ended = (
        (one.worth + weights.language * language.follows(one.before, END), one.words)
        for one in stacks[size].values()
    )
    return list(max(ended)[1])


def options_of(tokens: Sequence[str], phrases: Phrases, weights: Weights, kin: Kin) -> Options:
    """Every phrase that begins at each place; an unknown word is said like its kin, or stays."""
    options: Options = []
    for start in range(len(tokens)):
        found: list[Option] = []
        for end in range(start + 1, min(len(tokens), start + LONGEST) + 1):
            mask = (1 << end) - (1 << start)
            ways = phrases.get(tuple(tokens[start:end]), ())
            made = [Option(end, mask, way.words, weights.of(way)) for way in ways]
            found += sorted(made, key=lambda option: -option.worth)[:MOST_WAYS]
        if not any(option.end == start + 1 for option in found):
            mask, doubt = 1 << start, weights.copied / 2
            found += [
                Option(start + 1, mask, way.words, weights.of(way) + doubt)
                for way in kin.ways(tokens[start])
            ]
            worth = weights.copied + weights.word + weights.phrase
            found.append(Option(start + 1, mask, (tokens[start],), worth))
        options.append(found)
    return options


def outlook(options: Options, size: int, language: Language, weights: Weights) -> list[list[float]]:
    """What every run of places may still bring at best, by where it starts and ends."""
    best = [[float("-inf")] * (size + 1) for _ in range(size + 1)]
    for start, those in enumerate(options):
        best[start][start] = 0.0
        for option in those:
            alone = language.read((), option.words)[0]
            worth = option.worth + weights.language * alone
            best[start][option.end] = max(best[start][option.end], worth)
    best[size][size] = 0.0
    for length in range(2, size + 1):
        for start in range(size - length + 1):
            end = start + length
            row = best[start]
            row[end] = max(row[end], *(row[at] + best[at][end] for at in range(start + 1, end)))
    return best


def _best(
    stack: dict[tuple[int, int, Gram], Partial], size: int, ahead: list[list[float]]
) -> list[Partial]:
    """The most promising of those that did as many words, each with what is left to do."""
    left: dict[int, float] = {}
    for one in stack.values():
        if one.done not in left:
            left[one.done] = _left(one.done, size, ahead)
    return sorted(stack.values(), key=lambda one: -(one.worth + left[one.done]))[:BEAM]


def _left(done: int, size: int, ahead: list[list[float]]) -> float:
    total, start = 0.0, None
    for at in range(size + 1):
        free = at < size and not done >> at & 1
        if free and start is None:
            start = at
        elif not free and start is not None:
            total += ahead[start][at]
            start = None
    return total


def _grow(  # noqa: PLR0917 - the search's whole state
    one: Partial,
    size: int,
    options: Options,
    language: Language,
    weights: Weights,
    stacks: list[dict[tuple[int, int, Gram], Partial]],
) -> None:
    """Put each phrase behind what is said so far that leaves no gap too far back."""
    gap = _first_gap(one.done)
    for start in range(gap, min(size, gap + weights.reorder + 1)):
        if one.done >> start & 1:
            continue
        jumped = weights.jump * abs(start - one.end)
        for option in options[start]:
            if option.mask & one.done or (start > gap and option.end - gap > weights.reorder + 1):
                continue
            likely, before = language.read(one.before, option.words)
            worth = one.worth + option.worth + jumped + weights.language * likely
            done = one.done | option.mask
            key = (done, option.end, before)
            stack = stacks[done.bit_count()]
            if key not in stack or stack[key].worth < worth:
                stack[key] = Partial(worth, done, option.end, before, one.words + option.words)


def _first_gap(done: int) -> int:
    return (~done & (done + 1)).bit_length() - 1
