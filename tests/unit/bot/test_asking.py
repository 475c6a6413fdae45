"""Forms that can be opened again, questions before an end, and what fits while somebody types."""

from pathlib import Path

import pytest

from bot import phrases
from pipeline.jobs import JobStatus
from pipeline.ports.chat import AskForm, Choices, Ok, Suggest
from tests.fakes.reported import reported_job
from tests.unit.bot.front import (
    ADMIN,
    ANA,
    BEN,
    CHANNEL,
    FOREIGN,
    KEY,
    THREAD,
    Front,
    whispered,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


async def opened(front: Front, form: str) -> AskForm:
    match form:
        case "account":
            panel = whispered(await front.type("connect", "hf"))
            paste = next(one for one in panel.rows[0].actions if one.id == "paste")
            reply = await front.push(paste)
        case "change":
            row = await front.job(JobStatus.FAILED)
            reply = await front.press("change", row.id)
        case "try":
            row = await front.job(JobStatus.DONE, context=reported_job(front.home / "model"))
            reply = await front.press("try", row.id)
        case _:
            reply = await front.type("new")
    assert isinstance(reply, AskForm)
    return reply


@pytest.mark.parametrize("form", ["account", "change", "try", "new"])
async def test_a_click_on_what_opened_a_form_opens_it_again(front: Front, form: str) -> None:
    first = await opened(front, form)
    again = await front.press(first.form.opened_by, first.form.state)
    assert again == first


@pytest.mark.parametrize("by", [ANA, ADMIN])
async def test_an_end_that_is_not_confirmed_is_asked_for_and_not_done(
    front: Front, by: object
) -> None:
    row = await front.job()
    who = ANA if by is ANA else ADMIN
    said = whispered(await front.press("cancel", row.id, by=who, confirmed=False))
    assert row.id in said.title
    assert said.body == phrases.CONFIRM["cancel"]
    assert not (await front.store.load(row.id)).cancel
    (button,) = said.actions
    assert (button.label, button.style, button.confirm) == ("Cancel", "danger", "")

    assert isinstance(await front.push(button, by=who), Ok)
    assert (await front.store.load(row.id)).cancel


@pytest.mark.parametrize("by", [BEN, FOREIGN])
async def test_a_stranger_is_not_even_asked(front: Front, by: object) -> None:
    row = await front.job()
    who = BEN if by is BEN else FOREIGN
    said = whispered(await front.press("cancel", row.id, by=who, confirmed=False))
    assert said.tone == "bad"
    assert said.actions == ()


@pytest.mark.parametrize("action", ["retry", "approve", "launch", "paste", "connect"])
async def test_what_is_asked_by_no_button_is_not_done_unconfirmed(
    front: Front, action: str
) -> None:
    row = await front.job(JobStatus.FAILED)
    said = whispered(await front.press(action, row.id, confirmed=False))
    assert said.title == phrases.STALE
    assert (await front.store.load(row.id)).seq == row.seq


async def fitting(front: Front, command: str, typed: str = "", by: object = ANA) -> list[str]:
    who = ANA if by is ANA else BEN
    asked = Suggest(key=front.key(), actor=who, place=CHANNEL, command=command, typed=typed)
    reply = await front.reception.decide(asked)
    assert isinstance(reply, Choices)
    assert all(len(one.label) <= 100 for one in reply.choices)
    return [one.value for one in reply.choices]


async def test_the_jobs_that_fit_are_suggested_those_of_here_first(front: Front) -> None:
    elsewhere = THREAD.model_copy(update={"channel": "C9"})
    far = THREAD.model_copy(update={"space": "T7"})
    old = await front.job(JobStatus.FAILED)
    await front.job(JobStatus.DONE)
    new = await front.job(JobStatus.FAILED)
    away = await front.job(JobStatus.FAILED, at=far)
    there = await front.job(JobStatus.FAILED, at=elsewhere)
    assert await fitting(front, "retry") == [new.id, old.id, there.id, away.id]
    assert await fitting(front, "retry", old.id[2:7]) == [old.id]
    assert await fitting(front, "retry", "no such words") == []
    assert await fitting(front, "retry", by=BEN) == []


async def test_at_most_25_jobs_are_suggested_by_their_words(front: Front) -> None:
    for number in range(30):
        await front.job(at=THREAD.model_copy(update={"thread": str(number)}))
    asked = Suggest(key="1", actor=ANA, place=CHANNEL, command="status", typed="")
    reply = await front.reception.decide(asked)
    assert isinstance(reply, Choices)
    assert len(reply.choices) == 25
    assert all(f"{one.value} running — " in one.label for one in reply.choices)


@pytest.mark.parametrize("command", ["connect", "forget"])
async def test_services_are_suggested_by_their_names(front: Front, command: str) -> None:
    assert await fitting(front, command) == ["huggingface", "kaggle"]
    assert await fitting(front, command, "hug") == ["huggingface"]


async def test_nothing_is_suggested_for_the_rest(front: Front) -> None:
    await front.job()
    assert await fitting(front, "help") == []
    assert await fitting(front, "new") == []


async def test_a_suggestion_that_fails_is_none_and_repeats_nothing(
    front: Front, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(owner: str | None = None, limit: int = 50) -> None:
        raise ValueError(KEY, owner, limit)

    monkeypatch.setattr(front.store, "list", away)
    assert await fitting(front, "status", KEY) == []
    assert KEY not in caplog.text
