"""What goes wrong in a thread: keys, crashes, failures, and how each goes on.

One bot a platform, with one more host that takes a key; each story has a person of its own.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.people import Upload
from tests.stories.chatting import (
    ASK_SECONDS,
    JOB_SECONDS,
    WORDS,
    job_id_of,
    messages,
    numbers,
    wait_for_button,
    wait_for_card,
)
from tests.stories.depot import Depot
from tests.stories.plugged import plugged
from tests.stories.somebody import Shown
from tests.stories.story import story
from tests.stories.world import World
from tests.stories.worlds import world_of

KEY = "hf_" + "Qz7" * 11 + "Q"
LABEL = "Hugging Face token"
PUBLISH = f"{WORDS}, and publish it to parcel"
IN_A_CHAT = {"terminal": "a terminal is read by one person alone"}
OWN_FILES = {"terminal": "a file named there stays the person's own, where it is"}


@pytest.fixture(scope="module")
def parcels() -> Iterator[Depot]:
    with Depot() as depot:
        yield depot


@pytest.fixture(scope="module")
def world(
    platform: str,
    parcels: Depot,
    tmp_path_factory: pytest.TempPathFactory,
    environments: Path,
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("trouble")
    settings = {"PYTHONPATH": str(plugged(folder / "house")), "PARCEL_URL": parcels.url}
    with world_of(platform, folder, environments, **settings) as world:
        yield world


@pytest.fixture
def depot(parcels: Depot) -> Depot:
    """The parcel host with nothing in it."""
    parcels.keys.clear()
    return parcels


@story(
    "A key is asked for, mistyped, given unseen by others and found nowhere",
    otherwise={
        "discord": "what is wrong in a form is listed beside it, with a button Edit: there is no "
        "form after a form",
        "terminal": "it is asked for at a hidden prompt",
    },
)
def test_a_key_is_asked_for_and_given_by_form_and_found_nowhere(world: World, depot: Depot) -> None:
    ann = world.person("ann")
    said = ann.mention("C1", PUBLISH, files=[messages()])
    card = wait_for_card(ann, said, "waiting for your Hugging Face account", ASK_SECONDS)

    form = world.account_form(ann, card)
    form = world.mistype(ann, form, LABEL, "not-a-token")
    assert not ann.fill(form, {LABEL: KEY})
    plan = wait_for_card(ann, said, "waiting for your yes")
    assert world.what_leaves in plan
    ann.click(plan, "Approve")
    wait_for_card(ann, said, ": done")

    assert depot.keys == [KEY]
    world.nowhere(KEY)


@story("Nobody else connects the owner's accounts", without=IN_A_CHAT)
def test_nobody_else_connects_the_owners_accounts(world: World) -> None:
    cat, bob = world.person("cat"), world.person("bob")
    said = cat.mention("C1", PUBLISH, files=[messages()])
    card = wait_for_card(cat, said, "waiting for your Hugging Face account", ASK_SECONDS)
    bob.click(card, "Connect accounts")
    assert bob.wait_for_whisper("accounts of cat")
    assert not bob.modal()

    form = world.account_form(cat, card)
    assert not cat.fill(form, {LABEL: KEY})
    plan = wait_for_card(cat, said, "waiting for your yes")
    assert cat.wait_for("cat connected Hugging Face", thread=said)
    world.cancel(cat, plan)
    wait_for_card(cat, said, "cancelled", ASK_SECONDS)


@story(
    "A failed job goes on by each of the four doors",
    otherwise={
        "slack": "button, command in a channel, a message's menu, words in the thread",
        "discord": "button, command in a channel, command in the thread without an id, words",
        "terminal": "words in the talk, and commands at a shell beside it",
    },
)
def test_a_failed_job_goes_on_by_each_of_the_four_doors(world: World, depot: Depot) -> None:
    dan = world.person("dan")
    said = dan.mention("C1", PUBLISH, files=[messages()])
    form = world.account_form(
        dan, wait_for_card(dan, said, "waiting for your Hugging Face account", ASK_SECONDS)
    )
    assert not dan.fill(form, {LABEL: KEY})
    plan = wait_for_card(dan, said, "waiting for your yes")
    depot.turned_away = 4
    dan.click(plan, "Approve")

    def failed(times: int) -> Shown:
        def told() -> bool | None:
            return world.told_of_failures(dan, said) >= times or None

        dan.wait_until(told, f"failure {times}", JOB_SECONDS)
        wait_for_card(dan, said, ": failed", ASK_SECONDS)
        return wait_for_button(dan, said, "Retry")

    for times, door in enumerate(world.doors(dan, said), 1):
        door(failed(times))
    wait_for_card(dan, said, ": done")
    assert depot.keys == [KEY] * 5


@story(
    "A pasted key is warned of and not kept",
    otherwise={
        "slack": "a bot cannot delete what people write there: the person is told to do it",
        "discord": "in a server the message is deleted, in direct messages it cannot be; the "
        "person is told by direct message",
    },
)
def test_a_pasted_key_is_warned_of_and_not_kept(world: World) -> None:
    flo = world.person("flo")
    said = flo.mention("C1", f"{WORDS}, my key is {KEY}", files=[messages()])

    warning = world.told_alone(flo, "looks like a key")
    assert world.after_a_paste in warning.text
    world.pasted_is_gone(said)
    wait_for_card(flo, world.thread_of(flo, said), ": done")
    world.nowhere(KEY)


@story(
    "An edit that brings a key is noticed",
    without=IN_A_CHAT,
    otherwise={"slack": "in direct messages: of other edits a bot with least scopes hears nothing"},
)
def test_an_edit_that_brings_a_key_is_noticed(world: World) -> None:
    gus = world.person("gus")
    said = world.speak_where_edits_are_heard(gus, "make me a model")
    wait_for_card(gus, said, "waiting for your answer", ASK_SECONDS)
    gus.edit(said, f"make me a model with {KEY}")
    assert "delete" in world.told_alone(gus, "looks like a key").text
    world.nowhere(KEY)


@story("A file that holds a key is refused and found nowhere", without=OWN_FILES)
def test_a_file_that_holds_a_key_is_refused_and_found_nowhere(world: World) -> None:
    ida = world.person("ida")
    key = "0f" * 3 + "1d9c7b" * 4 + "5e"
    file = Upload("kaggle.json", f'{{"username":"ida","key":"{key}"}}'.encode())
    ida.mention("C1", WORDS, files=[file])
    assert "kaggle.json" in world.told_alone(ida, "looks like a key")
    world.nowhere(key)


@story(
    "A key is taken in direct messages by the same buttons",
    otherwise={"terminal": "`connect hf` in the talk"},
)
def test_a_key_is_taken_in_direct_messages_by_the_same_buttons(world: World) -> None:
    joe = world.person("joe")
    form = world.connect_directly(joe)
    assert not joe.fill(form, {LABEL: KEY})
    assert "is connected" in joe.wait_for(KEY[-4:])
    world.nowhere(KEY)


@story(
    "A form that was opened before a restart is taken after it",
    without={"terminal": "a hidden prompt ends with its process; it is asked anew"},
)
def test_a_form_that_was_opened_before_a_restart_is_taken_after_it(world: World) -> None:
    kim = world.person("kim")
    form = world.connect_directly(kim)
    world.bot.kill()
    world.bot.restart()
    assert not kim.fill(form, {LABEL: KEY})
    assert "is connected" in kim.wait_for(KEY[-4:])


@story(
    "A killed bot goes on by itself and says so once",
    otherwise={"terminal": "the next talk offers to go on"},
)
def test_a_killed_bot_goes_on_by_itself_and_says_so_once(world: World) -> None:
    leo = world.person("leo")
    said = leo.mention("C1", f"{WORDS}, take a minute", files=[messages()])
    wait_for_card(leo, said, "codegen")
    time.sleep(3)  # somewhere in the work
    world.bot.kill()
    world.bot.restart()
    wait_for_card(leo, said, ": done")
    time.sleep(2)
    world.went_on_once(leo, said)


@story(
    "A cancel stops a running training within five seconds",
    otherwise={"terminal": "`mltrainer cancel` at a shell beside it, or Ctrl-C and `cancel`"},
)
def test_a_cancel_stops_a_running_training_within_five_seconds(world: World) -> None:
    mia = world.person("mia")
    said = mia.mention("C1", "predict y from the numbers", files=[numbers()])
    card = wait_for_card(mia, said, "monitor  ")
    wait_for_card(mia, said, world.in_training)
    world.cancel(mia, card)
    wait_for_card(mia, said, "cancelled", 5.0)
    assert job_id_of(card)
