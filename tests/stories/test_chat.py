"""People and the bot: everything between the first words and the finished model is in one thread.

The bot is `mltrainer serve` in a process of its own with the real clients; only the platforms are
fakes. At a terminal it is the conversation of `mltrainer`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.chatting import (
    ASK_SECONDS,
    WORDS,
    job_id_of,
    messages,
    replies,
    wait_for_button,
    wait_for_card,
)
from tests.stories.somebody import Seen
from tests.stories.story import story
from tests.stories.world import TRY_IT, World
from tests.stories.worlds import world_of

ONE_AT_A_TERMINAL = {"terminal": "one person sits at a terminal; nobody else reaches it"}
NO_FORMS = {"terminal": "there are no forms: what a form asks is said in words"}
LOOKING = {"terminal": "the person is looking: it is printed"}


@pytest.fixture(scope="module")
def world(
    platform: str, tmp_path_factory: pytest.TempPathFactory, environments: Path
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("chat")
    with world_of(platform, folder, environments, MLTRAINER_APPROVAL="always") as world:
        yield world


@dataclass(frozen=True)
class Finished:
    """Ann's first job, from her words to its result."""

    said: Seen
    plan: Seen
    done: Seen


@pytest.fixture(scope="module")
def finished(world: World) -> Finished:
    ann = world.person("ann")
    said = ann.mention("C1", WORDS, files=[messages()])
    wait_for_card(ann, said, "waiting for your yes")
    plan = wait_for_button(ann, said, "Approve")
    ann.click(plan, "Approve")
    return Finished(said, plan, wait_for_card(ann, said, ": done"))


@story("Words with a file become a proven model")
def test_a_mention_with_a_file_becomes_a_proven_model(finished: Finished) -> None:
    assert set(finished.plan.buttons) == {"Approve", "Change", "Cancel"}
    assert "nothing" in finished.plan
    assert "f1" in finished.done
    assert "Verdict" in finished.done


