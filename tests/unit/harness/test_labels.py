"""Which labels are the same class."""

import pytest

from tests.unit.harness.modules import harness

labels = harness("labels")


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["Spam", "spam", "SPAM ", "spam", "ham"], {"spam", "ham"}),
        (["1", "1.0", "0", "0", "1"], {"1", "0"}),
        (["Y", "y", "n", "N", "N", "y"], {"y", "N"}),
        (["a", "A", "b", "B", "c"], {"a", "A", "b", "B", "c"}),
        (["Yes", "y", "Y", "NO", "n"], {"y", "n"}),
        (["=cmd", "-x,\ny", "NA"], {"=cmd", "-x,\ny", "NA"}),
    ],
)
def test_the_commonest_spelling_stands_for_all(cells: list[str], classes: set[str]) -> None:
    assert set(labels.spellings(cells).values()) == classes


def test_spellings_are_only_told_where_there_are_several() -> None:
    assert labels.told({"a": "a"}, "kind") == []
    said = labels.told({"spam": "spam", "Spam": "spam"}, "kind")[0]
    assert "1 label is written in several ways in kind" in said
    assert "Spam" not in said
