"""The page that says what works where is what the stories say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.story import PLATFORMS, Story

ROOT = Path(__file__).resolve().parents[1]


def test_the_parity_page_says_what_the_stories_say() -> None:
    checked = subprocess.run(
        [sys.executable, ".ci/generate_parity.py", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr


def test_a_story_is_told_wherever_it_does_not_say_why_not() -> None:
    told = Story("It rains", without={"terminal": "no weather there"})

    assert told.told_on == [*PLATFORMS["slack"], *PLATFORMS["discord"]]


@pytest.mark.parametrize(
    "where",
    [
        {"without": {"telegram": "not there"}},
        {"without": {"slack": "not there"}, "otherwise": {"slack": "differently"}},
        {"without": dict.fromkeys(PLATFORMS, "nowhere")},
    ],
)
def test_a_story_that_contradicts_itself_is_refused(where: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="It rains"):
        Story("It rains", **where)
