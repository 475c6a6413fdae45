"""What learning from pictures promises, each checked where its libraries are: see checks.py."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

LIGHT = Path(__file__).with_name("checks.py")
DEEP = Path(__file__).with_name("checks_of_networks.py")
MADE = Path(__file__).with_name("made_pictures.py")

Results = dict[str, str | None]


@pytest.fixture(scope="module")
def light(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_checks(python, tmp_path_factory.mktemp("light"), MADE, LIGHT)


@pytest.fixture(scope="module")
def deep(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_checks(deep_python, tmp_path_factory.mktemp("deep"), MADE, DEEP)


@pytest.mark.parametrize("name", names_in(LIGHT))
def test_learning_from_pictures_keeps_its_promise(name: str, light: Results) -> None:
    assert light[name] is None, light[name]


@pytest.mark.parametrize("name", names_in(DEEP))
def test_tuning_a_network_keeps_its_promise(name: str, deep: Results) -> None:
    assert deep[name] is None, deep[name]
