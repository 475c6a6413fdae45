"""Which data set on Hugging Face or Kaggle the words name as what to learn from."""

import re
from collections.abc import Iterator

_SERVICE = r"(?P<service>hugging[\s_-]?face|hf|the\s+hub|kaggle)"
_ID = r"[\"“'`<]?(?P<id>[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?)[\"”'`>]?"
_WHOLE_ID = r"[\"“'`<]?(?P<id>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})[\"”'`>]?"
_SET = r"(?:data\s?sets?|data|corpus|dataset)"
_NAMED = r"(?:at|under|as|called|named|is|:)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:on|from|at|in)\s+{_SERVICE}(?:['\u2019]s)?(?:\s+(?:hub|{_SET}))?\s*,?\s*{_NAMED}\s+{_ID}",
        rf"\b{_SERVICE}(?:['\u2019]s)?(?:\s+hub)?\s+{_SET}\s+(?:(?:called|named|is)\s+)?{_ID}",
        rf"\b{_SET}\s+(?:(?:called|named|is)\s+)?{_ID}\s*,?\s+(?:on|from|at)\s+{_SERVICE}",
        rf"\bthe\s+{_ID}\s+{_SET}\s+(?:(?:that\s+is\s+)?on|from|at|of)\s+{_SERVICE}",
        rf"{_WHOLE_ID}\s+(?:on|from|at)\s+{_SERVICE}",
    )
)
# “Publish it on Hugging Face under acme/parcels” says where to, and “the data is put there …” not.
_WHERE_TO = re.compile(
    r"\b(?:publish|push|upload|deploy|put|share|release|send|save)\w*\b(?:(?!\bdata|\bcorpus)[^.!?;\n]){0,80}$",
    re.IGNORECASE,
)
# Words that stand where an id would: “the data is on Kaggle as well”, “the whole dataset from …”.
_NO_ID = frozenset(
    (
        *("a", "an", "the", "it", "this", "that", "them", "my", "our", "your", "his", "her"),
        *("is", "are", "was", "be", "on", "in", "at", "from", "to", "of", "for", "with", "and"),
        *("which", "who", "what", "where", "as", "well", "called", "named", "set", "sets", "data"),
        *("dataset", "datasets", "whole", "same", "full", "new", "public", "private", "there"),
        *("available", "hosted", "stored", "uploaded", "published", "located", "found", "i", "we"),
    )
)
_HEARD = 4000  # letters


def spoken_locations(words: str) -> tuple[str, ...]:
    """Locations such as `hf:owner/name` in the order they are said; `hf:name` without an owner."""
    return tuple(dict.fromkeys(_found(words[:_HEARD])))


def _found(words: str) -> Iterator[str]:
    for pattern in _PATTERNS:
        for said in pattern.finditer(words):
            name = said["id"].rstrip(".-_")
            is_target = _WHERE_TO.search(words[: said.start()]) is not None
            if name.lower() not in _NO_ID and not name.isdigit() and not is_target:
                yield f"{'kaggle' if said['service'].lower() == 'kaggle' else 'hf'}:{name}"
