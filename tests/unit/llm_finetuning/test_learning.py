"""What fine-tuning promises, each checked where its libraries are: see checks.py beside."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

CHECKS = Path(__file__).with_name("checks.py")


@pytest.fixture(scope="module")
def results(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    return run_checks(deep_python, tmp_path_factory.mktemp("checks"), CHECKS)


@pytest.mark.parametrize("name", names_in(CHECKS))
def test_fine_tuning_keeps_its_promise(name: str, results: dict[str, str | None]) -> None:
    assert results[name] is None, results[name]
