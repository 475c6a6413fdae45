"""The parts of the data: as the person said, and never silently otherwise."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline import bundle
from pipeline.errors import PersonCanFix
from pipeline.jobs import Stage
from tests.unit.agents.made import AGE, LEFT, REGION, table

pytestmark = pytest.mark.anyio


async def split(home: Path, **wishes: JsonValue) -> Mapping[str, float]:
    settings = {f"dataset.{name}": value for name, value in wishes.items()}
    job = table(home, "who has left?", AGE, REGION, LEFT, settings=settings)
    await job.through(Stage.DATASET)
    return {part: round(size, 9) for part, size in bundle.config(job.context).split.items()}


@pytest.mark.parametrize(
    ("wishes", "parts"),
    [
        ({}, (0.8, 0.1, 0.1)),
        ({"test_split": 0.3}, (0.6, 0.1, 0.3)),
        ({"train_split": 0.5}, (0.5, 0.25, 0.25)),
        ({"train_split": 0.5, "test_split": 0.4}, (0.5, 0.1, 0.4)),
        ({"train_split": 0.6, "val_split": 0.1, "test_split": 0.3}, (0.6, 0.1, 0.3)),
    ],
)
async def test_a_part_the_person_named_is_as_large_as_they_said(
    tmp_path: Path, wishes: dict[str, JsonValue], parts: tuple[float, float, float]
) -> None:
    assert tuple((await split(tmp_path, **wishes)).values()) == parts


@pytest.mark.parametrize(
    "wishes",
    [
        {"val_split": 0.5, "test_split": 0.6},
        {"train_split": 0.9, "test_split": 0.2},
        {"train_split": 0.2, "val_split": 0.2, "test_split": 0.2},
    ],
)
async def test_parts_that_are_not_the_whole_are_asked_about(
    tmp_path: Path, wishes: dict[str, JsonValue]
) -> None:
    with pytest.raises(PersonCanFix, match="cannot be split like this"):
        await split(tmp_path, **wishes)
