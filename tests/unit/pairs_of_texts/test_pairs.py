"""What pairs of texts promise, each checked where its libraries are: see the checks beside."""

from pathlib import Path

import pytest

from tests.unit.apart import names_in, run_checks

SUMMARIES = Path(__file__).with_name("checks_of_summaries.py")
TRANSLATIONS = Path(__file__).with_name("checks_of_translations.py")
NETWORKS = Path(__file__).with_name("checks_of_networks.py")
Results = dict[str, str | None]


@pytest.fixture(scope="module")
def summaries(summing_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_checks(summing_python, tmp_path_factory.mktemp("summaries"), SUMMARIES)


@pytest.fixture(scope="module")
def translations(translating_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_checks(translating_python, tmp_path_factory.mktemp("translations"), TRANSLATIONS)


@pytest.fixture(scope="module")
def networks(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_checks(deep_python, tmp_path_factory.mktemp("networks"), NETWORKS)


@pytest.mark.parametrize("name", names_in(SUMMARIES))
def test_summing_up_keeps_its_promise(name: str, summaries: Results) -> None:
    assert summaries[name] is None, summaries[name]


@pytest.mark.parametrize("name", names_in(TRANSLATIONS))
def test_translating_keeps_its_promise(name: str, translations: Results) -> None:
    assert translations[name] is None, translations[name]


@pytest.mark.parametrize("name", names_in(NETWORKS))
def test_a_network_keeps_its_promise(name: str, networks: Results) -> None:
    assert networks[name] is None, networks[name]
