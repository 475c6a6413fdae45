"""The training environment, and bundles of the forecasting recipe."""

from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import requirements
from tests.contracts.bundles import TestBundle, assemble, training_python

TASK = TaskType("time_series_forecasting")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await training_python(environments, requirements(TASK))


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)
