"""A job that dies at any of seven points of any stage goes on there, and nobody is the wiser."""

from pathlib import Path

import pytest

from pipeline.jobs import Stage
from tests.faultlab.checks import Found
from tests.faultlab.matrix import crash
from tests.faultlab.site import rows_of_server
from tests.faultlab.toy import ASKS, POINTS, Point
from tests.stories.kill_counts import rows_of_file

pytestmark = pytest.mark.lab


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path}/mltrainer.db"


@pytest.mark.parametrize("point", POINTS)
def test_a_job_that_dies_at_this_point_of_every_stage_ends_as_if_it_had_not(
    point: Point, database: str, tmp_path: Path
) -> None:
    is_file = database.startswith("sqlite")
    crashed = crash(
        database,
        lambda: rows_of_file(tmp_path) if is_file else rows_of_server(database),
        tmp_path,
        point,
    )
    assert crashed.found == Found()
    assert crashed.deaths == len(Stage)
    saved = point in {"after the commit", "letter begun", "letter sent"}
    usual = {stage.value: 1 + (stage is ASKS) for stage in Stage}
    if saved:
        assert crashed.runs == usual
    else:
        assert all(usual[one] <= times <= usual[one] + 1 for one, times in crashed.runs.items())
