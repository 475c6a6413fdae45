"""What intake still needs, and what a reply changes."""

from datetime import UTC, datetime

import pytest

from pipeline.artifacts import DataInput
from pipeline.changes import changes
from pipeline.context import JobContext, Request, StageResult, Waiting
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor, JobId, Place, Stage
from pipeline.readiness import (
    FIND_GROUPS,
    apply_reply,
    data_input,
    grouped_question,
    missing,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def waiting(field: str, options: tuple[str, ...] = (), reason: str = "question") -> JobContext:
    done = StageResult(status="done", attempts=1, seconds=0, at=NOW)
    return JobContext(
        job_id=JobId("j-aaaaaaaa"),
        created_at=NOW,
        owner=Actor(platform="terminal", space="tty", id="me"),
        thread=Place(platform="terminal", space="tty", channel="tty"),
        home="/nowhere",
        request=Request(words="sort my mail", inputs=(DataInput(location="old.csv"),)),
        waiting=Waiting.model_validate(
            {"reason": reason, "text": "?", "field": field, "options": options}
        ),
        stage_results=dict.fromkeys(Stage, done),
    )


def test_everything_missing_is_asked_in_one_question() -> None:
    question = grouped_question(missing(Request(words="")))
    assert "(1)" in question
    assert "(2)" in question
    assert missing(Request(words="x", inputs=(DataInput(location="a.csv"),))) == ()


@pytest.mark.parametrize("reply", ["2", "Sold", "sold"])
def test_an_option_is_chosen_by_number_or_by_text(reply: str) -> None:
    context = apply_reply(waiting("target", ("price", "sold")), reply)
    assert context.request.settings == {"dataset.label_column": "sold"}
    assert set(context.stage_results) == {Stage.INTAKE_MANAGER}
    assert context.waiting is None


def test_another_file_starts_again_from_intake() -> None:
    context = apply_reply(waiting("data"), "'new file.csv'")
    assert context.request.inputs == (DataInput(location="new file.csv"),)
    assert not context.stage_results


def test_a_grouped_reply_is_told_apart_into_words_and_paths() -> None:
    context = apply_reply(waiting("words+data"), "flag angry mails, /data/mails.csv")
    assert context.request.words == "flag angry mails"
    assert context.request.inputs == (DataInput(location="/data/mails.csv"),)


@pytest.mark.parametrize("reply", ["change epochs to 5", "change the epochs to 5", "set epochs=5"])
def test_a_change_in_words_is_as_good_as_a_form(reply: str) -> None:
    context = apply_reply(waiting("approval", reason="approval"), reply)
    assert context.request.settings == {"hyperparameters.epochs": 5}
    assert not context.request.approved


def test_another_runtime_counts_from_the_intake_on() -> None:
    context = apply_reply(waiting("approval", reason="approval"), "change runtime to local")
    assert context.request.runtime == "local"
    assert not context.stage_results


@pytest.mark.parametrize("reply", ["Approve", "yes, please!", "sure, go ahead", "OK."])
def test_a_clear_yes_approves(reply: str) -> None:
    assert apply_reply(waiting("approval", reason="approval"), reply).request.approved


@pytest.mark.parametrize("reply", ["why not later", "please", "yes but cheaper", "go away"])
def test_only_a_clear_yes_approves(reply: str) -> None:
    with pytest.raises(PersonCanFix, match="did not understand"):
        apply_reply(waiting("approval", reason="approval"), reply)


def test_saying_retry_keeps_all_finished_stages() -> None:
    context = apply_reply(waiting("retry"), "I freed some space")
    assert len(context.stage_results) == len(Stage)


def test_a_split_can_be_named_in_front_of_a_path() -> None:
    assert data_input("val=/a/b.csv") == DataInput(location="/a/b.csv", split="validation")
    assert data_input("a=b.csv") == DataInput(location="a=b.csv")


@pytest.mark.parametrize("field", ["target", "task_type"])
def test_groups_can_be_asked_for_instead_of_a_column(field: str) -> None:
    asked = waiting(field, ("price", "sold", FIND_GROUPS))
    asked = asked.evolve(
        request=asked.request.model_copy(update={"settings": {"dataset.label_column": "banana"}})
    )
    for reply in ("3", "find groups", "clusters"):
        assert apply_reply(asked, reply).request.settings == {"task_type": "clustering"}


def test_a_column_in_reply_to_which_task_is_the_target() -> None:
    context = apply_reply(waiting("task_type", ("text_classification",)), "price")
    assert context.request.settings == {"dataset.label_column": "price"}


def test_a_number_that_no_option_has_is_refused() -> None:
    with pytest.raises(PersonCanFix, match="no option 7: there are 2"):
        apply_reply(waiting("target", ("price", "sold")), "7")


def test_words_said_where_the_first_file_is_asked_for_add_to_the_wish() -> None:
    asked = waiting("data")
    asked = asked.evolve(request=Request(words="judged by f1, please"))
    told = apply_reply(asked, "predict who leaves us").request
    assert (told.words, told.inputs) == ("judged by f1, please\npredict who leaves us", ())
    assert apply_reply(asked, "mails").request.inputs == (DataInput(location="mails"),)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("change epochs to 5", {"epochs": "5"}),
        (
            "change epochs to 5 and lr to 0.001.",
            {"epochs": "5", "learning_rate": "0.001"},
        ),
        (
            "change the learning rate to 0.1\nbatch size = 8; set metric: f1",
            {"learning_rate": "0.1", "batch_size": "8", "metric": "f1"},
        ),
        ("set target to salt and pepper", {"target": "salt and pepper"}),
        ("the last column", {}),
        ("approve", {}),
    ],
)
def test_several_changes_are_said_at_once(said: str, wanted: dict[str, str]) -> None:
    assert changes(said) == wanted


def test_of_several_changes_all_are_made_or_none() -> None:
    plan = waiting("approval", reason="approval")
    context = apply_reply(plan, "change epochs to 5 and lr to 0.001")
    assert dict(context.request.settings) == {
        "hyperparameters.epochs": 5,
        "hyperparameters.learning_rate": 0.001,
    }
    assert not context.request.approved
    with pytest.raises(PersonCanFix) as refused:
        apply_reply(plan, "change epochs to five and nonsense to 3")
    assert "epochs" in refused.value.message
    assert "nonsense" in refused.value.message


def test_a_connected_account_only_runs_the_stage_again() -> None:
    before = waiting("huggingface", reason="credential")
    after = apply_reply(before, "ana connected Hugging Face.")
    assert after.waiting is None
    assert after.request == before.request
    assert after.stage_results == before.stage_results


def test_who_waits_for_an_account_may_choose_another_place_instead() -> None:
    after = apply_reply(waiting("kaggle", reason="credential"), "change runtime to local")
    assert after.request.runtime == "local"


def test_several_files_are_one_reply() -> None:
    after = apply_reply(waiting("data"), "/up/a.csv\n/up/b.csv")
    assert [one.location for one in after.request.inputs] == ["/up/a.csv", "/up/b.csv"]


def test_a_long_message_is_no_list_of_changes() -> None:
    assert changes("change a and " * 3000) == {}
