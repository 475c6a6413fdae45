"""What counting promises; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import random
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
from metrics import value_of
from texts_alike import same_text
from writing_codes import Alphabet, alphabet_of, stream_of
from writing_contexts import contexts_of, letters_of, seen_before
from writing_copies import copied_run, held_twice, told_of_copies
from writing_counting import count, load_counts, save_counts, taught
from writing_form import belong_together
from writing_mixture import CountWriter
from writing_model import TextWriter, rounded
from writing_pieces import beginning_of, blocks, cut, in_turn
from writing_sampling import Page
from writing_training import some_of

WORDS = ("rain", "river", "boat", "mill", "stone", "night", "wind", "bread", "lamp", "goose")


def tales(count: int, seed: int = 0) -> list[str]:
    draw = random.Random(seed)  # noqa: S311 - made-up texts
    lines = []
    for _ in range(count):
        one, other = draw.choice(WORDS), draw.choice(WORDS)
        lines.append(f"The {one} took the {other}, and the {other} took the {one}.")
    return lines


@cache
def trained(*, ends: bool) -> CountWriter:
    alphabet = alphabet_of(tales(60))
    return taught(count(tales(300), ends=ends, alphabet=alphabet), tales(60, seed=1))


def walked(model: CountWriter, text: str) -> float:
    """What a text costs when each next character is foretold among all of them."""
    page, nats = Page(model, [""], len(text) + 1), 0.0
    codes = [*model.alphabet.encode(text), *([1] if model.ends else [])]
    for code in codes:
        chances = page.next_chances(np.array([0]))
        assert abs(chances.sum() - 1) < 1e-9
        nats -= float(np.log(chances[0, code]))
        page.add(np.array([0]), np.array([code]))
    return nats


def check_chances_sum_to_one_and_nats_are_those_of_each_next_character() -> None:
    for ends in (True, False):
        model = trained(ends=ends)
        text = "The goose took the lamp, and the lamp waited."
        assert abs(walked(model, text) - model.measure([text]).nats[0]) < 1e-6


def check_baselines_of_every_order_are_exact_too() -> None:
    for order in (0, 1, 4):
        model = count(tales(50), ends=True, order=order, words=False)
        text = "The river took the mill."
        assert abs(walked(model, text) - model.measure([text]).nats[0]) < 1e-6


def check_an_unknown_character_costs_as_much_as_all_of_unicode() -> None:
    model = count(tales(50), ends=False, order=0, words=False)
    known, unknown = (float(model.measure([text]).nats[0]) for text in ("z", "\u6f22"))
    assert unknown == known
    assert unknown > np.log(1_000_000)


def check_learning_beats_counts_of_five() -> None:
    unseen = tales(80, seed=2)
    five = count(tales(360), ends=True, order=4, words=False).measure(unseen)
    model = trained(ends=True).measure(unseen)
    assert model.nats_per_char < five.nats_per_char
    assert np.array_equal(model.tokens, model.characters + 1)


def check_perplexity_is_e_to_the_nats_of_a_token() -> None:
    measured = trained(ends=True).measure(tales(20, seed=3))
    outcome = measured.outcome()
    nats = value_of("nats_per_char", outcome) * measured.characters.sum()
    assert np.isclose(value_of("perplexity", outcome), np.exp(nats / measured.tokens.sum()))


def check_a_very_long_text_is_measured_in_spans() -> None:
    long = "\n".join(tales(1_500, seed=4))
    measured = trained(ends=False).measure([long, "The mill."])
    assert measured.tokens.tolist() == [len(long), 9]
    assert np.isfinite(measured.nats).all()


def check_what_was_just_said_is_counted_within_its_text_alone() -> None:
    alphabet = Alphabet("ab")
    stream = stream_of(alphabet, ["abab", "ab"], ends=False)
    contexts = contexts_of(stream, letters_of(alphabet))
    code, total, kinds = (one[stream.real] for one in seen_before(stream, contexts.orders[1]))
    assert code.tolist() == [0, 0, 0, 1, 0, 0]
    assert total.tolist() == [0, 0, 0, 1, 0, 0]
    assert kinds.tolist() == [0, 0, 0, 1, 0, 0]


def check_a_model_comes_back_from_its_folder() -> None:
    model = trained(ends=True)
    with tempfile.TemporaryDirectory() as folder:
        told = save_counts(model, Path(folder))
        again = load_counts(Path(folder), ends=True, order=told["order"], names=told["counted"])
    text = tales(5, seed=5)
    assert np.array_equal(model.measure(text).nats, again.measure(text).nats)


def check_the_same_beginning_goes_on_the_same_way_in_any_company() -> None:
    writer = TextWriter(("text",), "text", ends=True, writer=trained(ends=True), seed=7)
    alone = writer.write_on(["The goose"])
    among = writer.write_on(["", "The", "The goose", "The wind took"])
    assert alone[0] == among[2]
    assert writer.write_on(["", "The goose"])[0] == among[0]
    assert all(among)
    assert all(text.endswith(".") for text in among)


def check_characters_never_seen_can_begin_a_text() -> None:
    writer = TextWriter(("text",), "text", ends=False, writer=trained(ends=False), longest=40)
    said = writer.write_on(["\u6f22\u5b57 \U0001f600", "x" * 5_000])
    assert all(0 < len(text) <= 40 for text in said)


def check_many_scripts_are_told_apart() -> None:
    texts = ["\u6f22\u5b57\u304b\u306a", "caf\u00e9 \U0001f600", "plain"] * 20
    model = taught(count(texts, ends=True), texts)
    assert model.measure(["\u6f22\u5b57\u304b\u306a"]).nats_per_char < 1.5


def check_writing_is_cut_back_to_the_end_of_a_sentence() -> None:
    assert rounded("It rained all day. Then it", 26) == "It rained all day."
    assert rounded("No. Then it went on and on", 26) == "No. Then it went on and on"
    assert rounded("short", 26) == "short"


def check_blocks_are_whole_lines_and_together_the_text() -> None:
    text = "".join(f"{line}\n" for line in tales(200))
    found = list(blocks(text, 300))
    assert "".join(found) == text
    assert all(block.endswith("\n") for block in found)
    one_line = "word " * 5_000
    assert "".join(blocks(one_line, 300)) == one_line
    assert max(map(len, blocks(one_line, 300))) < 1_000
    assert list(cut("x" * 45, 20)) == ["x" * 20, "x" * 20, "x" * 5]


def check_the_end_of_a_text_is_held_out() -> None:
    pieces = [f"{at:03d}" for at in range(100)]
    parts = in_turn(pieces, {"validation": 0.1, "test": 0.2})
    assert parts["train"] + parts["validation"] + parts["test"] == pieces
    assert [len(parts[name]) for name in ("validation", "test")] == [10, 20]


def check_a_beginning_ends_with_a_word() -> None:
    for text in [*tales(10), "a", "", "oneword", "x" * 900]:
        begun = beginning_of(text)
        assert text.startswith(begun)
        assert len(begun) <= 200
    assert beginning_of("The river took the mill.") == "The river"
    assert same_text(" The  RIVER\n") == "the river"


def check_few_of_many_texts_are_spread_over_all() -> None:
    texts = [str(at) * 10 for at in range(1, 10)] * 20
    kept = some_of(texts, 300)
    assert 250 <= sum(map(len, kept)) <= 310
    assert len(set(kept)) > 3
    assert some_of(["x" * 50], 10) == ["x" * 50]


def check_copies_are_found_and_told() -> None:
    learned = ["It was a dark and stormy night, and the rain fell in torrents on the roofs of all."]
    assert copied_run("so dark and stormy nights", learned) == len(" dark and stormy night")
    assert copied_run("", learned) == 0
    assert told_of_copies([20, 79]) == []
    assert "1 of 2 written texts" in told_of_copies([20, 90])[0]
    assert "1 of 1 long held-out lines" in held_twice(learned, learned)[0]
    assert held_twice(["Something quite different was written in this long line."], learned) == []


def check_a_deadline_ends_the_learning_of_the_gate() -> None:
    started = time.monotonic()
    model = taught(count(tales(100), ends=True), tales(60, seed=1), deadline=started)
    assert model.gate is not None
    assert np.isfinite(model.measure(tales(5)).nats).all()


def check_lines_that_go_on_are_told_from_lists() -> None:
    draw = random.Random(0)  # noqa: S311 - made-up texts
    parts = ("ka", "lo", "mi", "ren", "tor", "bel", "an", "du")
    words = [f"{one}{other}{third}" for one in WORDS for other in parts for third in parts]
    story = []
    for at in range(600):  # what it is about changes slowly
        about = words[at // 10 * 4 : at // 10 * 4 + 4]
        story.append(f"Then {draw.choice(about)} met {draw.choice(words)}.")
    listed = [f"{draw.choice(words)} met {draw.choice(words)}" for _ in range(600)]
    broken = [line for text in tales(300) for line in (text[:20], text[20:].lstrip().lower())]
    assert belong_together(story)
    assert belong_together(broken)
    assert not belong_together(listed)
    assert not belong_together(sorted(story))
