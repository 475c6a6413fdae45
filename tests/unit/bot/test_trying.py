"""Cards say which language model speaks, what it cost, what it changed, and what was tried."""

from bot import cards
from bot.job_card import job_card
from bot.posting.notices import notices
from pipeline.artifacts import Collected
from pipeline.context import JobContext, StageError, Waiting
from pipeline.events import AgentLogged, Event, ModelCalled, ModelReplied, PlanProposed, Recorded
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.model import AWAY
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.reported import row_of

NOW = FakeClock().now()
MODEL = "Language model: Anthropic claude-small (your key), at most $1.00"
SENDS = "Sends: your words, and names, types and statistics of the columns, to Anthropic"
DIFF = "Fewer parts.\n--- train.py\n+++ train.py\n@@ -1,2 +1,2 @@\n-FOLDS = 5\n+FOLDS = 4"


def replied(usd: float = 0.012, limit: float | None = 1.0) -> ModelReplied:
    return ModelReplied(
        stage=Stage.CODEGEN,
        prompt="codegen",
        tokens=1200,
        cost_usd=usd,
        seconds=1.5,
        provider="anthropic",
        model="claude-small",
        limit_usd=limit,
    )


def changed(diff: str = DIFF) -> AgentLogged:
    return AgentLogged(stage=Stage.CODEGEN, message=diff)


def facts(context: JobContext, status: JobStatus, *events: Event) -> dict[str, str]:
    return dict(job_card(row_of(context, status), events).facts)


def crashed(times: int, *, waits: bool) -> JobContext:
    errors = tuple(
        StageError(
            stage=Stage.MONITOR, attempt=one + 1, kind="Rejected", message="It broke.", at=NOW
        )
        for one in range(times)
    )
    waiting = Waiting(reason="question", text="It broke. Say “retry”.", field="retry")
    context = new_job(FakeClock()).evolve(errors=errors, redos=1)
    return context.evolve(waiting=waiting, retry_counts={Stage.MONITOR: 2}) if waits else context


def test_a_card_says_what_the_model_cost_so_far() -> None:
    shown = facts(new_job(FakeClock()), JobStatus.RUNNABLE, replied(0.012), replied(0.008))
    assert shown["Cost"] == "$0.02 of $1.00"


def test_less_than_a_cent_is_not_made_nothing_and_nothing_is_not_shown() -> None:
    context = new_job(FakeClock())
    assert facts(context, JobStatus.RUNNABLE, replied(0.0004))["Cost"] == "$0.0004 of $1.00"
    assert "Cost" not in facts(context, JobStatus.RUNNABLE, replied(0))
    assert "Cost" not in facts(context, JobStatus.RUNNABLE)


def test_a_card_names_the_model_of_the_plan() -> None:
    plan = PlanProposed(lines=(MODEL, SENDS, "Here: nothing else leaves"), needs_yes=False)
    shown = facts(new_job(FakeClock()), JobStatus.RUNNABLE, plan)
    assert shown["Language model"] == "Anthropic claude-small (your key), at most $1.00"
    assert "Sends" not in shown


def test_a_plan_that_waits_says_what_the_model_sees_and_costs() -> None:
    abroad = Collected(files=(), runtime="kaggle", host="folder", summary=())
    waiting = Waiting(reason="approval", text="This may cost money.", field="approval")
    context = new_job(FakeClock()).evolve(collected=abroad, waiting=waiting)
    plan = PlanProposed(lines=(MODEL, SENDS, "Trains on kaggle"), needs_yes=True)
    shown = facts(context, JobStatus.WAITING, replied(), plan)
    assert "names, types and statistics of the columns, to Anthropic" in shown["Leaves here"]
    assert "to kaggle" in shown["Leaves here"]
    assert "language model so far $0.01 of $1.00" in shown["Cost"]
    labels = [label for label, _ in job_card(row_of(context, JobStatus.WAITING), [plan]).facts]
    assert len(labels) == len(set(labels))


def test_a_card_shows_a_change_in_short_and_its_log_only_why() -> None:
    card = job_card(row_of(new_job(FakeClock()), JobStatus.RUNNABLE), [changed()])
    assert dict(card.facts)["Change"] == "Fewer parts.\n-FOLDS = 5\n+FOLDS = 4"
    assert card.log == ("Fewer parts.",)


def test_a_long_change_is_cut_and_the_rest_counted() -> None:
    diff = DIFF + "\n" + "\n".join(f"+line {one}" for one in range(20))
    shown = facts(new_job(FakeClock()), JobStatus.RUNNABLE, changed(diff))["Change"]
    assert len(shown.splitlines()) == 10
    assert shown.endswith("… 14 more lines; all of it: log")


def test_a_job_that_stops_says_what_was_tried_the_change_and_what_is_left() -> None:
    events = (replied(), changed())
    shown = facts(crashed(2, waits=True), JobStatus.WAITING, *events)
    assert shown["Tried"] == "2 times\nmonitor: It broke.\nmonitor: It broke."
    assert "+FOLDS = 4" in shown["Change"]
    assert "1 of 2 new scripts, $0.99 of $1.00 for language models" in shown["Left"]


def test_a_terminal_says_the_same_where_a_job_stops() -> None:
    row = row_of(crashed(2, waits=True), JobStatus.WAITING)
    shown = dict(cards.ending_card(row, (replied(), changed())).facts)
    assert "2 times" in shown["Tried"]
    assert "+FOLDS = 4" in shown["Change"]


def test_another_question_and_a_single_error_have_no_list_of_tries() -> None:
    asked = Waiting(reason="question", text="Which column?", field="target")
    other = crashed(2, waits=True).evolve(waiting=asked)
    assert "Tried" not in facts(other, JobStatus.WAITING)
    assert "Tried" not in facts(crashed(1, waits=False), JobStatus.FAILED)


def test_a_terminal_shows_a_line_for_each_call_and_quiet_hides_them() -> None:
    called = ModelCalled(
        stage=Stage.CODEGEN, prompt="codegen", provider="anthropic", model="claude-small"
    )
    shown = cards.told([called, replied()]).log
    assert shown == (
        "codegen asks anthropic claude-small: codegen",
        "codegen hears anthropic claude-small: 1,200 tokens, $0.0120, 1.5s",
    )
    assert cards.told([called, replied()], quiet=True).log == ()


def test_a_refused_key_of_the_owner_is_told_in_the_thread_without_a_mention() -> None:
    told = f"Anthropic small (your key) {AWAY} It was refused. Groq free is asked instead."
    other = told.replace("your key", "the server's key")
    events = [
        Recorded(
            number=one,
            at=NOW,
            event=AgentLogged(stage=Stage.CODEGEN, message=text, warning=True),
        )
        for one, text in enumerate((told, other), 1)
    ]
    row = row_of(new_job(FakeClock()), JobStatus.RUNNABLE)
    (letter,) = notices(row, events, 0, NOW)
    assert (letter.card.title, letter.notify) == (told, None)
