"""Cards say what the events say."""

from bot import cards
from pipeline.context import StageError, Waiting
from pipeline.events import (
    AgentLogged,
    Event,
    JobResumed,
    StageEnded,
    StageFailed,
    StageRetried,
    StageStarted,
    ToolCalled,
)
from pipeline.jobs import JobStatus, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.bot.finished import NOW, finished_job, row_of

CONFIG = Stage.CONFIG


def test_a_stage_line_follows_its_events() -> None:
    live = cards.told([StageStarted(stage=CONFIG, attempt=1)])
    assert live.stages[CONFIG].state == "running"
    live = cards.advance(live, StageEnded(stage=CONFIG, seconds=4.83, note="20 epochs"))
    assert (live.stages[CONFIG].state, live.stages[CONFIG].note) == ("done", "4.8s  20 epochs")


def test_a_retry_stands_in_the_log_with_its_error() -> None:
    retried = StageRetried(stage=CONFIG, attempt=2, max_attempts=3, delay=2, error="Too big.")
    assert "Too big." in cards.told([retried]).log[0]


def test_quiet_hides_calls_of_tools_and_nothing_else() -> None:
    events: list[Event] = [
        ToolCalled(tool="look", arguments="{}"),
        AgentLogged(stage=CONFIG, message="Seen."),
    ]
    assert len(cards.told(events).log) == 2
    assert cards.told(events, quiet=True).log == ("Seen.",)


def test_a_resumed_job_shows_no_old_failure() -> None:
    failed = StageFailed(stage=CONFIG, error="Bug", reason="It broke.")
    live = cards.told([failed, JobResumed(stage=CONFIG, why="asked")])
    assert CONFIG not in live.stages


def test_the_live_card_names_all_nine_stages_in_order() -> None:
    card = cards.live_card(row_of(new_job(FakeClock()), JobStatus.RUNNABLE), cards.Live())
    assert [line.title for line in card.stages] == list(Stage)


def test_the_result_states_metric_baselines_verdict_model_and_use() -> None:
    card = cards.ending_card(row_of(finished_job(), JobStatus.DONE))
    labels = [label for label, _ in card.facts]
    before = ["Metric", "Baseline", "Baseline", "Verdict", "Mattered", "Warning", "Next"]
    assert labels == [*before, "Model", "Predict", "Pictures"]
    said = dict(card.facts)
    assert said["Mattered"] == "length, sender"
    assert said["Next"] == "Bring 2,000 more messages."
    metric = "f1 0.9621 on 515 test rows, 95 % interval 0.93 to 0.985, positive: spam"
    assert said["Metric"].startswith(metric)
    assert said["Model"] == "/models/job"


def test_a_question_shows_its_options_numbered() -> None:
    waiting = Waiting(reason="question", text="Which one?", field="target", options=("a", "b"))
    context = new_job(FakeClock()).evolve(waiting=waiting)
    card = cards.ending_card(row_of(context, JobStatus.WAITING))
    assert (card.title, card.body, card.tone) == ("Which one?", "  1. a\n  2. b", "waiting")


def test_a_plan_that_waits_offers_approve_change_cancel() -> None:
    waiting = Waiting(reason="approval", text="This costs $2.", field="approval")
    context = new_job(FakeClock()).evolve(waiting=waiting)
    card = cards.ending_card(row_of(context, JobStatus.WAITING))
    assert [action.label for action in card.actions] == ["Approve", "Change", "Cancel"]


def test_a_failure_says_cause_and_next_step_and_offers_retry() -> None:
    error = StageError(
        stage=CONFIG, attempt=1, kind="Bug", message="It broke.", hint="Report it.", at=NOW
    )
    context = new_job(FakeClock()).evolve(errors=(error,))
    card = cards.ending_card(row_of(context, JobStatus.FAILED))
    assert card.body == "It broke. Report it."
    assert [action.id for action in card.actions] == ["retry"]
