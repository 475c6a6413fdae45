"""A tagger that looks at each word alone: logistic regression on the word and its form."""

import random
from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from tagging_chain import packed
from tagging_learning import Weights
from tagging_sentences import Sentence, tags_in
from tagging_taggers import Lookup, Tagger, Weighed, moves_of
from tagging_terms import Terms, learned

MOST_WORDS = 100_000  # a simple model learns no more from further ones
MOST_TERMS = 40_000
MOST_WEIGHTS = 1_000_000


def single_words(sentences: Sequence[Sentence], seed: int) -> Tagger:
    """Learn from at most so many words, at random."""
    order = list(range(len(sentences)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a sample is no secret
    size = np.cumsum([len(sentences[at].words) for at in order])
    known = [sentences[at] for at in order[: int(np.searchsorted(size, MOST_WORDS)) + 1]]
    words = [sentence.words for sentence in known]
    said = [tag for sentence in known for tag in sentence.tags]
    tags = tags_in(known)
    if len(tags) == 1:
        return Lookup({}, tags[0])
    terms = Terms(learned(words, 1, min(MOST_TERMS, MOST_WEIGHTS // len(tags))).known[:1])
    packing = packed([len(one) for one in words])
    (sight,) = terms.seen(words, packing.order)
    truth = np.array([tags.index(tag) for tag in said])[packing.order]
    regression = LogisticRegression(C=1.0, max_iter=100, tol=1e-3)
    regression.fit(sight.chosen @ sight.terms, truth)
    weights = regression.coef_.T.astype(np.float32)
    offsets = regression.intercept_
    if len(tags) == 2:  # noqa: PLR2004 - scikit-learn scores the second of two only
        weights, offsets = np.hstack([0 * weights, weights]), np.array([0.0, offsets[0]])
    return Weighed(terms, _plain(weights, offsets, tags, terms), tags)


def _plain(weights: np.ndarray, offsets: np.ndarray, tags: Sequence[str], terms: Terms) -> Weights:
    """Weights without moves; each word has the term "any", which takes the offsets."""
    none = np.zeros(len(tags))
    weights[terms.known[0]["kany"]] += offsets.astype(np.float32)
    return Weights((weights,), moves_of(tags, np.zeros((len(tags),) * 2), none, none))
