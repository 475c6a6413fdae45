"""People in Slack: everything between the first words and the finished model is in one thread.

The bot is `mltrainer serve` in a process of its own, with the real client; only Slack is a fake.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack, Person
from tests.stories.chatting import (
    ASK_SECONDS,
    WORDS,
    job_id_of,
    messages,
    replies,
    wait_for_card,
)
from tests.stories.serving import Served

MODES = pytest.mark.parametrize("mode", ["http", "socket"], indirect=True)


@pytest.fixture(scope="module", params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def slack(mode: str) -> Iterator[FakeSlack]:
    with FakeSlack(socket_mode=mode == "socket") as slack:
        yield slack


@pytest.fixture(scope="module")
def bot(
    slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory, environments: Path
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("slack")
    with Served(slack, folder, environments, MLTRAINER_APPROVAL="always") as bot:
        yield bot


@pytest.fixture
def ann(slack: FakeSlack, bot: Served) -> Person:
    assert bot.alive
    return slack.person("ann")


def test_a_mention_with_a_file_becomes_a_proven_model_in_its_thread(ann: Person) -> None:
    said = ann.mention("C1", WORDS, files=[messages()])

    plan = wait_for_card(ann, said, "waiting for your yes")
    assert set(plan.buttons) == {"Approve", "Change", "Cancel"}
    assert "Leaves here" in plan
    assert "nothing" in plan
    ann.click(plan, "Approve")
    done = wait_for_card(ann, said, ": done")

    assert "f1" in done
    assert "Verdict" in done
    assert "Try it" in done.buttons
    ann.wait_for("ready and proven. Good", ASK_SECONDS, thread=said)
    thread = ann.thread(said)
    assert all(one.thread == said.ts for one in thread[1:])
    assert any("I need your yes to the plan above" in one for one in thread[1:])
    pictures = [one for one in thread[1:] if one.files]
    assert len(pictures) == 1
    assert "[file " in pictures[0].text  # its alt text
    assert any("ready and proven" in text for text in replies(ann, said)[1:])
    assert len(ann.pings()) >= 2


def test_a_vague_request_is_asked_for_once_and_approved_in_words(ann: Person) -> None:
    said = ann.mention("C1", "make me a model")
    card = wait_for_card(ann, said, "waiting for your answer", ASK_SECONDS)
    assert "which file" in card

    ann.mention("C1", WORDS, thread=said, files=[messages()])
    wait_for_card(ann, said, "waiting for your yes")
    ann.mention("C1", "change budget_minutes to 3", thread=said)
    changed = wait_for_card(ann, said, "up to 3 min ")
    assert "waiting for your yes" in changed
    ann.mention("C1", "approve", thread=said)
    done = wait_for_card(ann, said, ": done")

    ann.mention("C1", "predict you won a prize, claim cash now", thread=said)
    assert "claim" in ann.wait_for("Prediction", ASK_SECONDS, thread=said).text
    ann.click(done, "Try it")
    form = ann.wait_for_modal("Try it")
    ann.fill(form, {form.fields[0]: "see you at the station my friend"})
    ann.wait_until(
        lambda: len([one for one in replies(ann, said) if "chat" in one]) > 1 or None,
        "a second answer",
        ASK_SECONDS,
    )


def test_a_stranger_changes_nothing_and_is_told_so_alone(slack: FakeSlack, ann: Person) -> None:
    bob = slack.person("bob")
    said = ann.mention("C2", WORDS, files=[messages()])
    plan = wait_for_card(ann, said, "waiting for your yes")

    bob.click(plan, "Approve")
    bob.click(plan, "Cancel")
    bob.mention("C2", "cancel", thread=said)
    bob.command("/mltrainer", f"cancel {job_id_of(plan)}", "C2")
    told = bob.wait_for_whisper("belongs to")

    assert "ann" in told.text.lower()
    assert "waiting for your yes" in ann.look(plan)
    assert "waiting for your yes" in bob.look(plan)  # anybody may read
    ann.click(plan, "Cancel")
    wait_for_card(ann, said, "cancelled", ASK_SECONDS)
    assert any("stops the job for good" in one for one in ann.asked)


def test_two_people_have_two_jobs_in_one_channel(slack: FakeSlack, ann: Person) -> None:
    bob = slack.person("bob")
    first = ann.mention("C1", WORDS, files=[messages()])
    second = bob.mention("C1", WORDS, files=[messages()])
    plans = [
        wait_for_card(ann, first, "waiting for your yes"),
        wait_for_card(bob, second, "waiting for your yes"),
    ]

    assert len({job_id_of(plan) for plan in plans}) == 2
    ann.click(plans[0], "Cancel")
    bob.mention("C1", "approve", thread=second)
    wait_for_card(ann, first, "cancelled", ASK_SECONDS)
    wait_for_card(bob, second, ": done")


def test_commands_answer_their_person_alone_with_the_thread(ann: Person) -> None:
    said = ann.mention("C1", "make me a model")
    card = wait_for_card(ann, said, "waiting for your answer", ASK_SECONDS)
    job = job_id_of(card)

    ann.command("/mltrainer", "list")
    assert job in ann.wait_for_whisper(job).text
    ann.command("/mltrainer", f"status {job}")
    assert "Open the thread" in ann.wait_for_whisper("Open the thread").buttons
    ann.command("/mltrainer", "dance")
    assert "resume" in ann.wait_for_whisper("dance").text
    ann.shortcut(card)
    menu = ann.wait_for_whisper("Cancel")
    ann.click(menu, "Cancel")
    wait_for_card(ann, said, "cancelled", ASK_SECONDS)
    ann.command("/mltrainer", f"resume {job}")
    assert ann.wait_for_whisper("was cancelled")


def test_a_job_can_be_had_in_direct_messages_and_from_a_form(ann: Person) -> None:
    said = ann.dm(WORDS, files=[messages()])
    plan = wait_for_card(ann, said, "waiting for your yes")
    ann.click(plan, "Cancel")
    wait_for_card(ann, said, "cancelled", ASK_SECONDS)

    ann.shortcut()
    form = ann.wait_for_modal("New training job")
    words, file = form.fields[:2]
    ann.fill(form, {words: WORDS, file: [messages()]})
    ann.wait_for("waiting for your yes", ASK_SECONDS)
