"""The bot is killed at random moments while people work with it in a chat; nobody is the wiser."""

from pathlib import Path
from typing import Literal

import pytest

from tests.stories.kill_storm import storm

KILLS = 12


@pytest.mark.slow
@pytest.mark.parametrize("platform", [pytest.param("slack", marks=pytest.mark.lab), "discord"])
def test_kills_at_random_moments_lose_nothing_and_say_nothing_twice(
    platform: Literal["slack", "discord"], tmp_path: Path, environments: Path
) -> None:
    tally = storm(tmp_path, environments, platform=platform, kills=KILLS, seed=7, tell=print)
    assert tally.kills == KILLS
    assert tally.jobs_over == tally.jobs
    assert tally.jobs_done > 0
    assert tally.events_lost == []
    assert tally.out_of_order == []
    assert tally.doubled == []
    assert tally.not_told == []
