"""Learns a phrase book from translated texts, and how to weigh it on some that it has not seen."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from config import BundleConfig
from metrics import value_of
from pairs_bleu import counted_bleu, cutting_of
from pairs_tokens import tokens_of
from progress import Problem, say
from retrieving_alignment import GoOn, joined_links, lexicon
from retrieving_decoder import Weights
from retrieving_language import learned_language
from retrieving_model import PhraseBook, inside, read, usual_forms
from retrieving_near import Kin
from retrieving_phrases import Lexicons, numbered, phrase_table

MOST_PAIRS = 30_000  # what a model may weigh; more hardly change common phrases
PAIRS_A_SECOND = 250  # on a slow machine, of the whole budget
LONGEST = 80  # tokens of a side: longer pairs cost most and teach least
UNLIKE = 5  # times as long as the other side is hardly its translation
MOST_CHECKED = 100  # sentences on which the weights are chosen
LONGEST_CHECKED = 2_000  # characters: a document takes as long as many sentences
SHARE_TO_LEARN = 0.35
SHARE_TO_CHOOSE = 0.65
# Moves that may help, the likeliest first; each is tried from the best so far.
MOVES: tuple[tuple[str, float], ...] = (
    ("word", 0.3),
    ("language", -0.12),
    ("said_words", 0.1),
    ("jump", -0.3),
    ("given", 0.1),
    ("phrase", 0.3),
    ("word", -0.3),
    ("language", 0.12),
    ("given_words", -0.1),
    ("said", 0.1),
    ("copied", -3.0),
)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Learned:
    """A phrase book, what it reached on unseen texts, and how many pairs taught it."""

    book: PhraseBook
    reached: float
    pairs: int
    unlike: int


def train_book(
    config: BundleConfig,
    train: Sequence[Pair],
    unseen: Sequence[Pair],
    begun: float,
    *,
    few: int | None = None,
) -> Learned:
    """Learn, choose the weights on unseen pairs, and learn again from all where time allows."""
    budget = config.budget_seconds
    most = few or int(min(MOST_PAIRS, max(1_000, PAIRS_A_SECOND * budget)))
    fit, unlike = usable(train, most, config.seed)
    say("train", f"{len(fit)} pairs to learn from", done=0.05)
    started = time.monotonic()
    book = learned_book(fit, _until(begun + SHARE_TO_LEARN * budget))
    took = time.monotonic() - started
    say("train", f"{len(book.phrases)} phrases", done=0.4)
    short = [pair for pair in unseen if len(pair[0]) <= LONGEST_CHECKED]
    checked = short[:: max(1, len(short) // MOST_CHECKED)][:MOST_CHECKED]
    weights, reached = chosen(config, book, checked, begun + SHARE_TO_CHOOSE * budget)
    more, _ = usable([*train, *unseen], most, config.seed)
    if len(more) > len(fit) and time.monotonic() + 1.5 * took < begun + 0.9 * budget:
        say("train", "learning from all pairs", done=0.8, numbers={config.metric: reached})
        fit, book = more, learned_book(more, _until(begun + 0.9 * budget))
    return Learned(replace(book, weights=weights), reached, len(fit), unlike)


def usable(pairs: Sequence[Pair], most: int, seed: int) -> tuple[list[Pair], int]:
    """At most so many pairs whose sides are of a like length; also how many are not."""
    order = list(range(len(pairs)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a sample is no secret
    taken: list[int] = []
    unlike = 0
    for at in order:
        if len(taken) == most:
            break
        one, other = (len(tokens_of(text[: 10 * LONGEST])) for text in pairs[at])
        few, many = sorted((one, other))
        if few and many <= min(LONGEST, UNLIKE * few + UNLIKE):
            taken.append(at)
        else:
            unlike += 1
    if not taken:
        raise Problem(
            f"No pair has two texts of like length with at most {LONGEST} words each.",
            "Send pairs of sentences: a line for each sentence and its translation.",
        )
    return [pairs[at] for at in sorted(taken)], unlike


def learned_book(pairs: Sequence[Pair], go_on: GoOn) -> PhraseBook:
    """Words that stand for each other, phrases of them, and how they follow each other."""
    source = [[read(token) for token in tokens_of(one)] for one, _ in pairs]
    raw = [tokens_of(other) for _, other in pairs]
    forms = usual_forms(raw)
    target = [inside(tokens, forms) for tokens in raw]
    forms |= {tokens[0].lower(): tokens[0] for tokens in target if tokens[0].lower() not in forms}
    known, given = numbered(source)
    spoken, said = numbered(target)
    size = max(len(known), len(spoken)) + 1
    ahead, forward = lexicon(given, said, size, go_on)
    behind, backward = lexicon(said, given, size, go_on)
    links = [joined_links(*both) for both in zip(forward, backward, strict=True)]
    lexicons = Lexicons(known, spoken, ahead, behind)
    phrases = phrase_table(source, target, links, lexicons, go_on)
    return PhraseBook(phrases, learned_language(target), forms, Weights(), Kin(phrases))


def chosen(
    config: BundleConfig, book: PhraseBook, unseen: Sequence[Pair], ends: float
) -> tuple[Weights, float]:
    """The weights that do best on unseen pairs, as far as time allows."""
    best, reached = book.weights, 0.0
    if not unseen:
        return best, reached
    cutting = cutting_of([[target] for _, target in unseen])
    tries = (None, *MOVES)
    for at, move in enumerate(tries):
        weights = _moved(best, *move) if move else best
        started = time.monotonic()
        said = replace(book, weights=weights).write([source for source, _ in unseen])
        outcome = counted_bleu(said, [[target] for _, target in unseen], cutting)
        value = value_of(config.metric, outcome)
        if not move or value > reached:
            best, reached = weights, value
        took = time.monotonic() - started
        say(
            "train",
            "weighing phrases",
            done=0.4 + 0.4 * (at + 1) / len(tries),
            eta=took * (len(tries) - at - 1),
            numbers={config.metric: reached},
        )
        if time.monotonic() + took > ends:
            break
    return best, reached


def _moved(weights: Weights, name: str, step: float) -> Weights:
    return replace(weights, **{name: getattr(weights, name) + step})


def _until(ends: float) -> GoOn:
    return lambda: time.monotonic() < ends
