"""A secret that is planted in any text a platform brings stands nowhere afterwards."""

import logging
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from random import Random

import pytest
from pydantic import BaseModel

from pipeline.jobs import Actor, JobStatus
from pipeline.ports.chat import Attachment, Click, Suggest
from tests.unit.bot.front import ANA, CHANNEL, THREAD, Front
from tests.unit.sanitizer.corpus import FRONTED, NAMED, password

pytestmark = pytest.mark.anyio

RANDOM = Random(44)  # noqa: S311 (no real secrets)
PLANTED = {
    "key": (FRONTED["huggingface"].draw(RANDOM), "{}"),
    "vendor": (FRONTED["github"].draw(RANDOM), "{}"),
    "old key": (NAMED["kaggle-old"].draw(RANDOM), "my kaggle key is {}"),
    "password": (password(RANDOM), "password: {}"),
}


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


@pytest.fixture(params=PLANTED)
def planted(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> tuple[str, str]:
    """The secret, and the words that it stands in."""
    caplog.set_level(logging.DEBUG)
    secret, frame = PLANTED[request.param]
    return secret, frame.format(secret)


def texts(thing: object, seen: set[int] | None = None) -> Iterator[str]:
    """Every text that can be reached from something, by its fields and entries."""
    seen = set() if seen is None else seen
    if isinstance(thing, str | bytes | int | float | type(None)):
        yield str(thing)
        return
    if id(thing) in seen:
        return
    seen.add(id(thing))
    parts: list[object] = []
    if isinstance(thing, BaseModel):
        parts = [getattr(thing, name) for name in type(thing).model_fields]
    elif is_dataclass(thing):
        parts = [getattr(thing, one.name, None) for one in fields(thing)]
    elif isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        parts = list(thing)
    if hasattr(thing, "__dict__"):
        parts += list(vars(thing).values())
    for part in parts:
        yield from texts(part, seen)


def nowhere(front: Front, secret: str, log: pytest.LogCaptureFixture, *more: object) -> None:
    kept = (front.store, front.post, front.chat, front.predictions, *more)
    assert not [text for text in texts(kept) if secret in text]
    assert secret not in log.text
    files = [path for path in front.home.rglob("*") if path.is_file()]
    assert not [path for path in files if secret in str(path) or secret in path.read_text("utf-8")]


async def test_the_search_of_these_tests_finds_what_is_kept(front: Front) -> None:
    await front.say("a sentence of no harm")
    assert [text for text in texts((front.store, front.post)) if "sentence of no harm" in text]


async def test_in_the_words_of_a_message_and_the_title_of_its_thread(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    await front.say(f"{words} - flag spam in mails.csv", at=CHANNEL)
    assert front.chat.opened
    nowhere(front, secret, caplog)


async def test_in_a_reply_in_the_thread_of_a_job_and_in_its_change(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    await front.waiting()
    await front.say(f"the target is spam, {words}", addressed=False)
    await front.say(f"the target is label, {words}", edited=True)
    nowhere(front, secret, caplog)


async def test_in_the_name_of_a_person_and_of_a_file(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    front.chat.files["F1"] = b"a,b"
    file = Attachment(id="F1", name=f"{words}.csv", size=3, url=f"https://x.example/{words}.csv")
    who = Actor(platform="slack", space="T1", id="U1", name=words)
    await front.say("flag spam", by=who, files=(file,))
    nowhere(front, secret, caplog)


async def test_in_a_command_and_its_argument(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    replies = [
        await front.type("new", words),
        await front.type(words),
        await front.type("log", words),
    ]
    nowhere(front, secret, caplog, replies)


async def test_in_what_is_being_typed(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    for command in ("status", "connect", words):
        typed = Suggest(key=front.key(), actor=ANA, place=CHANNEL, command=command, typed=words)
        nowhere(front, secret, caplog, await front.reception.decide(typed))


async def test_in_a_button_that_somebody_made_up(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    for action in ("cancel", "answer", "connect", "paste", "log", words):
        for confirmed in (True, False):
            click = Click(
                key=front.key(),
                actor=ANA,
                place=THREAD,
                action=action,
                argument=words,
                confirmed=confirmed,
            )
            nowhere(front, secret, caplog, await front.reception.decide(click))


async def test_in_a_form_that_is_not_made_for_keys(
    front: Front, planted: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret, words = planted
    done = await front.job(JobStatus.DONE)
    waiting = await front.waiting()
    for form, state in (
        ("new", ""),
        ("change", waiting.id),
        ("answer", waiting.id),
        ("try", done.id),
    ):
        values: dict[str, str | bool] = {"request": words, "words": words, "text": words}
        nowhere(front, secret, caplog, await front.send(form, state, values))


async def test_an_error_that_nobody_foresaw_repeats_no_words(
    front: Front,
    planted: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret, words = planted

    async def fail(*told: object, **more: object) -> None:
        raise ValueError(words, told, more)

    monkeypatch.setattr(front.store, "list", fail)
    typed = Suggest(key="s", actor=ANA, place=CHANNEL, command="status", typed=words)
    replies = [await front.reception.decide(typed), await front.type("list", words)]
    nowhere(front, secret, caplog, replies)
