"""What summing up promises; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import json
import tempfile
from pathlib import Path

from config import BundleConfig
from extracting_choice import chosen, cut_short
from extracting_model import load_extractor
from extracting_plain import Central, Lead, Start
from extracting_training import train_extractor
from extracting_units import cut, sentences, told
from metrics import value_of
from pairs_reading import cell_of, merged, pairs_of, references_of, text_of, truth_of
from pairs_rouge import common_run, counted_rouge, rouges
from pairs_tokens import joined, pieces, tokens_of, words_of
from tables import Table
from tiny_config import tiny_config

TALK = (
    "Ana: Hello Ben. The lift is stuck again.\nBen: Oh no. I will call the engineer at once.\n"
    "Ana: Thank you."
)


def config_of(seed: int = 0) -> BundleConfig:
    columns = {"source": "talk", "target": "summary"}
    return tiny_config(
        "summarization", "rouge1", "higher", columns=columns, seed=seed, budget_seconds=30
    )


def notes(count: int = 60) -> Table:
    """Talks of five sentences; the summary keeps the words of the one that says what is broken."""
    things = ("lift", "printer", "window", "heating", "gate")
    rows = []
    for at in range(count):
        thing = things[at % len(things)]
        lines = [f"Good morning, number {at} here.", "It is a fine day today, is it not?"]
        lines.insert(at % 3, f"I report that the {thing} in room {at} is broken since noon.")
        lines.append("Thank you and see you soon, my friend.")
        rows.append((" ".join(lines), f"The {thing} in room {at} is broken."))
    return Table(("talk", "summary"), rows)


def check_rouge_is_that_of_rouge_score() -> None:
    # Counted by rouge-score 0.1.2, without stemming.
    known = {
        (
            "#Person1#: The lift's broken, again; it won't move_on 24 7.",
            "#Person1# says that the lift is broken and does not move on again.",
        ): (0.5384615384615384, 0.16666666666666666, 0.46153846153846156),
        ("b a c a b d", "a b c d a"): (0.9090909090909091, 0.2222222222222222, 0.5454545454545454),
        ("one two two two", "two two one"): (0.8571428571428571, 0.4, 0.5714285714285715),
        ("", "a"): (0.0, 0.0, 0.0),
    }
    for (said, true), values in known.items():
        assert all(abs(a - b) < 1e-12 for a, b in zip(rouges(said, [true]), values, strict=True))


def check_the_common_run_is_the_longest() -> None:
    def plainly(one: str, other: str) -> int:
        row = [0] * (len(other) + 1)
        for a in one:
            before = row[:]
            for at, b in enumerate(other):
                row[at + 1] = before[at] + 1 if a == b else max(before[at + 1], row[at])
        return row[-1]

    for one, other in (("abcbdab", "bdcaba"), ("", "a"), ("aaaa", "aa"), ("xyz", "abc")):
        assert common_run(list(one), list(other)) == plainly(one, other), (one, other)


def check_all_references_count() -> None:
    outcome = counted_rouge(["a b", "c"], [["a b", "x y"], ["c"]])
    assert value_of("rouge1", outcome) == (0.5 + 1.0) / 2


def check_words_of_any_script_are_counted() -> None:
    assert rouges("Привет, мир", ["привет мир"])[0] == 1.0
    assert words_of("我们去。") == ["我", "们", "去"]


def check_tokens_come_back_as_the_text() -> None:
    for text in ("He's “here”, at 3:30 (really)!", "#Person1#: I ' m fine.", "我们去, ok?"):
        assert joined(tokens_of(text)) == text
    parts = pieces(tokens_of("One two three. Four five six seven."), 5)
    assert [joined(part) for part in parts] == ["One two three.", "Four five six seven."]


def check_a_list_of_turns_is_a_talk() -> None:
    turns = [{"speaker": "Ana", "text": "Hello\nthere."}, {"role": "bot", "content": "Yes."}]
    assert text_of(json.dumps(turns)) == "Ana: Hello there.\nbot: Yes."
    assert text_of(json.dumps([["Ana: hi", "Ben: ho"]])) == "Ana: hi\nBen: ho"
    assert text_of("[sic] no list") == "[sic] no list"
    assert text_of("{}") == "{}"
    assert text_of(None) == ""


def check_references_survive_being_written() -> None:
    for known in (["one"], ["one", "two"], ['["looks like a list"]']):
        assert references_of(cell_of(known)) == known
    assert references_of('["a", " ", "a"]') == ["a"]
    assert references_of("[1] a footnote") == ["[1] a footnote"]
    assert truth_of("one") == "one"
    assert truth_of('["one", "two"]') == ["one", "two"]


def check_numbered_columns_are_references() -> None:
    test = Table(("talk", "summary1", "summary2", "topic1"), [("t", "one", "two", "x")])
    learned = Table(("talk", "summary"), [("s", "sum"), ("", "lost"), ("u", ""), ("v", "N/A")])
    read = pairs_of(config_of(), {"train": [learned], "test": [test]})
    assert read.given["test"].rows == [("t", '["one", "two"]')]
    assert read.given["train"].rows == [("s", "sum")]
    assert (read.sourceless, read.targetless) == (1, 2)


def check_rows_of_one_text_become_one() -> None:
    table, taken_in = merged(Table(("a", "b"), [("Hi  you", "x"), ("hi you", "y"), ("ho", "x")]))
    assert table.rows == [("Hi  you", '["x", "y"]'), ("ho", "x")]
    assert taken_in == 1


def check_sentences_end_where_they_do() -> None:
    assert sentences('Dr. Ray left. "Why?" It is e.g. new... Yes!') == [
        "Dr. Ray left.",
        '"Why?"',
        "It is e.g. new...",
        "Yes!",
    ]
    assert sentences("好。行。") == ["好。", "行。"]
    assert max(map(len, sentences("x" * 5_000))) <= 600


def check_speakers_are_named_where_they_change() -> None:
    text = cut(TALK)
    assert [unit.speaker for unit in text.units] == ["Ana", "Ana", "Ben", "Ben", "Ana"]
    assert told(text.units[1:3]) == "Ana: The lift is stuck again. Ben: Oh no."
    assert told(text.units[:2]) == "Ana: Hello Ben. The lift is stuck again."


def check_units_are_added_as_long_as_it_pays() -> None:
    text = cut("The lift is stuck again. We talked about the weather for hours.")
    chances = {word: [0.9, 0.0] for word in words_of("the lift is stuck again")}
    chances |= {word: [0.01, 0.0] for word in words_of("we talked about weather for hours")}
    assert told(chosen(text, chances, 5.0)) == "The lift is stuck again."


def check_a_lone_sentence_is_cut_to_its_promising_words() -> None:
    (unit,) = cut("Reports say that the new lift is broken again, as of today.").units
    chances = {word: [0.05, 0.0] for word in unit.words}
    chances |= {word: [0.9, 0.0] for word in words_of("new lift is broken")}
    assert told(cut_short([unit], chances, 4.0)) == "new lift is broken"
    assert cut_short(cut(TALK).units[:1], {}, 4.0) == list(cut(TALK).units[:1])


def check_headlines_are_cut_out_of_sentences() -> None:
    rows = [
        (
            f"Today we report that bridge {at} was closed by the city after heavy rain.",
            f"bridge {at} was closed",
        )
        for at in range(60)
    ]
    model, reached = train_extractor(config_of(), Table(("talk", "summary"), rows), float("inf"))
    assert model.cuts
    assert reached > 0.7


def check_the_beginning_is_the_beginning() -> None:
    assert Lead().write([TALK]) == [TALK.replace("\n", " ")]
    assert Lead().write(["One. Two. Three. Four."]) == ["One. Two. Three."]
    assert Start(2).write(["One. Two. Three."]) == ["One. Two."]
    assert Lead().write([""]) == Central(5).write([""]) == Start(5).write([""]) == [""]


def check_the_central_sentence_is_like_the_others() -> None:
    text = "The red car won the race. A red car is fast. Bananas are yellow. The race was fast."
    assert "Bananas" not in Central(10).write([text])[0]


def check_what_summaries_keep_is_learned_and_kept() -> None:
    rows = notes()
    model, reached = train_extractor(config_of(), rows, float("inf"))
    said = model.write([row[0] for row in rows.rows])
    outcome = counted_rouge(said, [[row[1]] for row in rows.rows])
    lead = counted_rouge(Lead().write([row[0] for row in rows.rows]), [[r[1]] for r in rows.rows])
    assert value_of("rouge1", outcome) > value_of("rouge1", lead) + 0.1
    assert reached > 0.5
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        again = load_extractor(Path(folder), model.settings)
        assert again.write([row[0] for row in rows.rows]) == said


def check_odd_texts_get_an_answer() -> None:
    model, _ = train_extractor(config_of(), notes(20), float("inf"))
    odd = [
        "",
        "?!",
        "word",
        "x" * 1_000_000,
        "a b. " * 20_000,
        "\n\n",
        "Ana: \nBen: ",
        "我们去公园。很好。",
    ]
    said = model.write(odd)
    assert len(said) == len(odd)
    assert said[0] == ""
    assert said[2] == "word"
