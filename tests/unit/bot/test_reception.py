"""What a platform calls: kept before it is answered, answered at once, without keys."""

from pathlib import Path

import pytest

from bot import words
from pipeline.errors import TryAgain
from pipeline.jobs import JobId
from pipeline.ports.chat import Attachment, Click, Mention, Ok
from tests.unit.bot.front import ANA, KEY, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def mention(text: str = "flag spam", *, addressed: bool = True) -> Mention:
    return Mention(key="1", actor=ANA, place=THREAD, text=text, addressed=addressed)


async def test_a_message_is_kept_once_before_it_is_answered(front: Front) -> None:
    for _ in range(2):
        assert isinstance(await front.reception.decide(mention()), Ok)
    kept = await front.post.arrivals(front.clock.now())
    assert [one.mention.text for one in kept] == ["flag spam"]
    assert await front.store.list() == ()


async def test_a_message_that_cannot_be_kept_goes_back_to_the_platform(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(kept: Mention, job_id: JobId) -> bool:
        del kept, job_id
        raise TryAgain("The database is away.")

    monkeypatch.setattr(front.post, "arrive", fail)
    with pytest.raises(TryAgain):
        await front.reception.decide(mention())


async def test_a_key_is_taken_out_before_anything_is_kept(front: Front) -> None:
    await front.reception.decide(mention(f"use {KEY} please"))
    (kept,) = await front.post.arrivals(front.clock.now())
    assert KEY not in kept.model_dump_json()
    assert "please" in kept.mention.text


async def test_a_key_in_the_name_of_a_file_is_kept_nowhere_either(front: Front) -> None:
    file = Attachment(id="F1", name=f"{KEY}.csv", url=f"https://files.example.com/F1/{KEY}.csv")
    said = mention().model_copy(update={"attachments": (file,)})

    await front.reception.decide(said)

    (kept,) = await front.post.arrivals(front.clock.now())
    assert KEY not in kept.model_dump_json()
    assert kept.mention.attachments[0].id == "F1"


async def test_talk_that_is_not_for_us_is_dropped_unread(front: Front) -> None:
    await front.reception.decide(mention("see you at lunch", addressed=False))
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_while_ending_a_message_goes_back_and_a_click_is_told_to_wait(front: Front) -> None:
    front.draining = True
    with pytest.raises(TryAgain):
        await front.reception.decide(mention())
    said = whispered(await front.press("cancel", "j-00000000"))
    assert "Try again in a moment" in said.title


async def test_an_error_nobody_foresaw_becomes_a_sentence_without_its_words(
    front: Front, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(job_id: JobId) -> None:
        raise ValueError(KEY, job_id)

    monkeypatch.setattr(front.store, "load", fail)
    said = whispered(await front.press("cancel", "j-00000000"))
    assert "wrong on my side" in said.title
    assert KEY not in all_of(said) + caplog.text
    assert "ValueError" in caplog.text


async def test_a_key_in_a_command_or_a_form_is_taken_out_too(front: Front) -> None:
    await front.type("predict", KEY)
    await front.send("new", "new", {"words": f"flag spam {KEY}"})
    kept = await front.post.arrivals(front.clock.now())
    assert len(kept) == 1
    assert KEY not in kept[0].model_dump_json()


@pytest.mark.parametrize(("name", "arguments"), [(KEY, ""), ("connect", KEY)])
async def test_who_pastes_a_key_into_a_command_is_warned(
    front: Front, name: str, arguments: str
) -> None:
    said = whispered(await front.type(name, arguments))
    assert "Hugging Face" in said.title
    assert "https://hub.test/tokens" in said.body
    assert KEY not in all_of(said)
    assert KEY.lower() not in all_of(said)


async def test_a_command_may_be_typed_large(front: Front) -> None:
    assert whispered(await front.type("HELP")).title == words.WHAT_IT_DOES


async def test_a_button_nobody_knows_says_so(front: Front) -> None:
    click = Click(key="1", actor=ANA, place=THREAD, action="launch", argument="")
    assert "no longer" in whispered(await front.reception.decide(click)).title
