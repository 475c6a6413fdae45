"""Which model speaks for whom, from the vault, the settings and the machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType, ModuleType

import pytest
from pydantic import SecretStr

from adapters.llm.library import Library
from adapters.models import LanguageModels
from bot.wiring import shelf
from pipeline.jobs import Actor
from pipeline.ports.model import ModelRefused, Question, Turn
from tests.fakes.clock import FakeClock
from tests.fakes.llm import FakeProviders, Hangs, Raw
from tests.fakes.vault import MemoryVault

pytestmark = pytest.mark.anyio
ANN = Actor(platform="slack", space="T1", id="UANN")
BEN = Actor(platform="slack", space="T1", id="UBEN")
QUESTION = Question(system="Be brief.", turns=(Turn(role="user", text="Hello?"),), seconds=20)


class House:
    """The models of a home with a vault in memory, and the keys of its people."""

    def __init__(
        self,
        llm: FakeProviders,
        settings: Mapping[str, str] = MappingProxyType({}),
        library: Library | None = None,
    ) -> None:
        self.llm = llm
        self.clock = FakeClock()
        self.vault = MemoryVault(clock=self.clock)
        bases = {name.lower(): value for name, value in llm.settings.items()}
        keys = {name: SecretStr(value) for name, value in settings.items()}
        services = shelf("accounts", **bases, **keys)
        self.models = LanguageModels(services, self.vault, self.clock, library)

    async def connect(self, owner: Actor, kind: str) -> str:
        key = self.llm[kind].new_key()
        await self.vault.put(owner, kind, json.dumps({"key": key}), tail=key[-4:])
        return key

    async def chosen(self, owner: Actor) -> list[tuple[str, str]]:
        return [(one.provider, one.whose) for one in await self.models.choose(owner)]


@pytest.fixture
def llm() -> Iterator[FakeProviders]:
    with FakeProviders() as providers:
        providers.stop("ollama")
        yield providers


@asynccontextmanager
async def opened(llm: FakeProviders, *servers: str) -> AsyncIterator[House]:
    keys: Mapping[str, str] = {name.lower(): value for name, value in llm.keys(*servers).items()}
    house = House(llm, keys)
    async with house.models:
        yield house


async def test_without_any_key_there_is_nobody_to_ask(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        assert await house.chosen(ANN) == []
        assert not house.models._means.library.is_loaded


async def test_ones_own_keys_come_before_the_servers_and_the_free_ones(
    llm: FakeProviders,
) -> None:
    llm.start("ollama")
    async with opened(llm, "groq", "google", "openai") as house:
        await house.connect(ANN, "groq")
        await house.connect(ANN, "anthropic")

        assert await house.chosen(ANN) == [
            ("anthropic", "person"),
            ("groq", "person"),
            ("openai", "server"),
            ("google", "server"),
            ("groq", "free"),
            ("ollama", "free"),
        ]


async def test_a_key_speaks_for_its_owner_alone(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        key = await house.connect(ANN, "openai")

        (model,) = await house.models.choose(ANN)
        await model.answer(QUESTION)

        assert await house.chosen(BEN) == []
        assert [one.key for one in llm.openai.asked] == [key]


async def test_every_use_of_a_key_is_written_down(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        await house.connect(ANN, "openai")
        (model,) = await house.models.choose(ANN)
        for _ in range(2):
            await model.answer(QUESTION)

        used = [(who, what) for who, what, _ in house.vault.trail if what == "reveal"]
        assert used == [(ANN.key, "reveal")] * 2


async def test_a_key_that_is_taken_away_is_not_used_once_more(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        await house.connect(ANN, "openai")
        (model,) = await house.models.choose(ANN)
        await house.vault.forget(ANN, "openai")

        with pytest.raises(ModelRefused, match="not stored here"):
            await model.answer(QUESTION)
        assert llm.openai.asked == []


async def test_the_newest_model_of_an_ollama_that_answers_is_free(llm: FakeProviders) -> None:
    llm.ollama.models = ["nomic-embed-text:latest", "qwen3:8b", "llama3.2:latest"]
    llm.start("ollama")
    async with opened(llm) as house:
        (model,) = await house.models.choose(ANN)

        assert (model.name, model.whose) == ("qwen3:8b", "free")
        assert model.most(QUESTION) == 0
        assert (await model.answer(QUESTION)).text == "Hello."


async def test_ollama_is_looked_for_once_in_a_while(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        assert await house.chosen(ANN) == []
        llm.start("ollama")
        assert await house.chosen(ANN) == []

        house.clock.advance(31)
        assert await house.chosen(ANN) == [("ollama", "free")]
        for _ in range(5):
            await house.chosen(ANN)

        assert len(llm.ollama.everything) == 1


@pytest.mark.parametrize("listing", [Hangs(), Raw("<html>"), Raw('{"models": 3}'), Raw("", 500)])
async def test_what_is_no_ollama_is_left_alone(llm: FakeProviders, listing: Hangs | Raw) -> None:
    llm.start("ollama")
    llm.ollama.listing = listing
    async with opened(llm) as house:
        assert await house.chosen(ANN) == []


async def test_the_library_is_there_before_anybody_asks_where_the_server_has_a_key(
    llm: FakeProviders,
) -> None:
    async with opened(llm, "groq") as house:
        await house.models.open()
        assert house.models._means.library.is_loaded
    async with opened(llm) as house:
        await house.models.open()
        assert not house.models._means.library.is_loaded


async def test_connecting_a_key_loads_the_library_in_the_background(llm: FakeProviders) -> None:
    async with opened(llm) as house:
        house.models.begin()
        assert not house.models._means.library.is_loaded
        await house.connect(ANN, "groq")

        assert await house.chosen(ANN) == [("groq", "person")]
        assert house.models._means.library.is_loaded


async def test_a_library_that_cannot_be_loaded_leaves_the_rules(llm: FakeProviders) -> None:
    def broken() -> ModuleType:
        raise ImportError("no such module")

    house = House(llm, {"groq_api_key": llm.groq.key}, Library(broken))

    for _ in range(2):
        assert await house.chosen(ANN) == []
    await house.models.open()


async def test_who_asks_at_the_same_time_looks_for_ollama_once(llm: FakeProviders) -> None:
    llm.start("ollama")
    async with opened(llm) as house:
        found = await asyncio.gather(*(house.chosen(ANN) for _ in range(5)))

    assert found == [[("ollama", "free")]] * 5
    assert len(llm.ollama.everything) == 1
