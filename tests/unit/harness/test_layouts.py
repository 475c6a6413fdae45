"""Whatever files a person gives, the data among them is found."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.harness.modules import harness
from tests.unit.harness.picture_files import write

layouts = harness("layouts")
Problem = harness("progress").Problem
BIO = "EU\tB-ORG\nrejects\tO\nGerman\tB-MISC\n\nPeter\tB-PER\nBlackburn\tI-PER\n"


def read(folder: Path, *names: str) -> tuple[dict[str | None, Any], list[str]]:
    """Parts by split, and all notes; of the whole folder or of named files in it."""
    sources = [layouts.Source(folder / name, name, None) for name in names or ("",)]
    parts, notes = layouts.read_parts(sources)
    assert len({part.layout for part in parts}) == 1
    return {part.split: part for part in parts}, [
        *notes,
        *(n for p in parts for n in p.reading.notes),
    ]


def rows(part: Any) -> list[list[Any]]:  # noqa: ANN401 - bundle files are typed side by side
    """Cells, with JSON lists read."""
    return [
        [json.loads(cell) if cell[:1] == "[" else cell for cell in row]
        for row in part.reading.table.rows
    ]


def test_what_only_lies_beside_a_table_is_left_aside(tmp_path: Path) -> None:
    write(tmp_path, train__csv="text,label\na b c,x\nd e f,y\n", test__csv="text,label\ng h,x\n")
    write(tmp_path, **{"README.md": "# Data\n", "LICENSE": "MIT\n", "classes.txt": "x\ny\n"})
    write(tmp_path, info__json='{"name": "d", "sizes": [{"a": 1}], "about": "some words of it"}')
    write(tmp_path, classes__json='["x", "y"]')
    parts, notes = read(tmp_path)
    assert {split: len(part.reading.table) for split, part in parts.items()} == {
        "train": 2,
        "test": 1,
    }
    assert next(iter(parts)) == "train"
    assert notes == [
        (
            "Not used, as it is no part of the data: LICENSE, README.md, classes.json, classes.txt"
            ", info.json."
        )
    ]


def test_a_form_to_fill_in_is_no_data(tmp_path: Path) -> None:
    write(tmp_path, train__csv="id,a,y\n1,2,0\n2,3,1\n", test__csv="id,a\n3,2\n4,5\n")
    write(tmp_path, gender__csv="id,y\n3,0\n4,0\n")
    parts, notes = read(tmp_path)
    assert set(parts) == {"train", "test"}
    assert "gender.csv" in notes[0]


def test_a_table_that_joins_by_key_is_not_put_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        orders__csv="order,customer,sum\n1,7,2\n2,8,3\n3,8,3\n",
        customers__csv="customer,age\n7,20\n8,30\n",
    )
    parts, _ = read(tmp_path)
    assert parts[None].reading.table.names == ("order", "customer", "sum")


def test_a_lone_validation_part_is_trained_on_and_said(tmp_path: Path) -> None:
    write(tmp_path, **{"x.dev.csv": "a,b\n1,2\n", "x.test.csv": "a,b\n3,4\n"})
    parts, notes = read(tmp_path)
    assert set(parts) == {"train", "test"}
    assert "x.dev.csv" in notes[0]


def test_a_part_named_by_the_person_is_never_set_aside(tmp_path: Path) -> None:
    write(tmp_path, a__csv="x,y\n1,2\n", b__csv="p,q\n1,2\n")
    sources = [layouts.Source(tmp_path / "a.csv", "a.csv", "train")]
    sources += [layouts.Source(tmp_path / "b.csv", "b.csv", "test")]
    with pytest.raises(Problem, match="no column in common"):
        layouts.read_parts(sources)


def test_data_that_is_no_data_is_said_of_the_largest_file(tmp_path: Path) -> None:
    write(tmp_path, page__csv="<html><body>Sign in, please</body></html>", small__txt="")
    with pytest.raises(Problem, match="is a web page"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["ner.conll", "ner.txt", "ner.annotated", "ner.tsv", "ner"])
def test_tagged_words_are_known_by_content(tmp_path: Path, name: str) -> None:
    write(tmp_path, **{name: "\ufeff-DOCSTART-\tO\n\n" + BIO})
    parts, _ = read(tmp_path)
    assert parts[None].layout == "tagged"
    assert parts[None].reading.table.names == ("tokens", "tags")
    assert rows(parts[None])[-1] == [["Peter", "Blackburn"], ["B-PER", "I-PER"]]


def test_the_last_of_four_columns_is_the_tag(tmp_path: Path) -> None:
    line = "{} NNP B-NP {}\n".format
    text = (
        "-DOCSTART- -X- -X- O\n\n"
        + line("EU", "B-ORG")
        + line("is", "O")
        + "\n"
        + line("Ann", "B-PER")
    )
    write(tmp_path, **{"eng.train": text, "eng.testa": text.replace("Ann", "Bo"), "eng.dev": text})
    parts, _ = read(tmp_path)
    assert rows(parts["train"]) == [[["EU", "is"], ["B-ORG", "O"]], [["Ann"], ["B-PER"]]]


def test_tags_without_a_prefix_need_sentences(tmp_path: Path) -> None:
    words = ["the", "cat", "sat", "on", "a", "mat", "while", "old", "men", "read", "new", "books"]
    text = "".join(
        f"{word} {'DET' if word in ('the', 'a') else 'X'}\n" + "\n" * (n % 4 == 3)
        for n, word in enumerate(words)
    )
    write(tmp_path, pos__txt=text)
    parts, _ = read(tmp_path)
    assert [len(tokens) for tokens, _ in rows(parts[None])] == [4, 4, 4]


FIRST, SECOND = ["EU", "is"], ["a", "b", "c"]


@pytest.mark.parametrize(
    "told",
    [
        [{"tokens": FIRST, "ner_tags": [1, 0]}, {"tokens": SECOND, "ner_tags": [0, 0, 0]}],
        [{"words": FIRST, "labels": ["1", "0"]}, {"words": SECOND, "labels": ["0", "0", "0"]}],
        [
            {"tokens": FIRST, "ner_tags": [1, 0], "pos_tags": [4, 5]},
            {"tokens": SECOND, "ner_tags": [0, 0, 0], "pos_tags": [4, 5, 5]},
        ],
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_lists_of_tokens_and_tags(tmp_path: Path, told: list[object], *, lines: bool) -> None:
    text = "\n".join(json.dumps(row) for row in told) if lines else json.dumps(told)
    write(tmp_path, data__json=text)
    parts, _ = read(tmp_path)
    assert parts[None].layout == "tagged"
    assert rows(parts[None])[0] == [["EU", "is"], ["1", "0"]]


@pytest.mark.parametrize(
    "spans",
    [
        {"entities": [[0, 7, "PER"]]},
        {"label": [[0, 7, "PER"]]},
        {"spans": [{"start": 0, "end": 7, "label": "PER"}]},
    ],
)
def test_marked_spans_become_tags(tmp_path: Path, spans: dict[str, Any]) -> None:
    lines = [{"text": "Ann Lee, hello!", **spans}, {"text": "no one", next(iter(spans)): []}]
    write(tmp_path, data__jsonl="\n".join(map(json.dumps, lines)))
    parts, _ = read(tmp_path)
    tokens, tags = rows(parts[None])[0]
    assert tokens == ["Ann", "Lee", ",", "hello", "!"]
    assert tags == ["B-PER", "I-PER", "O", "O", "O"]


def test_a_word_a_row_with_sentence_marks(tmp_path: Path) -> None:
    text = "Sentence #,Word,POS,Tag\nSentence: 1,London,NNP,B-geo\n,is,VB,O\n,big,JJ,O\n"
    text += "Sentence: 2,Ann,NNP,B-per\n,Lee,NNP,I-per\n"
    write(tmp_path, ner__csv=text)
    parts, _ = read(tmp_path)
    assert rows(parts[None]) == [
        [["London", "is", "big"], ["B-geo", "O", "O"]],
        [["Ann", "Lee"], ["B-per", "I-per"]],
    ]


@pytest.mark.parametrize(
    ("one", "two", "names"),
    [
        ("train.en", "train.de", ("de", "en")),
        ("europarl-v7.de-en.en", "europarl-v7.de-en.de", ("de", "en")),
        ("src-train.txt", "tgt-train.txt", ("src", "tgt")),
        ("train.src", "train.tgt", ("src", "tgt")),
        ("src.txt", "tgt.txt", ("src", "tgt")),
        ("en/news.txt", "fr/news.txt", ("en", "fr")),
        ("corpus.abc", "corpus.xyz", ("abc", "xyz")),
    ],
)
def test_lines_that_belong_together(
    tmp_path: Path, one: str, two: str, names: tuple[str, ...]
) -> None:
    write(
        tmp_path,
        **{
            one: "A man eats.\nTwo, dogs, run\n\nend\n",
            two: "Ein Mann isst.\nZwei Hunde\nx\nEnde\n",
        },
    )
    parts, notes = read(tmp_path)
    (part,) = parts.values()
    assert part.layout == "pairs"
    assert part.reading.table.names == names
    assert set(part.reading.table.rows[0]) == {"A man eats.", "Ein Mann isst."}
    assert len(part.reading.table) == 3
    assert any("1 lines" in note for note in notes)


def test_packed_pairs_are_read_and_parts_told(tmp_path: Path) -> None:
    for split in ("train", "val"):
        for language in ("en", "cs"):
            (tmp_path / f"{split}.{language}.gz").write_bytes(gzip.compress(b"a\nb\nc\n"))
    parts, _ = read(tmp_path)
    assert set(parts) == {"train", "validation"}
    assert parts["train"].reading.table.names == ("cs", "en")


def test_unequal_pairs_are_a_problem_with_both_counts(tmp_path: Path) -> None:
    write(tmp_path, **{"a.en": "x\ny\nz\n", "a.fr": "x\ny\n"})
    with pytest.raises(Problem, match=r"a\.en has 3 and a\.fr has 2 lines"):
        read(tmp_path)


def test_texts_in_folders_per_class_are_a_table(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for label in ("pos", "neg"):
            for number in range(3):
                write(
                    tmp_path / split / label, **{f"{number}_9__txt": f"A film,\nnumber {number}.\n"}
                )
    write(tmp_path, README="About these films.\n")
    parts, _ = read(tmp_path)
    assert parts["train"].layout == "table"
    assert parts["train"].reading.table.names == ("text", "label")
    assert parts["test"].reading.table.rows[0] == ("A film,\nnumber 0.", "neg")
    assert len(parts["train"].reading.table) == 6


@pytest.mark.parametrize("names", [("film.pos", "film.neg"), ("spam.txt", "ham.txt")])
def test_a_file_of_lines_for_each_class(tmp_path: Path, names: tuple[str, str]) -> None:
    for at, name in enumerate(names):
        lines = (f"film {number} " + "so " * ((number * 7 + at * 5) % 11) for number in range(40))
        write(tmp_path, **{name: "\n".join(lines)})
    parts, notes = read(tmp_path)
    assert (parts[None].layout, parts[None].reading.table.names) == ("table", ("text", "label"))
    assert len(set(parts[None].reading.table.column("label"))) == 2
    assert len(parts[None].reading.table) == 80
    assert "one class" in notes[0]


def test_a_table_for_each_class(tmp_path: Path) -> None:
    write(tmp_path, Fake__csv="title,text\na,b c d\n", True__csv="title,text\ni,j k l\n")
    parts, _ = layouts.read_parts([layouts.Source(tmp_path, "", None)])
    assert [part.reading.table.rows[0][-1] for part in parts] == ["fake", "true"]


def test_a_number_a_line_is_a_table(tmp_path: Path) -> None:
    write(tmp_path, sunspots__txt="".join(f"{number * 7 % 13}.5\n" for number in range(50)))
    assert read(tmp_path)[0][None].layout == "table"


def test_prose_is_text_and_columns_are_a_table(tmp_path: Path) -> None:
    prose = "It was late, and the rain fell.\n\nNobody came.\nThen, at last, she did; I knew.\n"
    write(tmp_path, book__txt=prose)
    parts, _ = read(tmp_path)
    assert (parts[None].layout, len(parts[None].reading.table)) == ("text", 3)
    write(tmp_path, book__txt="a;b;c\n1;2;3\n4;5;6\n7;8;9\n")
    assert read(tmp_path)[0][None].layout == "table"


def test_several_plain_texts_are_text(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, **{f"chapter{number}__txt": f"Chapter {number}.\nThe end of it.\n"})
    parts, _ = read(tmp_path)
    assert (parts[None].layout, len(parts[None].reading.table)) == ("text", 60)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, outside__csv="name,user\nx,y\n")
    write(tmp_path / "data", data__csv="a,b\n1,2\n3,4\n")
    (tmp_path / "data" / "more.csv").symlink_to(tmp_path / "outside.csv")
    parts, notes = read(tmp_path / "data")
    assert parts[None].reading.table.names == ("a", "b")
    assert notes == []
