"""Every way in which a call can fail ends as TryAgain or ModelRefused, in our words."""

import inspect
from datetime import timedelta

import pytest

from adapters.llm.errors import BY_CLASS, Cause, cause_of
from adapters.llm.library import Library
from adapters.llm.line import Seen
from pipeline.errors import TryAgain
from pipeline.ports.model import ModelRefused, Question, Turn
from tests.fakes.llm import (
    Breaks,
    Fails,
    FakeProviders,
    Hangs,
    Huge,
    Raw,
    Refuses,
    Reply,
    Says,
    TooLong,
)
from tests.unit.llm.conftest import Make

pytestmark = pytest.mark.anyio
EVERY = ("anthropic", "openai", "google", "groq", "ollama")
REFUSED: tuple[tuple[Reply, str], ...] = (
    (Fails(401), "does not accept the key"),
    (Fails(402), "no credit left"),
    (Fails(403), "does not let this key use"),
    (Fails(404), "has no model"),
    (Fails(400), "does not take the question as it is (400)"),
    (Fails(413), "is longer than"),
    (TooLong(), "is longer than"),
    (Huge(10), "is too large to be one"),
)
PASSING: tuple[tuple[Reply, str], ...] = (
    (Fails(429, retry_after=7), "asks to slow down"),
    (Fails(500), "has trouble of its own (500)"),
    (Fails(503), "has trouble of its own (503)"),
    (Fails(529), "has trouble of its own (529)"),
    (Raw("<html>Bad gateway</html>", 502), "has trouble of its own (502)"),
    (Raw("<html>"), "is no reply"),
    (Raw("{}"), "is no reply"),
    (Raw("null"), "is no reply"),
    (Raw('{"choices": []}'), "is no reply"),
    (Raw('{"error": "nothing here"}'), "is no reply"),
    (Raw("", 302), "is no reply"),
    (Breaks(Says("x" * 1000)), "is out of reach"),
    (Hangs(), "did not answer in time"),
)


def question(seconds: float = 20) -> Question:
    turns = (Turn(role="user", text="the planted words of a person"),)
    return Question(system="Be brief.", turns=turns, seconds=seconds)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("reply", "told"), REFUSED, ids=lambda one: str(one)[:40])
async def test_what_asking_again_does_not_change_is_refused(
    llm: FakeProviders, make: Make, name: str, reply: Reply, told: str
) -> None:
    llm[name].will_say(reply)

    with pytest.raises(ModelRefused) as refused:
        await make(name).answer(question())

    assert told in refused.value.message
    assert_clean(refused.value, llm[name].key)
    assert len(llm[name].asked) == 1


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("reply", "told"), PASSING, ids=lambda one: str(one)[:40])
async def test_what_passes_is_tried_again(
    llm: FakeProviders, make: Make, name: str, reply: Reply, told: str
) -> None:
    llm[name].will_say(reply)

    with pytest.raises(TryAgain) as passing:
        await make(name).answer(question(1.5 if isinstance(reply, Hangs) else 20))

    assert told in passing.value.message
    assert_clean(passing.value, llm[name].key)
    assert len(llm[name].asked) == 1


def assert_clean(error: TryAgain | ModelRefused, key: str) -> None:
    """One line, with nothing of the question or the key in it, and no foreign error behind it."""
    text = f"{error.message} {error.hint} {error!r}"
    assert error.hint
    assert "\n" not in text
    assert "planted words" not in text
    assert not key or key not in text
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("anthropic", Fails(400, message="Your credit balance is too low.")),
        ("openai", Fails(429, message="You exceeded your quota.", code="insufficient_quota")),
    ],
)
async def test_an_empty_account_is_told_from_a_hurry(
    llm: FakeProviders, make: Make, name: str, reply: Reply
) -> None:
    llm[name].will_say(reply)

    with pytest.raises(ModelRefused, match="no credit left"):
        await make(name).answer(question())


@pytest.mark.parametrize("name", EVERY)
async def test_the_pause_that_a_provider_asks_for_is_known(
    llm: FakeProviders, make: Make, name: str
) -> None:
    llm[name].will_say(Fails(429, retry_after=7))

    with pytest.raises(TryAgain) as slow:
        await make(name).answer(question())

    assert slow.value.after == timedelta(seconds=7)


@pytest.mark.parametrize("name", EVERY)
async def test_nobody_there_is_out_of_reach(llm: FakeProviders, make: Make, name: str) -> None:
    llm.stop(name)

    with pytest.raises(TryAgain, match="out of reach"):
        await make(name).answer(question())


@pytest.mark.parametrize("name", ["anthropic", "openai", "google"])
async def test_a_model_that_will_not_is_refused(llm: FakeProviders, make: Make, name: str) -> None:
    llm[name].will_say(Refuses())

    with pytest.raises(ModelRefused, match="will not answer"):
        await make(name).answer(question())


@pytest.mark.parametrize("name", ["anthropic", "openai", "google", "groq"])
async def test_whose_key_is_bad_is_told_how_to_mend_it(
    llm: FakeProviders, make: Make, name: str
) -> None:
    bad = llm[name].new_key()[:-1] + "-"

    with pytest.raises(ModelRefused) as mine:
        await make(name, bad).answer(question())
    with pytest.raises(ModelRefused) as servers:
        await make(name, bad, "server").answer(question())

    assert mine.value.hint == f"Say “connect {name}” to give a new one."
    assert servers.value.hint.endswith("_API_KEY.")


@pytest.mark.parametrize("key", ["a\nb", "sk ant", "ключ"])
async def test_a_key_that_no_header_can_hold_is_never_sent(
    llm: FakeProviders, make: Make, key: str
) -> None:
    with pytest.raises(ModelRefused, match="empty or holds signs") as refused:
        await make("openai", key).answer(question())

    assert key not in str(refused.value)
    assert llm.openai.everything == []


def exceptions(library: Library) -> list[type[BaseException]]:
    kinds = vars(library.module.exceptions).values()
    return [one for one in kinds if inspect.isclass(one) and issubclass(one, Exception)]


def test_every_exception_of_litellm_is_mapped(library: Library) -> None:
    unmapped = {
        kind.__name__
        for kind in exceptions(library)
        if not any(above.__name__ in BY_CLASS for above in kind.__mro__)
    }

    assert len(exceptions(library)) > 25
    assert unmapped == set()


def test_every_exception_of_litellm_is_caught(library: Library) -> None:
    assert set(exceptions(library)) <= set(library.errors)


@pytest.mark.parametrize("name", BY_CLASS)
def test_a_class_counts_where_nothing_came_over_the_line(name: str, library: Library) -> None:
    known = {kind.__name__: kind for kind in exceptions(library)}
    error = known[name].__new__(known[name]) if name in known else RuntimeError()

    assert cause_of(error, Seen()) is (BY_CLASS[name] if name in known else Cause.UNREADABLE)
