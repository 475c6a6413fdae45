"""What deep training promises, each checked where its libraries are: see the checks beside."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

CHECKS = tuple(
    Path(__file__).with_name(f"{name}.py") for name in ("checks", "checks_of_checkpoints")
)


@pytest.fixture(scope="module")
def results(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    return run_checks(deep_python, tmp_path_factory.mktemp("checks"), *CHECKS)


@pytest.mark.parametrize("name", [name for script in CHECKS for name in names_in(script)])
def test_deep_training_keeps_its_promise(name: str, results: dict[str, str | None]) -> None:
    assert results[name] is None, results[name]
