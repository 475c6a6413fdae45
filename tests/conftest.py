"""What all tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def environments(pytestconfig: pytest.Config) -> Path:
    """Cache of training environments, shared by all tests and kept between runs."""
    given = os.environ.get("MLTRAINER_ENV_CACHE")
    return Path(given) if given else pytestconfig.rootpath / ".pytest_cache" / "environments"
