"""Translates by phrases that were seen in translated texts, put together as the language goes.

A folder holds model.json (weights of the search), phrases.json (each phrase with the ways to say
it), language.json (how words follow each other) and forms.json (how words are written inside a
sentence).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pairs_model import Facts
from pairs_tokens import GLUE, bare, joined, pieces, tokens_of
from retrieving_decoder import Weights, translated
from retrieving_language import Language
from retrieving_near import Kin
from retrieving_phrases import Phrases, Way

LONGEST = 40  # tokens that are translated in one go
LONGEST_TEXT = 20_000  # characters of a text that are translated
BLANK = "\t"  # between the words of a run: no token holds it


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """What is known of two languages, and how the search weighs it."""

    phrases: Phrases
    language: Language
    forms: Mapping[str, str]
    weights: Weights
    kin: Kin

    def write(self, texts: Sequence[str]) -> list[str]:
        """A translation of each text, line by line."""
        return [self._text(text[:LONGEST_TEXT]) for text in texts]

    def _text(self, text: str) -> str:
        return "\n".join(self.line(line) for line in text.splitlines() if line.strip())

    def line(self, line: str) -> str:
        """The translation of one line; it begins with a capital where the source does."""
        own = tokens_of(line)
        said: list[str] = []
        for piece in pieces(own, LONGEST):
            spelt = {read(token): token for token in piece}
            words = self.kin.cut(read(token) for token in piece)
            found = translated(words, self.phrases, self.language, self.weights, self.kin)
            said += [self._copied(word, spelt) for word in found]
        text = joined(said)
        return text[:1].upper() + text[1:] if own and _is_capital(own[0]) else text

    def _copied(self, word: str, spelt: Mapping[str, str]) -> str:
        """A word that was taken over unknown is written as in the source."""
        return spelt[word] if word in spelt and word not in self.forms else word

    @property
    def settings(self) -> Facts:
        """What model.json says of it."""
        return dict(asdict(self.weights))

    def save(self, folder: Path) -> None:
        """Write what model.json does not hold."""
        folder.mkdir(parents=True, exist_ok=True)
        phrases = {
            BLANK.join(one): [[BLANK.join(way.words), *_short(way.scores)] for way in ways]
            for one, ways in self.phrases.items()
        }
        language = {
            "order": self.language.order,
            "unknown": self.language.unknown,
            "chances": _runs(self.language.chances),
            "rest": _runs(self.language.rest),
        }
        for name, told in (
            ("phrases", phrases),
            ("language", language),
            ("forms", dict(self.forms)),
        ):
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            (folder / f"{name}.json").write_text(text, "utf-8")


def load_book(folder: Path, settings: Facts) -> PhraseBook:
    """Read what `save` wrote."""
    phrases, language, forms = (
        json.loads((folder / f"{name}.json").read_text("utf-8"))
        for name in ("phrases", "language", "forms")
    )
    table = {
        tuple(one.split(BLANK)): [
            Way(tuple(words.split(BLANK)), (a, b, c, d)) for words, a, b, c, d in ways
        ]
        for one, ways in phrases.items()
    }
    spoken = Language(
        {tuple(one.split(BLANK)): value for one, value in language["chances"].items()},
        {tuple(one.split(BLANK)): value for one, value in language["rest"].items()},
        language["unknown"],
        language["order"],
    )
    weights = Weights(**settings)  # type: ignore[arg-type] # its own
    return PhraseBook(table, spoken, forms, weights, Kin(table))


def read(token: str) -> str:
    """A source token as phrases know it."""
    return bare(token)


def usual_forms(texts: Iterable[Sequence[str]]) -> dict[str, str]:
    """How each word is mostly written inside a sentence, by its lower case."""
    counts = Counter(token for text in texts for token in text[1:])
    forms: dict[str, str] = {}
    for token, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        forms.setdefault(token.lower(), token)
    return forms


def inside(tokens: Sequence[str], forms: Mapping[str, str]) -> list[str]:
    """A sentence whose first word is written as it would be further inside."""
    return [forms.get(tokens[0].lower(), tokens[0]), *tokens[1:]] if tokens else []


def _is_capital(token: str) -> bool:
    return token.removeprefix(GLUE)[:1].isupper()


def _short(scores: Iterable[float]) -> list[float]:
    return [round(score, 4) for score in scores]


def _runs(table: Mapping[tuple[str, ...], float]) -> dict[str, float]:
    return {BLANK.join(run): round(value, 4) for run, value in table.items()}
