"""A job's one card says where it stands and offers what can be done."""

from pathlib import Path

import pytest

from bot.job_card import buttons, job_card
from pipeline.artifacts import Collected
from pipeline.context import JobContext, StageError, StageResult, Waiting
from pipeline.events import Event, PlanProposed, ProgressReported, StageEnded, StageRetried
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.chat import Card
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.reported import reported_job, row_of

NOW = FakeClock().now()


def drawn(context: JobContext, status: JobStatus, *events: Event) -> Card:
    return job_card(row_of(context, status), events, titles={"huggingface": "Hugging Face"})


def labels(card: Card) -> list[str]:
    return [action.label for action in card.actions]


def waiting(reason: str, field: str = "target", options: tuple[str, ...] = ()) -> JobContext:
    asked = {"reason": reason, "text": "Which one?", "field": field, "options": options}
    return new_job(FakeClock()).evolve(waiting=Waiting.model_validate(asked))


def test_a_live_card_shows_timing_numbers_and_the_error_of_a_retry() -> None:
    numbers = {"step": 1200.0, "loss": 0.31}
    card = drawn(
        new_job(FakeClock()),
        JobStatus.RUNNABLE,
        StageEnded(stage=Stage.DATASET, seconds=4.8, note="500 rows"),
        StageRetried(stage=Stage.CODEGEN, attempt=2, max_attempts=3, delay=2, error="Too big."),
        ProgressReported(stage=Stage.MONITOR, step="train", numbers=numbers, eta=2460),
    )
    stages = {line.title: (line.state, line.note) for line in card.stages}
    assert list(stages) == list(Stage)
    assert stages["dataset"] == ("done", "4.8s  500 rows")
    assert stages["monitor"] == ("running", "train: step 1,200, loss 0.31, 41m 00s left")
    assert "Too big." in card.log[0]
    assert labels(card) == ["Log", "Cancel"]
    assert card.actions[-1].confirm


def test_a_job_nobody_works_on_offers_resume() -> None:
    row = row_of(new_job(FakeClock()), JobStatus.RUNNABLE)
    card = job_card(row, (), worked_on=False)
    assert "interrupted" in card.title
    assert labels(card) == ["Resume", "Log", "Cancel"]


def test_a_question_has_its_options_as_text_and_as_buttons() -> None:
    card = drawn(waiting("question", options=("price", "sold")), JobStatus.WAITING)
    assert card.body == "Which one?\n  1. price\n  2. sold"
    assert labels(card) == ["price", "sold", "Cancel"]
    assert len({action.id for action in card.actions}) == 3
    assert card.tone == "waiting"


@pytest.mark.parametrize("options", [("a", "b", "c", "d", "e"), ("x" * 31, "y")])
def test_many_or_long_options_are_text_alone(options: tuple[str, ...]) -> None:
    card = drawn(waiting("question", options=options), JobStatus.WAITING)
    assert labels(card) == ["Cancel"]
    assert options[0] in card.body


def test_a_missing_account_is_named_as_people_know_it() -> None:
    card = drawn(waiting("credential", "huggingface"), JobStatus.WAITING)
    assert card.title.endswith("waiting for your Hugging Face account")
    assert labels(card) == ["Connect accounts", "Change", "Cancel"]


def test_a_plan_says_what_leaves_what_becomes_public_cost_and_time(tmp_path: Path) -> None:
    asked = Waiting(reason="approval", text="Publishing leaves this machine.", field="approval")
    abroad = Collected(
        files=(),
        runtime="kaggle",
        host="huggingface",
        summary=(),
        runtime_title="Kaggle",
        host_title="Hugging Face",
    )
    context = reported_job(tmp_path).evolve(waiting=asked, collected=abroad, release=None)
    plan = PlanProposed(
        lines=("Data: 2,250 rows", "Price: at most $0.12", "Time: up to 60 s"), needs_yes=True
    )
    card = drawn(context, JobStatus.WAITING, plan)
    facts = dict(card.facts)
    assert facts["Data"] == "2,250 rows"
    assert "to Kaggle and the model with its held-out rows, to Hugging Face" in facts["Leaves here"]
    assert facts["Public"] == "nothing"
    assert "at most $0.12" in facts["Cost"]
    assert "Price" not in facts
    assert facts["Time"] == "up to 60 s of training"
    assert labels(card) == ["Approve", "Change", "Cancel"]


def test_a_failure_says_cause_and_what_was_kept() -> None:
    error = StageError(
        stage=Stage.CONFIG, attempt=1, kind="Bug", message="It broke.", hint="Report it.", at=NOW
    )
    done = StageResult(status="done", attempts=1, seconds=1, at=NOW)
    context = new_job(FakeClock()).evolve(
        errors=(error,), stage_results={Stage.INTAKE_MANAGER: done}
    )
    card = drawn(context, JobStatus.FAILED)
    assert card.body == "It broke. Report it."
    assert dict(card.facts)["Kept"] == "done and kept: intake_manager"
    assert labels(card) == ["Retry", "Resume", "Change", "Log"]


def test_a_result_states_numbers_verdict_and_how_to_use_it_in_a_chat(tmp_path: Path) -> None:
    context = reported_job(tmp_path)
    assert context.release is not None
    published = context.release.model_copy(update={"url": "https://hub.test/ann/model"})
    card = drawn(context.evolve(release=published), JobStatus.DONE)
    facts = dict(card.facts)
    assert facts["Metric"].startswith("roc_auc 0.8621 on 450 test rows")
    assert facts["Verdict"].startswith("good: ")
    assert facts["Model"] == "https://hub.test/ann/model"
    assert "@mltrainer predict" in facts["Predict"]
    assert "mltrainer report" not in str(card)
    assert labels(card) == ["Try it", "Log", "Model"]


@pytest.mark.parametrize("status", list(JobStatus))
def test_no_card_has_more_than_five_buttons(status: JobStatus) -> None:
    context = waiting("question", options=("a", "b", "c", "d"))
    assert len(buttons(row_of(context, status))) <= 5
    assert len(drawn(context, status).actions) <= 5
