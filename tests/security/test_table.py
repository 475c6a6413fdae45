"""The threat model of SECURITY.md: every row has a proof, and every proof is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = [
    line
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if re.match(r"\| [SA]\d", line)
]
SECOND = (*(f"S{number}" for number in range(8, 15)), "A1-A6", "A7", "A8", "A9")


def test_each_threat_has_its_row() -> None:
    named = [line.split("|")[1].strip() for line in TABLE]
    assert [one for one in SECOND if one not in named] == []
    assert len(named) == len(set(named))


@pytest.mark.parametrize("line", TABLE, ids=lambda line: str(line.split("|")[1].strip()))
def test_each_row_has_four_parts_and_proofs_that_exist(line: str) -> None:
    cells = [one.strip() for one in line.strip("|").split("|")]
    assert len(cells) == 4
    proofs = re.findall(r"(tests/[\w/.]+\.py)", cells[3])
    assert proofs
    for proof in proofs:
        assert "def test_" in (ROOT / proof).read_text("utf-8"), proof
