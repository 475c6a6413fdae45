"""Asking through the real library: whatever a provider does, rules go on and one line says why."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline import asking
from pipeline.errors import Rejected
from pipeline.jobs import Actor, Stage
from pipeline.ports import Ports
from pipeline.ports.model import Question
from pipeline.prompting import Data
from tests.fakes.llm import (
    Asked,
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
    says_json,
)
from tests.unit.llm.conftest import Make
from tests.unit.llm.test_models_of_people import House
from tests.unit.model.desk import Colour, Desk

pytestmark = pytest.mark.anyio
FIVE = ("anthropic", "openai", "google", "groq", "ollama")
KEYED = FIVE[:4]
AWAY = "No language model answers: rules go on."
STATUSES = (400, 401, 403, 404, 413, 429, 500, 503, 529)
TROUBLES: dict[str, Reply] = {
    **{str(status): Fails(status) for status in STATUSES},
    "cut": Breaks(Says("{}" * 500)),
    "huge": Huge(10),
    "a page": Raw("<html>Bad gateway</html>"),
    "nothing": Raw(""),
    "another object": Raw('{"choices": 3}'),
    "too long": TooLong(),
}
NONSENSE: dict[str, Reply] = {
    "talk": Says("I would love to help with that!"),
    "cut off": Says('{"name": "bl', cut=True),
    "a list": says_json([1, 2]),
    "other fields": says_json({"colour": "blue"}),
    "no text": Says(""),
}


async def ask(
    desk: Desk, ports: Ports | None = None, words: str = "blue or green?"
) -> Colour | None:
    values: dict[str, str | Data] = {
        "words": Data(words),
        "task": "",
        "data": "",
        "seconds": "",
        "draft": "",
        "menu": "",
    }
    return await asking.ask(
        desk.context,
        ports or desk.ports,
        Stage.ARCHITECTURE,
        Colour,
        prompt="architecture",
        values=values,
    )


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_a_provider_in_trouble_is_asked_twice_and_told_of_once(
    llm: FakeProviders, make: Make, tmp_path: Path, name: str, trouble: Reply
) -> None:
    llm[name].otherwise = trouble
    desk = Desk(tmp_path, (make(name),))

    for _ in range(4):
        assert await ask(desk) is None

    why, away = desk.said
    assert "does not answer:" in why
    assert len(why) < 300
    assert away == AWAY
    assert len(llm[name].asked) == 2
    assert desk.ledger.usd == 0


@pytest.mark.parametrize("name", FIVE)
async def test_a_provider_that_hangs_is_left_after_the_time_of_a_question(
    llm: FakeProviders,
    make: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(asking, "Question", partial(Question, seconds=1.0))
    llm[name].otherwise = Hangs()
    desk = Desk(tmp_path, (make(name),))

    for _ in range(4):
        assert await ask(desk) is None

    assert "did not answer in time" in desk.said[0]
    assert desk.said[1:] == [AWAY]
    assert len(llm[name].asked) == 2


@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_is_a_refused_proposal_with_its_reason(
    llm: FakeProviders, make: Make, tmp_path: Path, name: str, nonsense: Reply
) -> None:
    llm[name].otherwise = nonsense
    desk = Desk(tmp_path, (make(name),))

    with pytest.raises(Rejected, match=r"writes nothing that can be read: The reply could not be"):
        await ask(desk)

    assert len(llm[name].asked) == 2
    assert "Answer again" in llm[name].asked[1].last


@pytest.mark.parametrize("name", ["anthropic", "openai"])
async def test_a_model_that_will_not_is_told_of(
    llm: FakeProviders, make: Make, tmp_path: Path, name: str
) -> None:
    llm[name].otherwise = Refuses()
    desk = Desk(tmp_path, (make(name),))

    assert await ask(desk) is None

    assert "will not answer this question" in desk.said[0]


async def test_a_provider_that_is_back_is_asked_again_and_counts_anew(
    llm: FakeProviders, make: Make, tmp_path: Path
) -> None:
    blue = says_json({"name": "blue", "sure": 1})
    llm.openai.will_say(Fails(500), blue, Fails(500), blue)
    desk = Desk(tmp_path, (make("openai"),))

    found = [await ask(desk) for _ in range(4)]

    assert [one is not None for one in found] == [False, True, False, True]


@asynccontextmanager
async def houseful(llm: FakeProviders) -> AsyncIterator[House]:
    house = House(llm)
    async with house.models:
        yield house


async def test_fifty_jobs_at_once_share_neither_key_nor_answer(
    llm: FakeProviders, tmp_path: Path
) -> None:
    def echo(asked: Asked) -> Reply:
        found = re.search(r"I am (\d+)\.", asked.text)
        assert found
        return says_json({"name": found[1], "sure": 1})

    llm.stop("ollama")
    for one in llm.all:
        one.otherwise = echo
    people = [Actor(platform="slack", space="T1", id=f"U{number}") for number in range(50)]
    async with houseful(llm) as house:
        keys = [await house.connect(one, KEYED[n % 4]) for n, one in enumerate(people)]
        desks = [Desk(tmp_path / one.id, owner=one) for one in people]

        async def job(number: int) -> list[str]:
            desk = desks[number]
            ports = replace(desk.ports, models=house.models)
            found = [await ask(desk, ports, f"I am {number}.") for _ in range(3)]
            return [one.name for one in found if one is not None]

        told = await asyncio.gather(*map(job, range(50)))

    assert told == [[str(number)] * 3 for number in range(50)]
    used = {(re.findall(r"I am (\d+)\.", one.text)[0], one.key) for one in llm.asked}
    assert used == {(str(number), key) for number, key in enumerate(keys)}
    assert len(llm.asked) == 150
    assert all(desk.ledger.replies == 3 and desk.ledger.usd > 0 for desk in desks)
