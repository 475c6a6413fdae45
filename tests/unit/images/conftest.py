"""The light training environment of pictures, for the bundle's own files."""

from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import requirements
from tests.contracts.bundles import training_python


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await training_python(environments, requirements(TaskType("image_classification")))
