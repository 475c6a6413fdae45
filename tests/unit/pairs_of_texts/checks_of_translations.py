"""What translating promises; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import itertools
import tempfile
from math import exp
from pathlib import Path

import numpy as np
from config import BundleConfig
from metrics import value_of
from pairs_bleu import counted_bleu, cutting_of, streams_of
from pairs_languages import named, prefix_of, tongues_of
from progress import Problem
from retrieving_alignment import joined_links, lexicon
from retrieving_decoder import Weights, translated
from retrieving_language import END, START, learned_language
from retrieving_memory import Copy, Memory
from retrieving_model import load_book
from retrieving_near import Kin
from retrieving_phrases import Way, numbered, spans
from retrieving_training import learned_book, train_book, usable
from sacrebleu.metrics import BLEU, CHRF
from tiny_config import tiny_config

WHO = (("a man", "ein Mann"), ("the child", "das Kind"), ("my sister", "meine Schwester"))
DOES = (("reads", "liest"), ("buys", "kauft"), ("sees", "sieht"))
WHAT = (("a red book", "ein rotes Buch"), ("the letter", "den Brief"), ("two apples", "zwei Äpfel"))
PAIRS = [
    (f"{a[0].capitalize()} {b[0]} {c[0]}.", f"{a[1][:1].upper()}{a[1][1:]} {b[1]} {c[1]}.")
    for a, b, c in itertools.product(WHO, DOES, WHAT)
]


def go_on() -> bool:
    return True


def config_of(seconds: float = 60.0) -> BundleConfig:
    columns = {"source": "en", "target": "de"}
    return tiny_config("translation", "chrf", "higher", columns=columns, budget_seconds=seconds)


def check_chrf_and_bleu_are_those_of_sacrebleu() -> None:
    said = ["the cat sat on the mat", "a dog", "", "no word in common"]
    true = [["the cat is on the mat", "a cat sat on a mat"], ["a dog barks"], ["empty"], ["zzz"]]
    outcome = counted_bleu(said, true)
    for name, metric in (("chrf", CHRF()), ("bleu", BLEU())):
        whole = metric.corpus_score(said, streams_of(true)).score
        assert abs(value_of(name, outcome) - whole) < 1e-9, name


def check_words_without_spaces_are_cut() -> None:
    assert cutting_of([["我们今天去公园玩"], ["他在家里看书"]]) == "zh"
    assert cutting_of([["We go to the park today"]]) == "13a"


def check_words_find_their_translations() -> None:
    known, given = numbered([source.lower().split() for source, _ in PAIRS])
    spoken, said = numbered([target.lower().split() for _, target in PAIRS])
    learned, places = lexicon(given, said, 100, go_on)
    chances = learned.of(np.array([known["reads"]]), np.arange(1, len(spoken) + 1))
    assert list(spoken)[int(chances[:, 0].argmax())] == "liest"
    assert all(len(one) == len(other) for one, other in zip(places, said, strict=True))


def check_links_of_both_ways_are_joined() -> None:
    forward, backward = np.array([0, 1, 1]), np.array([0, 1])
    assert joined_links(forward, backward) == {(0, 0), (1, 1), (1, 2)}


def check_phrases_are_linked_only_with_each_other() -> None:
    found = set(spans({(0, 1), (1, 0)}, 2, 2))
    assert found == {(0, 1, 1, 2), (1, 2, 0, 1), (0, 2, 0, 2)}


def check_chances_of_words_sum_to_one() -> None:
    texts = [["a", "b"], ["a", "c"], ["b", "a", "b"]]
    language = learned_language(texts)
    for before in ((), (START,), ("a",), ("b", "a")):
        words = ["a", "b", "c", END]
        total = sum(exp(language.follows(before, word)) for word in words)
        total += exp(language.follows(before, "never seen"))
        assert abs(total - 1) < 1e-6, (before, total)
    assert language.follows(("a",), "b") > language.follows(("c",), "b")


def check_the_best_of_all_orders_is_found() -> None:
    phrases = {
        ("x",): [Way(("one",), (0.0, 0.0, 0.0, 0.0))],
        ("y",): [Way(("two",), (0.0, 0.0, 0.0, 0.0))],
    }
    language = learned_language([["two", "one"]] * 9)
    kin = Kin(phrases)
    turned = Weights(jump=-0.1)
    assert translated(["x", "y"], phrases, language, turned, kin) == ["two", "one"]
    straight = Weights(jump=-0.1, reorder=0)
    assert translated(["x", "y"], phrases, language, straight, kin) == ["one", "two"]


def check_kin_are_words_with_the_same_beginning() -> None:
    way = [Way(("Hinweis",), (0.0, 0.0, 0.0, 0.0))]
    kin = Kin({("hint",): way, ("sing",): [], ("dirt",): [], ("bike",): []})
    assert kin.ways("hints") == way
    assert kin.ways("single") == []
    assert kin.cut(["dirt-bike", "x-ray"]) == ["dirt", "bike", "x-ray"]


def check_a_sentence_never_seen_is_translated() -> None:
    held, learned = PAIRS[10], [*PAIRS[:10], *PAIRS[11:]]
    book = learned_book(learned, go_on)
    assert book.line(held[0]) == held[1]
    assert book.line("My sister reads Zebu.") == "Meine Schwester liest Zebu."
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder))
        again = load_book(Path(folder), book.settings)
        assert again.write([held[0]]) == [held[1]]


def check_lines_stay_lines_and_nothing_stays_nothing() -> None:
    book = learned_book(PAIRS, go_on)
    said = book.write(["", "  ", "A man reads two apples.\n\nThe child reads.", "x " * 30_000])
    assert said[:2] == ["", ""]
    assert said[2] == "Ein Mann liest zwei Äpfel.\nDas Kind liest."
    assert said[3]


def check_no_time_still_gives_a_translator() -> None:
    learned = train_book(config_of(0.0), PAIRS[:20], PAIRS[20:], 0.0)
    assert learned.book.write(["A man reads."])[0]


def check_pairs_that_are_no_sentences_are_left_out() -> None:
    odd = [("a", "b " * 60), ("c " * 200, "d " * 200), ("", "")]
    kept, unlike = usable([*PAIRS, *odd], 1_000, 0)
    assert len(kept) == len(PAIRS)
    assert unlike == len(odd)
    with contextlib.suppress(Problem):
        usable(odd, 10, 0)
        raise AssertionError("nothing to learn from is a problem")


def check_a_memory_says_what_was_said_of_the_nearest() -> None:
    memory = Memory(PAIRS)
    assert memory.write(["My sister buys the letter"]) == ["Meine Schwester kauft den Brief."]
    assert memory.write(["Quux", ""]) == ["", ""]
    assert Copy().write(["same"]) == ["same"]


def check_languages_are_found_and_told() -> None:
    told = tongues_of(PAIRS * 3)
    assert named(told.target) == "German"
    assert prefix_of("t5", told) == f"translate {named(told.source)} to German: "
    assert prefix_of("t5", None) == "summarize: "
    assert prefix_of("marian", told) == ""
