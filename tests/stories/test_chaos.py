"""A few of everything that can go wrong, over people's jobs in each world, break nothing.

`make chaos` does the same for as long as anybody likes.
"""

from pathlib import Path

import pytest

from tests.fakes.postgres import programs
from tests.faultlab.checks import Found
from tests.faultlab.lab import Plan, Platform, run
from tests.faultlab.site import World

HURTS = 8
RUNS: dict[str, tuple[World, Platform, int]] = {
    "one process": ("sqlite", "slack", 3),
    "many machines": ("postgres", "discord", 4),
}


@pytest.fixture(params=RUNS)
def plan(request: pytest.FixtureRequest, environments: Path, light_python: Path) -> Plan:
    world, platform, seed = RUNS[request.param]
    if world == "postgres" and programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return Plan(world, platform, seed, HURTS, environments, light_python)


@pytest.mark.lab
def test_hurts_at_random_moments_lose_nothing_and_double_nothing(
    plan: Plan, tmp_path: Path
) -> None:
    ended = run(plan, tmp_path, print)
    assert ended.found == Found()
    assert len(ended.happened) == HURTS
    assert ended.tally.jobs_done > 0
