"""Learns which words of a text its summary keeps, and how long summaries are."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
from config import BundleConfig
from extracting_model import Extractor
from extracting_signs import kept_of, known_words, signs_of
from extracting_units import Text, cut
from metrics import Floats
from pairs_reading import references_of, text_of
from pairs_rouge import ROUGES, rouges
from pairs_tokens import words_of
from progress import say
from tables import Table

MOST_TEXTS = 3_000  # what is kept is the same everywhere; more texts change little
MOST_WORDS = 400_000  # rows that the trees learn from
CHECKED = 0.2  # of the texts, on which the length is chosen
MOST_CHECKED = 200
STRETCHES = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0)  # longer than the truth: a sentence is a whole
ROUNDS = 150
LEAST_LEAF = 30
NEARLY = 0.5  # standard errors from the best
SURE = 2.0  # standard errors above whole sentences
SHARE_TO_LEARN = 0.4  # of the budget, for each of two times; then it is high time


@dataclass(frozen=True, slots=True)
class Summed:
    """A text in units, and the words of its first summary."""

    text: Text
    summary: tuple[str, ...]
    references: tuple[str, ...]


def train_extractor(config: BundleConfig, rows: Table, deadline: float) -> tuple[Extractor, float]:
    """Choose the length on texts not learned from, then learn from all; also what was reached."""
    draw = random.Random(config.seed)  # noqa: S311 - a sample is no secret
    places = sorted(draw.sample(range(len(rows)), min(len(rows), MOST_TEXTS)))
    some = [_summed(*rows.rows[at]) for at in places]
    draw.shuffle(some)
    checked = min(MOST_CHECKED, max(2, round(CHECKED * len(some))))
    say("train", f"{len(some)} texts cut into sentences", done=0.2)
    seconds = (deadline - time.monotonic()) * SHARE_TO_LEARN
    model = _learned(some[checked:], config.seed, time.monotonic() + seconds)
    say("train", "choosing the length", done=0.5)
    model, reached = _stretched(model, some[:checked], config.metric)
    say("train", "learning from all texts", done=0.7, numbers={config.metric: reached})
    whole = _learned(some, config.seed, min(time.monotonic() + seconds, deadline))
    return replace(whole, stretch=model.stretch, cuts=model.cuts), reached


def _summed(source: str | None, target: str | None) -> Summed:
    references = references_of(target)
    return Summed(cut(text_of(source)), tuple(words_of(references[0])), tuple(references))


def _learned(texts: Sequence[Summed], seed: int, ends: float) -> Extractor:
    known = known_words([one.text for one in texts], [one.summary for one in texts])
    signs, kept = [], []
    size = 0
    for one in texts:
        words = signs_of(one.text, known, one.summary)
        signs.append(words.signs)
        kept.append(kept_of(words, one.summary))
        size += len(words.signs)
        if size > MOST_WORDS:
            break
    trees = _trees(np.vstack(signs), np.concatenate(kept), seed, ends)
    return Extractor(trees, known, _length(texts), 1.0)


def _trees(signs: Floats, kept: Floats, seed: int, ends: float) -> lgb.Booster:
    """Boosted trees; they stop when the time does."""

    def in_time(state: lgb.callback.CallbackEnv) -> None:
        if time.monotonic() > ends:
            raise lgb.callback.EarlyStopException(state.iteration, [])

    settings = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": min(LEAST_LEAF, max(1, len(kept) // 20)),
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "feature_fraction": 0.8,
        "seed": seed,
        "num_threads": 1,
        "deterministic": True,
        "verbosity": -1,
    }
    told = lgb.Dataset(signs, kept, free_raw_data=True)
    return lgb.train(settings, told, ROUNDS, callbacks=[in_time])


def _length(texts: Sequence[Summed]) -> tuple[float, float]:
    """How many words a summary has, as a line over the logarithm of the text's."""
    sizes = np.log([max(1, sum(len(u.words) for u in one.text.units)) for one in texts])
    lengths = np.array([len(one.summary) for one in texts], dtype=np.float64)
    if np.ptp(sizes) < 0.1:  # noqa: PLR2004 - all texts are of one length
        return 0.0, float(lengths.mean())
    slope, offset = np.polyfit(sizes, lengths, 1)
    return float(slope), float(offset)


def _stretched(model: Extractor, texts: Sequence[Summed], metric: str) -> tuple[Extractor, float]:
    """The model with the length that does best on these texts, and what it reaches.

    Of those that are as good as far as so few texts can tell, the one with the shortest summaries.
    Sentences are cut only where that is surely better.
    """
    whole, plain = _shortest(model, texts, metric)
    parts, cut_up = _shortest(replace(model, cuts=True), texts, metric)
    more = cut_up - plain
    if float(more.mean()) > SURE * float(more.std()) / len(texts) ** 0.5:
        return parts, float(cut_up.mean())
    return whole, float(plain.mean())


def _shortest(model: Extractor, texts: Sequence[Summed], metric: str) -> tuple[Extractor, Floats]:
    """The model with the least stretch that is nearly the best, and its score on each text."""
    at = ROUGES.index(metric)
    judged = list(model.judged([one.text for one in texts]))
    values: dict[float, Floats] = {}
    for stretch in STRETCHES:
        tried = replace(model, stretch=stretch)
        said = [tried.summary(*pair) for pair in judged]
        scores = [rouges(a, one.references)[at] for a, one in zip(said, texts, strict=True)]
        values[stretch] = np.array(scores)
    best = max(values, key=lambda one: float(values[one].mean()))
    doubt = NEARLY * float(values[best].std()) / len(texts) ** 0.5
    least = float(values[best].mean()) - doubt
    taken = next(one for one in STRETCHES if values[one].mean() >= least)
    return replace(model, stretch=taken), values[taken]
