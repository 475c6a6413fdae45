"""In a thread the stage at work is stopped, and the job goes back to an earlier one and on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.chatting import ASK_SECONDS, job_id_of, numbers, wait_for_button, wait_for_card
from tests.stories.story import story
from tests.stories.world import World
from tests.stories.worlds import world_of

SOON = 20.0  # seconds; on a machine with nothing else to do it takes one
AT_A_SHELL = {"terminal": "`mltrainer interrupt` and `mltrainer undo` at a shell beside it"}


@pytest.fixture(scope="module")
def world(
    platform: str, tmp_path_factory: pytest.TempPathFactory, environments: Path
) -> Iterator[World]:
    with world_of(platform, tmp_path_factory.mktemp("steered"), environments) as world:
        yield world


@story("A training is interrupted, undone to an earlier stage, and goes on", without=AT_A_SHELL)
def test_a_training_is_interrupted_undone_and_goes_on(world: World) -> None:
    ann, bob = world.person("ann"), world.person("bob")
    said = ann.mention("C1", "predict y from the numbers", files=[numbers()])
    job = job_id_of(wait_for_card(ann, said, world.in_training))
    bob.mention("C1", "interrupt", thread=said)
    world.told_alone(bob, "belongs to")
    ann.mention("C1", "interrupt", thread=said)
    stopped = wait_for_card(ann, said, "waiting for your answer", SOON)
    assert "ann stopped the work in the stage monitor." in stopped
    assert stopped.buttons[:3] == ("Resume", "Change", "Cancel")

    ann.mention("C1", "undo dessert", thread=said)
    world.told_alone(ann, "Unknown stage 'dessert'")
    world.command(ann, f"compact {job}", "short already")
    world.command(ann, f"undo {job} preprocessing", "going on")
    wait_for_card(ann, said, world.in_training)

    world.command(ann, f"interrupt {job}", "stopping")
    wait_for_card(ann, said, "waiting for your answer", SOON)
    ann.click(wait_for_button(ann, said, "Resume"), "Resume")
    wait_for_card(ann, said, world.in_training)
    world.cancel(ann, wait_for_button(ann, said, "Cancel"))
    wait_for_card(ann, said, "cancelled", ASK_SECONDS)
