"""The real litellm, loaded once, in front of the fake providers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest

from adapters.llm import LanguageModel, Means
from adapters.llm.library import Library
from adapters.llm.line import Pool
from adapters.providers import Provider
from bot.wiring import shelf
from pipeline.ports.model import Whose
from tests.fakes.llm import FakeProviders

Make = Callable[..., LanguageModel]


@pytest.fixture
def llm() -> Iterator[FakeProviders]:
    with FakeProviders() as providers:
        yield providers


@pytest.fixture(scope="session")
def library() -> Library:
    """Loaded as the bot does; the next one to load it finds it there."""
    library = Library()
    asyncio.run(library.load())
    return library


@pytest.fixture
def services(llm: FakeProviders) -> Mapping[str, Any]:
    """The accounts, pointed at the fakes by the settings alone."""
    settings = {name.lower(): value for name, value in llm.settings.items()}
    return shelf("accounts", **settings)


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool()
    yield pool
    await pool.close()


@pytest.fixture
def make(llm: FakeProviders, services: Mapping[str, Any], library: Library, pool: Pool) -> Make:
    """A model of a provider by its name; `key` is good unless given."""

    def made(
        name: str, key: str | None = None, whose: Whose = "person", model: str = ""
    ) -> LanguageModel:
        provider: Provider = services[name].provider

        async def reveal() -> str:
            return llm[name].key if key is None else key

        chosen = model or provider.model or "llama3.2:latest"
        return LanguageModel(Means(library, pool), provider, chosen, whose, reveal)

    return made
