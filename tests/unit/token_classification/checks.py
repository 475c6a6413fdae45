"""What schemes of tags, chains and taggers promise; runs inside the training environment.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import itertools
import random
import tempfile
import time
from pathlib import Path

import numpy as np
from config import BundleConfig
from metrics import value_of
from tables import Table
from tagging_chain import Moves, expected, legal_moves, likeliest, packed
from tagging_cutting import learned_cutter
from tagging_learning import Slopes, lesson_of
from tagging_model import TaggingModel, load_model, unmarked
from tagging_schemes import Span, bio2, scheme_of, spans_in, spans_of
from tagging_scores import Answered
from tagging_sentences import LONGEST, Sentence, read, shortened
from tagging_single import single_words
from tagging_taggers import Lookup, in_pieces
from tagging_terms import learned
from tagging_training import trained_tagger
from tiny_config import tiny_config

TAGS = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


def seqeval(tags: list[str]) -> set[tuple[str, int, int]]:
    """The spans that seqeval 1.2.2 finds by default, as its documentation defines them."""
    found, begun, before, kind = [], 0, "O", ""
    for at, tag in enumerate([*tags, "O"]):
        now, label = tag[0], tag.partition("-")[2]
        if before in "ES" or (before in "BI" and now in "BSO") or (before != "O" and kind != label):
            found += [(kind, begun, at)] if before != "O" else []
        fresh = now in "BS" or (before in "ESO" and now in "EI") or (now != "O" and kind != label)
        begun, before, kind = (at if fresh else begun), now, label
    return set(found)


def check_spans_are_those_that_seqeval_finds() -> None:
    draw = random.Random(4)  # noqa: S311 - made-up tags
    pieces = ["O", *(f"{part}-{label}" for part in "BIES" for label in ("X", "Y"))]
    for _ in range(3_000):
        tags = [draw.choice(pieces) for _ in range(draw.randint(1, 9))]
        mine = spans_of([(tag[0], tag[2:]) for tag in tags])
        assert {(one.label, one.start, one.end) for one in mine} == seqeval(tags), tags


def check_every_way_of_writing_tags_says_the_same() -> None:
    true = [Span(0, 2, "PER"), Span(3, 4, "LOC"), Span(4, 6, "LOC")]
    ways = {
        "IOB2": ["B-PER", "I-PER", "O", "B-LOC", "B-LOC", "I-LOC", "O"],
        "IOB1": ["I-PER", "I-PER", "O", "I-LOC", "B-LOC", "I-LOC", "O"],
        "BIOES": ["B-PER", "E-PER", "O", "S-LOC", "B-LOC", "E-LOC", "O"],
        "BILOU": ["B-PER", "L-PER", "O", "U-LOC", "B-LOC", "L-LOC", "O"],
        "BMEWO": ["B-PER", "E-PER", "O", "W-LOC", "B-LOC", "E-LOC", "O"],
        "behind": ["PER-B", "PER-I", "O", "LOC-B", "LOC-B", "LOC-I", "O"],
        "small": ["b-PER", "i-PER", "o", "b-LOC", "b-LOC", "i-LOC", "o"],
    }
    for name, tags in ways.items():
        assert scheme_of([tags]).spans(tags) == true, name
        assert spans_in(bio2(true, len(tags))) == true


def check_plain_tags_are_runs_numbers_are_pairs_and_parts_of_speech_are_each() -> None:
    plain = ["PER", "PER", "O", "O", "O", "LOC", "O"]
    assert scheme_of([plain]).spans(plain) == [Span(0, 2, "PER"), Span(5, 6, "LOC")]
    numbers = ["0", "1", "2", "0", "0", "3", "0", "0"]
    assert scheme_of([numbers]).spans(numbers) == [Span(1, 3, "1"), Span(5, 6, "3")]
    speech = ["DET", "NOUN", "NOUN", "VERB"]
    assert [one.label for one in scheme_of([speech]).spans(speech)] == speech
    bare = ["B", "I", "O", "B"]
    assert scheme_of([bare]).spans(bare) == [Span(0, 2, "entity"), Span(3, 4, "entity")]


def check_a_word_with_spaces_is_several_and_an_empty_one_is_none() -> None:
    tags = ["B-LOC", "I-LOC", "O"]
    found = read(["New York", "", "now"], tags, scheme_of([tags]))
    assert found == Sentence(("New", "York", "now"), (Span(0, 2, "LOC"),))
    assert [found.text[one.start : one.end] for one in found.marked] == ["New York"]


def check_a_long_sentence_is_cut_outside_of_its_spans() -> None:
    words = tuple(f"w{at}" for at in range(LONGEST * 3))
    whole = Sentence(words, (Span(LONGEST - 2, LONGEST + 3, "X"),))
    pieces = shortened(whole)
    assert all(len(piece.words) <= LONGEST for piece in pieces)
    assert sum((piece.words for piece in pieces), ()) == words
    assert sorted(len(piece.spans) for piece in pieces)[-2:] == [0, 1]


def small_chain() -> tuple[np.ndarray, Moves]:
    draw = np.random.default_rng(1)
    legal, opens = legal_moves(TAGS)
    between, first, last = draw.normal(size=(5, 5)), draw.normal(size=5), draw.normal(size=5)
    return draw.normal(size=(9, 5)).astype(np.float32), Moves(between, first, last, legal, opens)


def rows_of_tags(length: int, moves: Moves) -> list[tuple[int, ...]]:
    every = itertools.product(range(5), repeat=length)
    return [
        row
        for row in every
        if moves.opens[row[0]] and all(moves.legal[a, b] for a, b in itertools.pairwise(row))
    ]


def weight(row: tuple[int, ...], scores: np.ndarray, moves: Moves) -> float:
    moved = sum(moves.between[a, b] for a, b in itertools.pairwise(row))
    own = sum(scores[at, tag] for at, tag in enumerate(row))
    return float(own + moved + moves.first[row[0]] + moves.last[row[-1]])


def check_the_chain_is_what_counting_every_row_of_tags_gives() -> None:
    scores, moves = small_chain()
    lengths = [3, 4, 2]
    packing = packed(lengths)
    found = expected(scores[packing.order], moves, packing)
    said = np.empty(9, dtype=int)
    said[packing.order] = likeliest(scores[packing.order], moves, packing)
    log_sum, pairs, begin = 0.0, np.zeros((5, 5)), 0
    for length in lengths:
        mine = scores[begin : begin + length]
        rows = rows_of_tags(length, moves)
        weights = np.exp([weight(row, mine, moves) for row in rows])
        log_sum += float(np.log(weights.sum()))
        for row, share in zip(rows, weights / weights.sum(), strict=True):
            for a, b in itertools.pairwise(row):
                pairs[a, b] += share
        assert tuple(said[begin : begin + length]) == rows[int(weights.argmax())]
        begin += length
    assert np.isclose(found.log_sum, log_sum, rtol=1e-5)
    assert np.allclose(found.moves, pairs, atol=1e-4)


def check_the_slopes_are_those_of_the_loss() -> None:
    words = [["Ada", "went", "to", "Rome", "."], ["She", "left"]]
    said = [["B-PER", "O", "O", "B-LOC", "O"], ["O", "O"]]
    lesson = lesson_of(learned(words, 1, 10_000), words, said, TAGS)
    slopes = Slopes(lesson, 0.5)
    draw = np.random.default_rng(2)
    row = draw.normal(size=slopes.size) * 0.3
    _, exact = slopes(row)
    for _ in range(5):
        way = draw.normal(size=slopes.size)
        near = (slopes(row + 1e-2 * way)[0] - slopes(row - 1e-2 * way)[0]) / 2e-2
        assert np.isclose(near, exact @ way, rtol=1e-2, atol=1e-2)


def made_up(count: int, seed: int) -> list[Sentence]:
    """Names that are never the same, known by what stands around them."""
    draw = random.Random(seed)  # noqa: S311 - made-up names
    sentences = []
    for _ in range(count):
        name = "".join(draw.choices("abcdefghij", k=6)).title()
        place = "".join(draw.choices("klmnopqrst", k=6)).title()
        if draw.random() < 0.5:
            words = ("Yesterday", name, "flew", "to", place, ".")
            spans = (Span(1, 2, "PER"), Span(4, 5, "LOC"))
        else:
            words = ("Please", "ask", "Mr", name, "about", "Monday", ".")
            spans = (Span(2, 4, "PER"),)
        sentences.append(Sentence(words, spans))
    return sentences


def config_of(seconds: float = 30.0, **settings: object) -> BundleConfig:
    return tiny_config(
        "token_classification",
        "span_f1",
        "higher",
        columns={"tokens": "tokens", "tags": "tags"},
        budget_seconds=seconds,
        hyperparameters={"rounds": 25, **settings},
    )


def f1_of(model: TaggingModel, sentences: list[Sentence]) -> float:
    told = model.predict(Table(("text",), [(one.text,) for one in sentences])).objects
    said = [frozenset(unmarked(one["entities"])) for one in told]
    return value_of("span_f1", Answered(sentences, said).outcome)


def check_unknown_names_are_found_by_their_neighbours() -> None:
    known, unseen = made_up(80, 1), made_up(40, 2)
    tagger, chosen = trained_tagger(known, config_of(), started=time.monotonic())
    cutter = learned_cutter(one.words for one in known)
    model = TaggingModel(tagger, cutter, "tokens")
    assert chosen.value > 0.9
    assert f1_of(model, unseen) > 0.9
    assert f1_of(TaggingModel(Lookup({}), cutter, "tokens"), unseen) == 0
    assert f1_of(TaggingModel(single_words(known, 0), cutter, "tokens"), unseen) < 0.95
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        again = load_model(Path(folder), lambda *_: tagger)
        rows = Table(("text",), [(one.text,) for one in unseen])
        assert again.predict(rows).objects == model.predict(rows).objects


def check_the_same_seed_learns_the_same() -> None:
    one, other = (
        trained_tagger(made_up(40, 1), config_of(), started=time.monotonic())[0] for _ in range(2)
    )
    pairs = zip(one.weights.terms, other.weights.terms, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def check_a_time_that_is_over_still_gives_a_tagger() -> None:
    tagger, _ = trained_tagger(made_up(40, 1), config_of(1.0), started=time.monotonic() - 5)
    assert len(in_pieces(tagger, [["Yesterday", "Ada", "flew"], []])) == 2


def check_words_of_one_tag_alone_can_be_learned() -> None:
    every = [Sentence(("a", "b"), (Span(0, 1, "N"), Span(1, 2, "N")))] * 12
    tagger, _ = trained_tagger(every, config_of(5.0), started=time.monotonic())
    assert tagger.spans([["c"]]) == [[Span(0, 1, "N")]]


def check_endless_texts_and_words_are_read_too() -> None:
    tagger, _ = trained_tagger(made_up(40, 1), config_of(), started=time.monotonic())
    model = TaggingModel(tagger, learned_cutter([]), "tokens")
    texts = ["x" * 1_000_000, "Yesterday Adabcd flew to Klmnop . " * 3_000, "", "   ", "\u200b\n"]
    told = model.predict(Table(("text",), [(text,) for text in texts])).objects
    assert [one["text"] for one in told] == texts
    assert len(told[1]["entities"]) > 3_000
    assert told[2]["entities"] == told[3]["entities"] == []
