"""Commands, buttons, forms and words mean the same, wherever they come from."""

from pathlib import Path

import pytest

from pipeline.context import JobContext
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.chat import AskForm, Card, FormErrors, Ok
from tests.fakes.reported import reported_job
from tests.unit.bot.front import ANA, BEN, CHANNEL, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio
DOORS = ["button", "command", "menu", "words"]


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def labels(card: Card) -> list[str]:
    return [action.label for action in card.actions]


@pytest.mark.parametrize("door", DOORS)
async def test_a_failed_job_is_resumed_by_each_of_four_doors(front: Front, door: str) -> None:
    row = await front.job(JobStatus.FAILED)
    match door:
        case "button":
            assert isinstance(await front.press("resume", row.id), Ok)
        case "command":
            said = whispered(await front.type("resume", row.id))
            assert said.actions[0].url == "https://slack.test/C1/1.1"
        case "menu":
            menu = whispered(await front.type("menu", at=THREAD))
            await front.push(next(one for one in menu.actions if one.label == "Resume"))
        case _:
            await front.say("resume")
    assert (await front.store.load(row.id)).status is JobStatus.RUNNABLE


async def test_a_command_without_a_job_means_the_only_one_of_this_channel(front: Front) -> None:
    row = await front.job(JobStatus.FAILED)
    other = CHANNEL.model_copy(update={"channel": "C2", "thread": "3.3"})
    await front.job(JobStatus.FAILED, at=other)
    await front.type("resume")
    assert (await front.store.load(row.id)).status is JobStatus.RUNNABLE


async def test_several_jobs_are_offered_with_buttons(front: Front) -> None:
    rows = [
        await front.job(JobStatus.FAILED, at=THREAD.model_copy(update={"thread": str(number)}))
        for number in range(2)
    ]
    said = whispered(await front.type("resume"))
    assert {row.title.split()[0] for row in said.rows} == {row.id for row in rows}
    await front.push(said.rows[0].actions[0])
    status = {(await front.store.load(row.id)).status for row in rows}
    assert status == {JobStatus.RUNNABLE, JobStatus.FAILED}


async def test_an_unknown_command_is_answered_with_the_known_ones(front: Front) -> None:
    assert "resume" in all_of(whispered(await front.type("reticulate")))


async def test_status_and_log_answer_this_person_with_the_link(front: Front) -> None:
    row = await front.job()
    for name in ("status", "log"):
        said = whispered(await front.type(name, row.id, by=BEN))
        assert said.actions[-1].url == "https://slack.test/C1/1.1"


async def test_text_approves_as_a_button_does(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    await front.say("approve")
    assert await front.replies(row) == ["approve"]


async def test_a_second_reply_waits_until_the_first_was_read(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    await front.say("approve")
    await front.say("approve")
    assert await front.replies(row) == ["approve"]
    assert "still reading" in front.chat.whispers[0][1].title


def planned(model: Path) -> JobContext:
    return reported_job(model).evolve(release=None)


async def test_the_change_form_holds_what_stands_and_sends_what_differs(front: Front) -> None:
    row = await front.job(JobStatus.FAILED, context=planned(front.home / "model"))
    reply = await front.press("change", row.id)
    assert isinstance(reply, AskForm)
    stands = {one.id: one.value for one in reply.form.fields}
    assert stands == {"target": "left", "metric": "roc_auc", "budget_minutes": "1", "other": ""}
    assert len(reply.form.fields) <= 5
    values: dict[str, str | bool] = {**stands, "metric": "accuracy", "other": "seed=7\nfolds=3"}
    shown = await front.send("change", row.id, values)
    assert isinstance(shown, FormErrors)
    assert "folds" in shown.form.errors["other"]
    values["other"] = "seed=7"
    assert isinstance(await front.send("change", row.id, values), Ok)
    after = await front.store.load(row.id)
    assert after.status is JobStatus.RUNNABLE
    settings = after.context.request.settings
    assert settings == {"target": "left", "metric": "accuracy", "hyperparameters.seed": 7}


async def test_a_changed_plan_is_a_reply_to_the_job(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    await front.send("change", row.id, {"budget_minutes": "5", "other": "epochs to 3"})
    assert await front.replies(row) == ["change budget_minutes to 5\nchange epochs to 3"]


async def test_a_change_said_to_a_failed_job_lets_it_go_on(front: Front) -> None:
    row = await front.job(JobStatus.FAILED)
    await front.say("change epochs to 5 and lr to 0.001")
    after = await front.store.load(row.id)
    assert after.status is JobStatus.RUNNABLE
    assert dict(after.context.request.settings) == {
        "hyperparameters.epochs": 5,
        "hyperparameters.learning_rate": 0.001,
    }


async def test_a_job_at_work_is_not_changed(front: Front) -> None:
    row = await front.job()
    assert "at work" in whispered(await front.press("change", row.id)).title


async def test_try_it_asks_for_what_the_model_reads_and_answers_in_the_thread(
    front: Front,
) -> None:
    context = reported_job(front.home / "model")
    row = await front.job(JobStatus.DONE, context=context)
    reply = await front.press("try", row.id)
    assert isinstance(reply, AskForm)
    assert [one.label for one in reply.form.fields] == ["tenure", "contract", "monthly fee", "age"]
    await front.send("try", row.id, {"column-0": "3", "column-3": "40"})
    await front.arrivals.drain()
    ((_, said, _),) = front.predictions
    assert said == '{"tenure": "3", "contract": null, "monthly fee": null, "age": "40"}'
    assert front.chat.thread(THREAD)[0].notify == ANA


async def test_predict_typed_as_a_command_answers_in_the_thread(front: Front) -> None:
    row = await front.job(JobStatus.DONE)
    said = whispered(await front.type("predict", f"{row.id} 1,2,3"))
    assert "thread" in said.title
    await front.arrivals.drain()
    assert front.predictions == [(row.id, "1,2,3", [])]


async def test_new_opens_the_form_and_an_empty_one_says_what_is_missing(front: Front) -> None:
    reply = await front.type("new")
    assert isinstance(reply, AskForm)
    assert [one.kind for one in reply.form.fields] == ["long", "file"]
    assert isinstance(await front.send("new", "new", {"words": " "}), FormErrors)


async def test_stages_done_are_named_as_kept(front: Front) -> None:
    row = await front.job(JobStatus.FAILED, context=planned(front.home / "model"))
    said = whispered(await front.type("status", row.id))
    assert Stage.DATASET in dict(said.facts)["Kept"]
    assert labels(said) == ["Retry", "Resume", "Change", "Log", "Open the thread"]
