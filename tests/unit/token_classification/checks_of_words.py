"""What cutting texts and reading files promise; runs inside the training environment.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import json

from tagging_cutting import Cutter, cutter_from, learned_cutter
from tagging_model import TaggingModel
from tagging_reading import read_texts
from tagging_taggers import Lookup

TREEBANK = [
    line.split()
    for line in (
        "He did n't say it 's Mary 's , though .",
        "We could n't see what it 's for , Mary 's friend said : no !",
        "The U.S. team ( of 3.5 million ) won ... and the U.S. cheered ...",
        "Mail me at a@b.org or http://x.org/y?z=1 , please .",
        "@anna this is so #good :) and @bob agrees :)",
    )
]
EVERY_SIGN = [line.split() for line in ("I don ' t know , Mr . Hale - Jones !", "a - b / c . d")]
IDEOGRAPHS = [list("我在北京住。"), list("他去了上海。")]
SEGMENTED = [["我", "在", "北京", "工作", "。"], ["他", "去", "了", "上海", "。"]]


def cut(cutter: Cutter, text: str) -> list[str]:
    return [text[a:b] for a, b in cutter.places(text)]


def check_texts_are_cut_like_the_words_learned_from() -> None:
    cutter = learned_cutter(TREEBANK)
    said = cut(cutter, "He didn't say it's the U.S. team, \"though\".")
    assert said[:8] == ["He", "did", "n't", "say", "it", "'s", "the", "U.S."]
    assert said[8:10] == ["team", ","]
    assert cut(cutter, "See http://q.org/a,b now, @carl :)") == [
        *("See", "http://q.org/a,b", "now", ",", "@carl", ":)"),
    ]


def check_every_sign_stands_alone_where_it_did_in_training() -> None:
    cutter = learned_cutter(EVERY_SIGN)
    assert cut(cutter, "Mr.Hale-Jones doesn't!") == [
        "Mr",
        ".",
        "Hale",
        "-",
        "Jones",
        "doesn",
        "'",
        "t",
        "!",
    ]


def check_words_with_their_signs_stay_so_where_they_did_in_training() -> None:
    cutter = learned_cutter([["So,", "Ann", "left."], ["Why,", "Bob?"]])
    assert cut(cutter, "Well, Eve! Left (now).") == ["Well,", "Eve!", "Left", "(now)."]


def check_scripts_without_spaces_are_cut_as_they_were() -> None:
    assert cut(learned_cutter(IDEOGRAPHS), "我去北京。") == list("我去北京。")
    assert cut(learned_cutter(SEGMENTED), "他在北京。") == ["他", "在", "北京", "。"]


def check_what_is_cut_already_stays_so() -> None:
    for words in (*TREEBANK, *EVERY_SIGN, *SEGMENTED):
        cutter = learned_cutter([*TREEBANK, *EVERY_SIGN, *SEGMENTED])
        assert cut(cutter, " ".join(words)) == words
    assert cut(learned_cutter(TREEBANK), "Ann met Co. people , and left .")[2] == "Co."


def check_a_cutter_is_kept_as_json() -> None:
    cutter = learned_cutter([*TREEBANK, *SEGMENTED])
    assert cutter_from(json.loads(json.dumps(cutter.told))) == cutter


def model() -> TaggingModel:
    return TaggingModel(Lookup({"Rome": "B-LOC"}), learned_cutter(TREEBANK), "bits")


def entities(content: str, name: str) -> list[list[str]]:
    told = model().predict(read_texts(model(), content.encode(), name)).objects
    return [[one["text"][e["start"] : e["end"]] for e in one["entities"]] for one in told]


def check_texts_and_lists_of_words_are_read_from_all_usual_files() -> None:
    rows = [{"text": "To Rome, now", "more": 1}, {"text": "no"}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    assert entities(lines, "a.jsonl") == [["Rome"], []]
    assert entities(json.dumps(rows), "a.json") == [["Rome"], []]
    assert entities("text,id\nTo Rome,1\nno,2\n", "a.csv") == [["Rome"], []]
    assert entities("To Rome, now\nno\n", "a.txt") == [["Rome"], []]
    lists = [{"bits": ["To", "Rome"], "id": 1}, {"bits": ["no"], "id": 2}]
    assert entities("".join(json.dumps(row) + "\n" for row in lists), "a.jsonl") == [["Rome"], []]
    assert entities(json.dumps(lists), "a.json") == [["Rome"], []]
    assert entities('bits,id\n"[""To"", ""Rome""]",1\n"[""no""]",2\n', "a.csv") == [["Rome"], []]
    conll = "To O\nRome B-LOC\n\nno O\nmore O\n"
    assert entities(conll, "a.conll") == [["Rome"], []]


def check_places_are_those_of_the_text_as_given() -> None:
    text = "  \u00a0Off to\tRome!  Or Rome?"
    (told,) = model().predict(read_texts(model(), json.dumps({"text": text}).encode(), "a")).objects
    assert told["text"] == text
    assert [text[e["start"] : e["end"]] for e in told["entities"]] == ["Rome", "Rome"]


def check_empty_words_in_a_list_are_passed_over() -> None:
    assert entities('{"bits": ["", "Rome", "", "New York"]}\n', "a.jsonl") == [["Rome"]]
