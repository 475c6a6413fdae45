"""What finding boxes promises, each checked where its libraries are: see checks.py beside."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

CHECKS = [Path(__file__).with_name("checks.py")]
MADE = [
    Path(__file__).with_name("tiny_detector.py"),
    Path(__file__).parent.parent / "images" / "made_pictures.py",
]


@pytest.fixture(scope="module")
def results(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    return run_checks(deep_python, tmp_path_factory.mktemp("checks"), *MADE, *CHECKS)


@pytest.mark.parametrize("name", [name for script in CHECKS for name in names_in(script)])
def test_finding_boxes_keeps_its_promise(name: str, results: dict[str, str | None]) -> None:
    assert results[name] is None, results[name]
