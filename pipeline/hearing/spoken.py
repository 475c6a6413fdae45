"""The words of a request that ask for something, without those that name inputs or files."""

import re
from collections.abc import Iterator, Sequence

from pipeline.hearing.likeness import words_of

# What follows these is given, what follows those is asked for.
_GIVEN = frozenset(
    (
        *("from", "frm", "using", "given", "based", "with", "by", "via", "through", "per", "pr"),
        *("before", "b4", "after", "until", "once", "when", "while", "because", "since"),
    )
)
_ASKED = frozenset(
    (
        *("predict", "predicts", "predicting", "classify", "guess", "tell", "find", "detect"),
        *(
            "who",
            "which",
            "whether",
            "if",
            "know",
            "is",
            "will",
            "for",
            "estimate",
            "forecast",
            "what",
            "how",
        ),
    )
)
_LEFT_OUT = frozenset(
    ("ignore", "ignoring", "without", "except", "excluding", "exclude", "drop", "skip")
)
# Before another word these only lead to it, even where a column is called so.
_LEADS_ON = frozenset(
    ("a", "an", "i", "me", "my", "of", "to", "in", "it", "or", "as", "us", "we", "on", "at", "be")
)
SAYS_NOTHING = frozenset(
    (
        *("the", "and", "for", "this", "that", "these", "with", "from", "file", "data", "csv"),
        *("train", "model", "build", "make", "makes", "need", "want", "please", "can", "you"),
        *("table", "column", "row", "rows", "using", "not", "yes", "who", "what", "whether"),
        *("will", "would", "more", "than", "less", "have", "has", "are", "was", "any", "all"),
        *("predict", "predicts", "prediction", "classifier", "classify", "which", "good", "out"),
        *("how", "much", "many", "our", "your", "their", "them", "each", "every", "be", "is"),
        *("do", "does", "did", "could", "should", "column", "columns", "field", "dataset", "no"),
        *("job", "its", "here", "there", "into", "about", "when", "where", "why", "get", "give"),
    )
)
_WANTING = frozenset(
    (
        *(
            "want",
            "need",
            "would",
            "like",
            "wish",
            "must",
            "predict",
            "know",
            "estimate",
            "forecast",
        ),
        *("should", "can", "could", "wonder", "hope", "classify", "find", "tell", "which", "who"),
        *("whether", "how", "expect", "what", "model", "guess", "detect", "d"),
    )
)
_FILE_NAME = re.compile(r"\S+\.[a-z]{2,7}\b", re.IGNORECASE)


def asked_words(words: str) -> tuple[str, ...]:
    """The words but those that name inputs, files, or what to leave out.

    "predict a from b and c" asks for a alone; "given b, c and d, what is a" as well.
    """
    every = ([words_of(part) for part in parts(one)] for one in sentences(words))
    told = [one for one in every if one]
    asking = [one for one in told if not _is_background(one[0])] or told
    found = [word for one in asking for word in _asked_in(one)]
    return tuple(found or (word for one in told for part in one for word in _asked_in([part])))


def _is_background(spoken: tuple[str, ...]) -> bool:
    """Whether a sentence only says who speaks: "I sell cars", "we are a small hotel"."""
    starts = spoken[:1] in (("i",), ("we",))
    return starts and not _WANTING & set(spoken)


def sentences(words: str) -> tuple[str, ...]:
    """Sentences, the names of files left out."""
    bare = _FILE_NAME.sub(" ", words)
    return tuple(one for one in re.split(r"[.!?;\n](?=\s|$)", bare) if one.strip())


def parts(sentence: str) -> tuple[str, ...]:
    """What commas, dashes and brackets part."""
    return tuple(part for part in re.split(r",\s|\s-\s|\(|\)", sentence) if part)


def clauses(words: str) -> tuple[str, ...]:
    """All parts of all sentences."""
    return tuple(part for one in sentences(words) for part in parts(one))


def _asked_in(told: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Words of a sentence's parts; what is given stays so until something is asked for."""
    asking = True
    for spoken in told:
        for word, after in zip(spoken, (*spoken[1:], ""), strict=False):
            leads_on = word in _LEADS_ON and after and after not in _GIVEN
            if word in _GIVEN or word in _LEFT_OUT:
                asking = False
            elif word in _ASKED:
                asking = True
            elif asking and word not in SAYS_NOTHING and not leads_on:
                yield word