@story("Everything about a job stands in its thread", without=LOOKING)
def test_everything_about_a_job_stands_in_its_thread(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    ann.wait_for("ready and proven. Good", ASK_SECONDS, thread=finished.said)
    thread = ann.thread(finished.said)
    assert all(one.thread == finished.said.ts for one in thread[1:])
    assert any("ready and proven" in text for text in replies(ann, finished.said)[1:])
    assert TRY_IT in finished.done.buttons


@story(
    "The result comes with a picture whose alt text has its numbers",
    without={"terminal": "`mltrainer report` shows the pictures in a page"},
)
def test_the_result_comes_with_a_picture_and_its_numbers(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    ann.wait_for("[file ", ASK_SECONDS, thread=finished.said)
    pictures = [one for one in ann.thread(finished.said)[1:] if one.files]
    assert len(pictures) == 1
    assert "[file " in pictures[0].text  # its alt text


@story("The owner is notified when the job needs them or is over", without=LOOKING)
def test_the_owner_is_notified_when_it_matters(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    ann.wait_for("ready and proven. Good", ASK_SECONDS, thread=finished.said)
    told = "\n".join(one.text for one in ann.pings())
    assert "I need your yes to the plan above" in told
    assert "ready and proven" in told


@story(
    "The model is tried in words",
    otherwise={"terminal": "`mltrainer predict JOB --text TEXT` at the shell"},
)
def test_the_model_is_tried_in_words(world: World, finished: Finished) -> None:
    said = world.predict(world.person("ann"), finished.said, "you won a prize, claim cash now")
    assert "claim" in said.text


@story("What happened in a job is told by Log, to its person alone")
def test_what_happened_in_a_job_is_told_by_log(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    ann.click(finished.done, "Log")
    assert "monitor done" in ann.wait_for_whisper("deploy done")


@story("The model is tried in a form", without=NO_FORMS)
def test_the_model_is_tried_in_a_form(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    before = len(replies(ann, finished.said))
    ann.click(finished.done, TRY_IT)
    form = ann.wait_for_modal(TRY_IT)
    assert not ann.fill(form, {form.fields[0]: "see you at the station my friend"})

    def answered() -> bool | None:
        return any("chat" in one for one in replies(ann, finished.said)[before:]) or None

    ann.wait_until(answered, "an answer in the thread", ASK_SECONDS)


@story("A vague request is asked about once, changed and approved in words")
def test_a_vague_request_is_asked_for_once_and_approved_in_words(world: World) -> None:
    bea = world.person("bea")
    said = bea.mention("C1", "make me a model")
    assert "which file" in wait_for_card(bea, said, "waiting for your answer", ASK_SECONDS)

    bea.mention("C1", WORDS, thread=said, files=[messages()])
    wait_for_card(bea, said, "waiting for your yes")
    bea.mention("C1", "change budget_minutes to 3", thread=said)
    changed = wait_for_card(bea, said, "3 min at the latest")
    assert "waiting for your yes" in changed
    bea.mention("C1", "approve", thread=said)
    wait_for_card(bea, said, ": done")


@story("A stranger changes nothing and is told so alone", without=ONE_AT_A_TERMINAL)
def test_a_stranger_changes_nothing_and_is_told_so_alone(world: World) -> None:
    ann, bob = world.person("ann"), world.person("bob")
    said = ann.mention("C2", WORDS, files=[messages()])
    plan = wait_for_card(ann, said, "waiting for your yes")

    bob.click(plan, "Approve")
    assert "ann" in bob.wait_for_whisper("belongs to").text.lower()
    world.press_cancel(bob, plan)
    bob.mention("C2", "cancel", thread=said)
    assert "ann" in world.told_alone(bob, "belongs to").text.lower()
    world.command(bob, f"cancel {job_id_of(plan)}", "belongs to", "C2")

    assert "waiting for your yes" in ann.look(plan)
    assert "waiting for your yes" in bob.look(plan)  # anybody may read
    world.cancel(ann, plan)
    wait_for_card(ann, said, "cancelled", ASK_SECONDS)


@story("Two people have two jobs in one channel", without=ONE_AT_A_TERMINAL)
def test_two_people_have_two_jobs_in_one_channel(world: World) -> None:
    ann, bob = world.person("ann"), world.person("bob")
    first = ann.mention("C1", WORDS, files=[messages()])
    second = bob.mention("C1", WORDS, files=[messages()])
    plans = [
        wait_for_card(ann, first, "waiting for your yes"),
        wait_for_card(bob, second, "waiting for your yes"),
    ]

    assert len({job_id_of(plan) for plan in plans}) == 2
    world.cancel(ann, plans[0])
    bob.mention("C1", "approve", thread=second)
    wait_for_card(ann, first, "cancelled", ASK_SECONDS)
    wait_for_card(bob, second, ": done")


@story(
    "Commands answer their person alone; what is cancelled stays so",
    otherwise={"terminal": "the same words at the shell: `mltrainer list`"},
)
def test_commands_answer_their_person_alone(world: World) -> None:
    eve = world.person("eve")
    said = eve.mention("C1", "make me a model")
    card = wait_for_card(eve, said, "waiting for your answer", ASK_SECONDS)
    job = job_id_of(card)

    assert job in world.command(eve, "list", job)
    assert job in world.command(eve, f"status {job}", job)
    world.cancel(eve, card)
    wait_for_card(eve, said, "cancelled", ASK_SECONDS)
    world.command(eve, f"resume {job}", "was cancelled")


@story(
    "Cancel asks whether it is meant",
    without={"terminal": "who types `cancel` means it"},
    otherwise={"discord": "the question is an answer that only this person sees"},
)
def test_cancel_asks_whether_it_is_meant(world: World) -> None:
    eve = world.person("eve")
    said = eve.mention("C1", "make me a model")
    card = wait_for_card(eve, said, "waiting for your answer", ASK_SECONDS)
    eve.click(card, "Cancel", confirm=False)
    assert "stops the job for good" in eve.asked[-1]
    assert "waiting for your answer" in eve.look(card)
    world.cancel(eve, card)
    wait_for_card(eve, said, "cancelled", ASK_SECONDS)


@story(
    "A command's answer leads to the thread",
    without={"terminal": "there is no thread to open: everything is printed in one place"},
)
def test_a_commands_answer_leads_to_the_thread(world: World, finished: Finished) -> None:
    ann = world.person("ann")
    answer = world.command(ann, f"status {job_id_of(finished.done)}", "Open the thread")
    assert "Open the thread" in answer.buttons


@story(
    "An unknown command is answered with the known ones",
    without={"discord": "only what exists can be chosen there"},
    otherwise={"terminal": "a word at the shell that is no command"},
)
def test_an_unknown_command_is_answered_with_the_known_ones(world: World) -> None:
    assert "resume" in world.command(world.person("eve"), "dance", "dance")


@story(
    "Job actions in a message's menu have the buttons of its job",
    without={
        "discord": "`/mltrainer status` in the thread shows the card with its buttons",
        "terminal": "the words are typed",
    },
)
def test_job_actions_in_a_messages_menu_have_its_buttons(world: World) -> None:
    eve = world.person("eve")
    said = eve.mention("C1", "make me a model")
    menu = world.menu(eve, wait_for_card(eve, said, "waiting for your answer", ASK_SECONDS))
    eve.click(menu, "Cancel")
    wait_for_card(eve, said, "cancelled", ASK_SECONDS)


@story(
    "A job can be had in direct messages",
    without={"terminal": "a terminal is a direct talk already"},
)
def test_a_job_can_be_had_in_direct_messages(world: World) -> None:
    eve = world.person("eve")
    said = eve.dm(WORDS, files=[messages()])
    plan = wait_for_card(eve, said, "waiting for your yes")
    world.cancel(eve, plan)
    wait_for_card(eve, said, "cancelled", ASK_SECONDS)


@story(
    "A job begins with a form",
    without=NO_FORMS,
    otherwise={"discord": "`/mltrainer new` opens it; Slack has a shortcut for it as well"},
)
def test_a_job_begins_with_a_form(world: World) -> None:
    flo = world.person("flo")
    form = world.new_job_form(flo)
    words, file = form.fields[:2]
    assert not flo.fill(form, {words: WORDS, file: [messages()]})
    flo.wait_for("waiting for your yes", ASK_SECONDS)
