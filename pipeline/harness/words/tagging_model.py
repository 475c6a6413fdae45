"""A trained tagger with all it needs for a text: how to cut it, and who says the spans."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import Json
from serving import Objects
from tables import Table
from tagging_cutting import Cutter, Place, cutter_from
from tagging_schemes import Span
from tagging_sentences import as_words, in_characters, places_of
from tagging_taggers import Lookup, Tagger, Weighed, in_pieces

TEXT = "text"
WORDS = "words"  # the column of texts that somebody has cut already

Loader = Callable[[Path, Mapping[str, Json]], Tagger]


@dataclass(frozen=True, slots=True)
class TaggingModel:
    """`listed` is the name that the column of words had in training."""

    tagger: Tagger
    cutter: Cutter
    listed: str
    columns: tuple[str, ...] = (TEXT,)
    inputs: tuple[str, ...] = (TEXT,)
    reads_text: bool = True

    def predict(self, rows: Table) -> Objects:
        """The entities of each text; of one without words there are none."""
        if WORDS in rows.names:
            lists = [as_words(cell) or [] for cell in rows.column(WORDS)]
            texts = [" ".join(words) for words in lists]
            places = [[p for p in places_of(words) if p[0] < p[1]] for words in lists]
        else:
            texts = [cell or "" for cell in rows.column(TEXT)]
            places = [self.cutter.places(text) for text in texts]
        cut = [[text[a:b] for a, b in found] for text, found in zip(texts, places, strict=True)]
        spans = in_pieces(self.tagger, cut)
        together = zip(texts, places, spans, strict=True)
        return Objects([_entities(text, found, said) for text, found, said in together])

    def save(self, folder: Path) -> None:
        """Write a model folder."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {"listed": self.listed, "cutter": self.cutter.told, **self.tagger.save(folder)}
        (folder / "model.json").write_text(json.dumps(told, indent=1), "ascii")


def load_model(folder: Path, deep: Loader) -> TaggingModel:
    """Read a model folder; `deep` reads a network, which not every machine can."""
    told: Mapping[str, Json] = json.loads((folder / "model.json").read_text("ascii"))
    loaders: Mapping[str, Loader] = {"lookup": Lookup.load, "weighed": Weighed.load, "deep": deep}
    cutter = told["cutter"]
    return TaggingModel(
        tagger=loaders[str(told["kind"])](folder, told),
        cutter=cutter_from(cutter if isinstance(cutter, dict) else {}),
        listed=str(told["listed"]),
    )


def _entities(text: str, places: list[Place], spans: list[Span]) -> dict[str, Json]:
    entities: list[Json] = [marked(one) for one in in_characters(spans, places)]
    return {"text": text, "entities": entities}


def marked(span: Span) -> dict[str, Json]:
    """A span as it is written down."""
    return {"start": span.start, "end": span.end, "label": span.label}


def unmarked(told: Json) -> list[Span]:
    """Spans that were written down."""
    found = told if isinstance(told, list) else []
    return [
        Span(int(str(one["start"])), int(str(one["end"])), str(one["label"]))
        for one in found
        if isinstance(one, dict)
    ]
