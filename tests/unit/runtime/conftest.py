"""Sandboxes for tests: each level is tried once, and skipped where the machine lacks it."""

from pathlib import Path

import pytest

from adapters.sandbox.levels import choose
from adapters.sandbox.view import Sandbox
from pipeline.errors import PersonCanFix
from pipeline.ports.runtime import SandboxLevel
from tests.unit.runtime.bench import Bench

_TRIED: dict[SandboxLevel, Sandbox | PersonCanFix] = {}


async def sandbox_or_skip(level: SandboxLevel) -> Sandbox:
    """The level, or a skip that says why this machine does not have it."""
    if level not in _TRIED:
        try:
            _TRIED[level] = await choose(level)
        except PersonCanFix as error:
            _TRIED[level] = error
    sandbox = _TRIED[level]
    if isinstance(sandbox, PersonCanFix):
        pytest.skip(sandbox.message)
    return sandbox


@pytest.fixture(params=["full", "partial"])
async def bench(request: pytest.FixtureRequest, anyio_backend: str, tmp_path: Path) -> Bench:
    assert anyio_backend == "asyncio"
    return Bench(await sandbox_or_skip(request.param), tmp_path)
