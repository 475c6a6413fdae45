"""Tags as people write them (IOB1, IOB2, BIOES, BILOU, plain, numbers) into spans, and BIO2."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

OUTSIDE = "O"
NAMELESS = "entity"  # the label of tags that are B and I alone
_OUTSIDE = frozenset(("o", "other", "outside", "none", "null", "out", "_", "-", ""))
_BEFORE = re.compile(r"([BIOESLUMW])[-_:](.+)", re.IGNORECASE)
_BEHIND = re.compile(r"(.+)[-_:]([BIOESLUMW])")
_ALONE = re.compile(r"[BIESLUMW]", re.IGNORECASE)
_SAME = {"L": "E", "U": "S", "M": "I", "W": "S"}  # BILOU and BMEWO name the ends otherwise
_NEARLY = 0.99
_MOSTLY = 0.5  # of all words: so many are in no span

Kind = Literal["before", "behind", "alone", "numbers", "runs", "each"]
Part: TypeAlias = tuple[str, str]  # B, I, E, S or O, and the label


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled run: words, or characters, from `start` up to `end`."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """How tags are to be read; `outside` are those of words in no span.

    Where every word has a tag of its own ("each"), as parts of speech, each word is a span.
    """

    kind: Kind
    outside: frozenset[str]

    @property
    def title(self) -> str:
        """The scheme in words."""
        return _TITLES[self.kind]

    def spans(self, tags: Sequence[str]) -> list[Span]:
        """The spans of one sentence, found as seqeval finds them by default."""
        return spans_of([self._part(tag.strip()) for tag in tags])

    def _part(self, tag: str) -> Part:
        if tag.casefold() in self.outside:
            return OUTSIDE, ""
        match self.kind:
            case "before":
                return _prefixed(_BEFORE.fullmatch(tag), tag)
            case "behind":
                found = _BEHIND.fullmatch(tag)
                return (_bare(found[2]), found[1]) if found else ("I", tag)
            case "alone":
                return _bare(tag), NAMELESS
            case "numbers":
                number = int(tag)
                return "IB"[number % 2], str(number - 1 + number % 2)
            case "runs" | "each":
                return "I" if self.kind == "runs" else "S", tag


_TITLES: dict[Kind, str] = {
    "before": "tags that say where a span begins (B-, I-)",
    "behind": "tags that say behind the label where a span begins",
    "alone": "tags that say where a span begins, without a label",
    "numbers": "numbered tags: odd ones begin a span, even ones go on with it",
    "runs": "plain tags: words of the same tag in a row are one span",
    "each": "a tag for every word",
}


def scheme_of(sentences: Iterable[Sequence[str]]) -> Scheme:
    """The scheme that the tags of all sentences are written in."""
    told = [[tag.strip() for tag in tags] for tags in sentences]
    counts = Counter(tag for tags in told for tag in tags)
    outside = frozenset(tag.casefold() for tag in counts if tag.casefold() in _OUTSIDE)
    inside = Counter({tag: n for tag, n in counts.items() if tag.casefold() not in outside})
    if not inside:
        return Scheme("each", outside)
    if not outside and all(tag.isdecimal() for tag in inside):
        return _numbered(told, inside)
    for kind, pattern in (("before", _BEFORE), ("behind", _BEHIND), ("alone", _ALONE)):
        fitting = sum(n for tag, n in inside.items() if pattern.fullmatch(tag))
        if fitting >= _NEARLY * inside.total() and (outside or _has_both(inside, kind)):
            return Scheme(kind, outside)  # type: ignore[arg-type] # one of three written here
    if outside and inside.total() <= _MOSTLY * counts.total():
        return Scheme("runs", outside)
    return Scheme("each", frozenset())


def spans_of(parts: Sequence[Part]) -> list[Span]:
    """Spans of one sentence; one that goes on without a beginning begins where it goes on."""
    spans: list[Span] = []
    begun = -1
    before, label = OUTSIDE, ""
    for at, (part, name) in enumerate((*parts, (OUTSIDE, ""))):
        if begun >= 0 and _ends(before, part, same=name == label):
            spans.append(Span(begun, at, label))
            begun = -1
        if part != OUTSIDE and begun < 0:
            begun = at
        before, label = part, name
    return spans


def bio2(spans: Iterable[Span], words: int) -> list[str]:
    """The tags of so many words, each span with its own beginning."""
    tags = [OUTSIDE] * words
    for span in spans:
        tags[span.start] = f"B-{span.label}"
        for at in range(span.start + 1, span.end):
            tags[at] = f"I-{span.label}"
    return tags


def spans_in(tags: Sequence[str]) -> list[Span]:
    """The spans of tags that bio2 wrote, or a model that speaks so."""
    return spans_of([(tag[0], tag[2:]) for tag in tags])


def _ends(before: str, part: str, *, same: bool) -> bool:
    """Whether a span ends between two words that say these parts."""
    return before in "ES" or part in "BSO" or not same


def _prefixed(found: re.Match[str] | None, tag: str) -> Part:
    if found is None:
        return (_bare(tag), NAMELESS) if _ALONE.fullmatch(tag) else ("I", tag)
    return _bare(found[1]), found[2]


def _bare(prefix: str) -> str:
    upper = prefix.upper()
    return _SAME.get(upper, upper)


def _has_both(inside: Counter[str], kind: str) -> bool:
    """Without a word outside, tags only look like those of spans unless some begin and some go on.

    "E-mail" and "I-beam" may be anything.
    """
    if kind != "before":
        return False
    starts = {tag[0].upper() for tag in inside}
    return {"B", "I"} <= starts


def _numbered(told: Sequence[Sequence[str]], counts: Counter[str]) -> Scheme:
    """Numbers of tags: 0 is mostly outside, and often 1, 2, 3, 4 are B, I, B, I."""
    if counts["0"] <= _MOSTLY * counts.total():
        return Scheme("each", frozenset())
    fitting = even = 0
    for tags in told:
        for before, tag in zip(["0", *tags], tags, strict=False):
            if int(tag) and not int(tag) % 2:
                even += 1
                fitting += int(before) in (int(tag) - 1, int(tag))
    kind: Kind = "numbers" if even and fitting >= _NEARLY * even else "runs"
    return Scheme(kind, frozenset(("0",)))
