"""What means "not known" in a column, and what is a value after all."""

import pytest

from tests.unit.harness.modules import harness

absent = harness("absent")
usual = harness("tables").MISSING
AGES = [str(n) for n in range(18, 60)]


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        ([*AGES, *["-999"] * 4], {"-999"}),
        ([*AGES, *["999"] * 4], {"999"}),
        ([*AGES, "-999"], set()),
        ([*AGES, *["99"] * 4], set()),
        (["0", "1", "-99"] * 10, set()),
        ([*AGES, *["unknown"] * 4], {"unknown"}),
        ([*AGES, "k.A.", "#DIV/0!"], {"k.a.", "#div/0!"}),
        (["red", "blue", "unknown"] * 9, set()),
        ([*["2024-01-31", "2024-02-29"] * 9, "0000-00-00"], {"0000-00-00"}),
        ([str(100 * n) for n in range(90)] + ["9999"] * 3, set()),
    ],
)
def test_a_mark_needs_strong_evidence(cells: list[str], marks: set[str]) -> None:
    assert absent.missing_of(cells) - usual == marks


@pytest.mark.parametrize(
    ("cells", "real"),
    [
        (["DE", "FR", "NA", "US"], True),
        (["EU", "NA", "APAC", "LATAM"], True),
        (["Europe", "Asia", "NA"], True),
        (["DE", "FR", "NA", ""], False),
        (["Gd", "TA", "NA"], False),
        (["M", "F", "NA"], False),
        (["YES", "NO", "NA"], False),
        (["1", "2", "NA"], False),
    ],
)
def test_na_is_a_value_among_its_likes(cells: list[str], *, real: bool) -> None:
    assert ("na" not in absent.missing_of(cells * 5)) is real
