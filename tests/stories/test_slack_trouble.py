"""What goes wrong in a thread: keys, crashes, failures, and how each goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack, Seen
from tests.stories.chatting import (
    ASK_SECONDS,
    JOB_SECONDS,
    WORDS,
    card_of,
    job_id_of,
    messages,
    numbers,
    replies,
    wait_for_card,
)
from tests.stories.depot import Depot
from tests.stories.plugged import plugged
from tests.stories.serving import Served

KEY = "hf_" + "Qz7" * 11 + "Q"


@pytest.fixture(params=["http", "socket"])
def slack(request: pytest.FixtureRequest) -> Iterator[FakeSlack]:
    with FakeSlack(socket_mode=request.param == "socket") as slack:
        yield slack


def test_a_key_is_asked_for_and_given_by_modal_and_found_nowhere(
    slack: FakeSlack, depot: Depot, tmp_path: Path, environments: Path
) -> None:
    house = plugged(tmp_path / "house")
    settings = {"PYTHONPATH": str(house), "PARCEL_URL": depot.url}
    with Served(slack, tmp_path, environments, **settings) as bot:
        ann, bob = slack.person("ann"), slack.person("bob")
        said = ann.mention("C1", f"{WORDS}, and publish it to parcel", files=[messages()])
        card = wait_for_card(ann, said, "waiting for your Hugging Face account", ASK_SECONDS)

        bob.click(card, "Connect accounts")
        assert bob.wait_for_whisper("accounts of ann")
        ann.click(card, "Connect accounts")
        panel = ann.wait_for_whisper("Hugging Face")
        ann.click(panel, "Paste")
        form = ann.wait_for_modal("Hugging Face")
        assert ann.fill(form, {"Hugging Face token": "not-a-token"})  # an inline error
        assert not ann.fill(form, {"Hugging Face token": KEY})
        plan = wait_for_card(ann, said, "waiting for your yes")
        assert "the model, to parcel" in plan
        ann.click(plan, "Approve")
        wait_for_card(ann, said, ": done")

        assert depot.keys == [KEY]
        assert ann.wait_for("ann connected Hugging Face", thread=said)
        bot.stop()
        assert_nowhere(KEY, slack, bot)


def test_a_failed_job_goes_on_by_each_of_the_four_doors(
    slack: FakeSlack, depot: Depot, tmp_path: Path, environments: Path
) -> None:
    house = plugged(tmp_path / "house")
    settings = {"PYTHONPATH": str(house), "PARCEL_URL": depot.url, "MLTRAINER_APPROVAL": "never"}
    depot.turned_away = 4
    with Served(slack, tmp_path, environments, **settings):
        ann = slack.person("ann")
        ann.command("/mltrainer", "connect hf")
        ann.click(ann.wait_for_whisper("Hugging Face"), "Paste")
        assert not ann.fill(ann.wait_for_modal("Hugging Face"), {"Hugging Face token": KEY})
        said = ann.mention("C1", f"{WORDS}, and publish it to parcel", files=[messages()])

        def failed(times: int) -> Seen:
            def told() -> bool | None:
                thread = replies(ann, said)
                return len([one for one in thread if "The job failed" in one]) >= times or None

            ann.wait_until(told, f"failure {times}", JOB_SECONDS)
            return wait_for_card(ann, said, ": failed", ASK_SECONDS)

        card = failed(1)
        assert {"Retry", "Resume", "Change", "Log"} <= set(card.buttons)
        assert "done and kept" in card
        ann.click(card, "Log")
        assert "deploy" in ann.wait_for_whisper("deploy failed").text
        ann.click(card, "Retry")
        ann.command("/mltrainer", f"resume {job_id_of(failed(2))}", "C2")
        ann.shortcut(failed(3))
        ann.click(ann.wait_for_whisper("Resume"), "Resume")
        failed(4)
        ann.mention("C1", "resume", thread=said)
        wait_for_card(ann, said, ": done")
        assert depot.keys == [KEY] * 5


def test_a_pasted_key_is_warned_of_and_not_kept(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(slack, tmp_path, environments) as bot:
        ann = slack.person("ann")
        said = ann.mention("C1", f"{WORDS}, my key is {KEY}", files=[messages()])

        warning = ann.wait_for_whisper("looks like a key")
        assert "delete" in warning.text
        assert "Connect accounts" in warning.buttons
        wait_for_card(ann, said, ": done")
        bot.stop()
        assert_nowhere(KEY, slack, bot)


def test_a_key_is_taken_in_direct_messages_by_the_same_buttons(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(slack, tmp_path, environments) as bot:
        ann = slack.person("ann")
        ann.dm("connect hf")
        panel = ann.wait_for("Hugging Face", ASK_SECONDS)
        ann.click(panel, "Paste")
        form = ann.wait_for_modal("Hugging Face")
        assert not ann.fill(form, {"Hugging Face token": KEY})
        assert KEY[-4:] in ann.wait_for(KEY[-4:]).text
        bot.stop()
        assert_nowhere(KEY, slack, bot)


def test_a_killed_bot_goes_on_by_itself_and_says_so_once(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(slack, tmp_path, environments) as bot:
        ann = slack.person("ann")
        said = ann.mention("C1", f"{WORDS}, take a minute", files=[messages()])
        wait_for_card(ann, said, "codegen")
        time.sleep(3)  # somewhere in the work
        bot.kill()
        bot.restart()
        wait_for_card(ann, said, ": done")
        time.sleep(2)

        told = replies(ann, said)
        assert len([one for one in told if "ready and proven" in one]) <= 2  # the card and a reply
        assert len([one for one in told[1:] if "resumed" in one.lower()]) == 1
        assert len([one for one in told if ": done" in one]) == 1


def test_a_cancel_stops_a_running_training_within_five_seconds(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(slack, tmp_path, environments):
        ann = slack.person("ann")
        said = ann.mention("C1", "predict y from the numbers", files=[numbers()])
        card = wait_for_card(ann, said, "monitor  running")
        ann.click(card, "Cancel")
        wait_for_card(ann, said, "cancelled", 5.0)
        assert job_id_of(card_of(ann, said))


def assert_nowhere(value: str, slack: FakeSlack, bot: Served) -> None:
    """The value is in no file of the home, in nothing printed, and in nothing that was sent."""
    found = [
        str(path.relative_to(bot.home))
        for path in bot.home.rglob("*")
        if path.is_file() and value.encode() in path.read_bytes()
    ]
    assert found == []
    assert value not in bot.printed()
    assert value not in slack.everything_sent()
