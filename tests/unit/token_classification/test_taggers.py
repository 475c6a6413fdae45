"""What tagging words promises, each checked where its libraries are: see checks.py beside."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

CHECKS = [Path(__file__).with_name(name) for name in ("checks.py", "checks_of_words.py")]


@pytest.fixture(scope="module")
def results(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    return run_checks(python, tmp_path_factory.mktemp("checks"), *CHECKS)


@pytest.mark.parametrize("name", [name for script in CHECKS for name in names_in(script)])
def test_tagging_keeps_its_promise(name: str, results: dict[str, str | None]) -> None:
    assert results[name] is None, results[name]
