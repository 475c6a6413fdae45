"""Places that change under a job at work: the line drops, a thread vanishes, the bot is shut out.

The job goes on, and its owner is told where it can be seen.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.chatting import (
    ASK_SECONDS,
    JOB_SECONDS,
    WORDS,
    job_id_of,
    messages,
    replies,
    wait_for_card,
)
from tests.stories.somebody import Seen, Shown
from tests.stories.story import story
from tests.stories.world import World
from tests.stories.worlds import world_of

NO_PLACES = {"terminal": "there is no place that could be closed"}
NO_LINE = {"terminal": "there is no line that could drop"}
NO_THREADS = {"terminal": "there are no threads"}
DONE = "ready and proven"


@pytest.fixture(scope="module")
def world(
    platform: str, tmp_path_factory: pytest.TempPathFactory, environments: Path
) -> Iterator[World]:
    with world_of(platform, tmp_path_factory.mktemp("places"), environments) as world:
        yield world


def begun(world: World, name: str, channel: str = "C1") -> tuple[Shown, Seen]:
    """Somebody with a job that is at work."""
    person = world.person(name)
    said = person.mention(channel, WORDS, files=[messages()])
    wait_for_card(person, said, "intent_parser")
    return person, said


@story(
    "A line that drops in the middle of a job: it goes on, and what was said meanwhile is heard",
    without=NO_LINE,
    otherwise={
        "slack": "in Socket Mode; over HTTP Slack itself tries again",
        "discord": "the gateway's session is resumed",
    },
)
def test_a_line_that_drops_is_mended_and_nothing_is_missed(world: World) -> None:
    ann, said = begun(world, "ann")
    world.drop_the_line()
    ann.mention("C1", "status", thread=said)
    assert world.told_alone(ann, "Job j-", ASK_SECONDS)
    wait_for_card(ann, said, ": done")


@story(
    "A channel that is closed to the bot: the job goes on and its owner is told directly",
    without=NO_PLACES,
)
def test_a_channel_that_is_closed_to_the_bot_does_not_stop_the_job(world: World) -> None:
    bea, said = begun(world, "bea", "C2")
    world.shut_out("C2")
    told = world.told_directly(bea, DONE, JOB_SECONDS)
    assert "Job j-" in told
    assert not any(DONE in one for one in replies(bea, said)[1:])  # below the card
    world.let_in("C2")


@story(
    "A thread that is deleted: the job goes on and its owner is told directly",
    without=NO_THREADS | {"slack": "a thread stays there when its first message is deleted"},
)
def test_a_thread_that_is_deleted_does_not_stop_the_job(world: World) -> None:
    cat, said = begun(world, "cat")
    world.town.delete_thread(said)
    assert "Job j-" in world.told_directly(cat, DONE, JOB_SECONDS)


@story(
    "A thread that was put to sleep is woken by what the job says",
    without=NO_THREADS | {"slack": "threads never sleep there"},
)
def test_a_thread_that_was_put_to_sleep_is_woken(world: World) -> None:
    dan, said = begun(world, "dan")
    world.town.archive(said)
    assert dan.wait_for(f"{DONE}. Good", JOB_SECONDS, thread=said)


@story(
    "A permission that is taken away: the job goes on and its owner is told directly",
    without=NO_PLACES | {"slack": "there a bot is in a channel or it is not"},
)
def test_a_permission_that_is_taken_away_does_not_stop_the_job(world: World) -> None:
    eve, _ = begun(world, "eve", "C2")
    world.town.revoke("SEND_MESSAGES_IN_THREADS", "C2")
    assert "Job j-" in world.told_directly(eve, DONE, JOB_SECONDS)
    world.let_in("C2")


@story(
    "A bot that is thrown out: the job goes on, and once it is back it can be asked",
    without=NO_PLACES | {"slack": "its token ends with that: whoever runs it installs it anew"},
)
def test_a_bot_that_is_thrown_out_goes_on_and_can_be_asked_when_it_is_back(world: World) -> None:
    flo, said = begun(world, "flo")
    job = job_id_of(wait_for_card(flo, said, "Job j-"))
    world.town.kick()

    def done() -> bool | None:
        return f"{job}  done" in world.listed() or None

    flo.wait_until(done, "the job to be done", JOB_SECONDS)
    world.town.invite()
    assert world.command(flo, f"status {job}", f"Job {job}: done")


@story(
    "A thread is named after its job",
    without={
        "slack": "threads have no names there; the card under the first message has the job's id",
        "terminal": "the job's id stands above what is printed",
    },
)
def test_a_thread_is_named_after_its_job(world: World) -> None:
    gus = world.person("gus")
    said = gus.mention("C1", "make me a model")
    card = wait_for_card(gus, said, "waiting for your answer", ASK_SECONDS)
    name = world.town.world.thread_of(said.ts).name
    assert name.startswith(job_id_of(card))
    assert "make me a model" in name


@story(
    "A command in a job's thread needs no id",
    without={
        "slack": "there are no commands in threads: a button, Job actions or words do it",
        "terminal": "a word in the talk needs no id either",
    },
)
def test_a_command_in_a_jobs_thread_needs_no_id(world: World) -> None:
    ida = world.person("ida")
    said = ida.mention("C1", "make me a model")
    card = wait_for_card(ida, said, "waiting for your answer", ASK_SECONDS)
    ida.mention("C2", "make me another model")
    ida.command("/mltrainer", "status", card)
    assert job_id_of(card) in ida.wait_for_whisper("waiting for your answer")
    ida.command("/mltrainer", "cancel", card)
    wait_for_card(ida, said, "cancelled", ASK_SECONDS)
    ida.command("/mltrainer", "resume", card)
    assert ida.wait_for_whisper("was cancelled")


@story(
    "The job of a command is suggested while it is typed",
    without={
        "slack": "a command without an id lists the jobs that fit, each with its button",
        "terminal": "`mltrainer list` has the ids",
    },
)
def test_the_job_of_a_command_is_suggested_while_it_is_typed(world: World) -> None:
    joe = world.person("joe")
    said = joe.mention("C1", "make me a model of the purple kind")
    job = job_id_of(wait_for_card(joe, said, "waiting for your answer", ASK_SECONDS))
    assert any(job in one for one in world.suggested(joe, "status", "purp"))
    assert world.suggested(joe, "status", "green") == []
    assert world.suggested(world.person("kim"), "cancel", "purp") == []
