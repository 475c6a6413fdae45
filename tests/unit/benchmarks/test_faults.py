"""The kit that lets jobs meet troubles of the services outside, on one trouble of each."""

from pathlib import Path

import pytest

from pipeline.jobs import JobStatus
from tests.benchmarks.faults import telling
from tests.benchmarks.faults.play import OPENED, carried
from tests.benchmarks.faults.trouble import KINDS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("service", OPENED)
async def test_a_job_whose_answer_was_lost_is_neither_lost_nor_doubled(
    service: str, tmp_path: Path
) -> None:
    found = await carried(service, "lost answer", tmp_path)

    assert found.good, "\n".join(telling.lines([found]))
    assert "0 jobs lost, 0 runs or repositories doubled" in telling.figures([found])[0]


@pytest.mark.parametrize("service", ["hub-data", "hub-models", "kaggle", "modal"])
async def test_an_account_that_is_not_accepted_is_connected_anew_and_the_job_goes_on(
    service: str, tmp_path: Path
) -> None:
    found = await carried(service, "401", tmp_path)

    assert found.status is JobStatus.DONE
    assert [one.startswith("connects ") for one in found.did] == [True]
    assert found.good, "\n".join(telling.lines([found]))


def test_every_service_has_a_trouble_of_every_kind(tmp_path: Path) -> None:
    for name, opened in OPENED.items():
        with opened(tmp_path / name) as service:
            assert tuple(service.troubles) == KINDS
