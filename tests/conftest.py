"""What all tests share."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.environments import Environments
from pipeline.deep import DEEP
from tests.fakes.postgres import PostgresServer, programs


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def process_settings() -> Iterator[None]:
    """A command run in this process sets its log level and umask; the next test has its own."""
    root = logging.getLogger()
    level = root.level
    umask = os.umask(0o022)
    os.umask(umask)
    yield
    root.setLevel(level)
    os.umask(umask)


@pytest.fixture(scope="session")
def environments(pytestconfig: pytest.Config) -> Path:
    """Cache of training environments, shared by all tests and kept between runs."""
    given = os.environ.get("MLTRAINER_ENV_CACHE")
    return Path(given) if given else pytestconfig.rootpath / ".pytest_cache" / "environments"


@pytest.fixture(scope="session")
def deep_python(environments: Path) -> Path:
    """Python with the deep stack, which `make deep` puts where the tests look."""
    python = Environments(environments).ready(DEEP)
    if python is None:
        pytest.skip("the deep stack is not installed: run `make deep` first")
    return python


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, shared by the tests of a process."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """DATABASE_URL of a new and empty database."""
    with postgres_server.database() as url:
        yield url
