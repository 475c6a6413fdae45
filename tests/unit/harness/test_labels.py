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
        (["=cmd", "-x,\ny", None, "?"], {"=cmd", "-x,\ny"}),
    ],
)
def test_the_commonest_spelling_stands_for_all(cells: list[str | None], classes: set[str]) -> None:
    assert set(labels.spellings(cells).values()) == classes


def test_spellings_are_only_told_where_there_are_several() -> None:
    assert labels.told({"a": "a"}, "kind") == []
    assert "'Spam' as 'spam'" in labels.told({"spam": "spam", "Spam": "spam"}, "kind")[0]
