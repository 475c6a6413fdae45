"""Python with what pictures are drawn with, made once and kept."""

from pathlib import Path

import pytest

from pipeline.recipe import harness_file, read_lines
from tests.contracts.bundles import training_python


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await training_python(environments, read_lines(harness_file("pictures.txt")))
