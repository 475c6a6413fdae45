"""The doctor and the server's language models: each key asked about, its model and its price."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.checks.models import look
from bot.settings import Settings, variable
from pipeline.ports.check import Check
from tests.fakes.llm import Fails, FakeProviders

pytestmark = pytest.mark.anyio


@pytest.fixture
def llm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProviders]:
    """The providers, pointed at by the environment, with no key and no Ollama yet."""
    for name in set(map(variable, Settings.model_fields)) & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with FakeProviders() as providers:
        for name, value in providers.settings.items():
            monkeypatch.setenv(name, value)
        providers.stop("ollama")
        yield providers


def give(monkeypatch: pytest.MonkeyPatch, llm: FakeProviders, *names: str) -> None:
    for name, value in llm.keys(*names).items():
        monkeypatch.setenv(name, value)


async def looked() -> dict[str, Check]:
    return {one.name: one for one in await look(Settings.load())}


async def test_no_key_is_no_fault(llm: FakeProviders) -> None:
    found = await looked()

    assert found["models"].ok
    assert "rules work without" in found["models"].detail
    assert llm.asked == []


async def test_each_key_is_asked_about(llm: FakeProviders, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, llm, "anthropic", "openai", "google", "groq")

    found = await looked()

    assert {name: one.ok for name, one in found.items()} == dict.fromkeys(
        ("anthropic", "google", "groq", "openai"), True
    )
    told = "the key is good; openai/gpt-oss-120b (medium), $0.15 / $0.60 a million tokens in / out"
    assert found["groq"].detail == told
    assert llm.asked == []


async def test_a_bad_key_is_named_by_its_variable(
    llm: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, llm, "openai", "google")
    llm.google.keys[llm.google.key] = Fails(403)
    llm.openai.keys.clear()
    llm.openai.new_key()

    found = await looked()

    assert found["openai"].detail == "OPENAI_API_KEY: the OpenAI key is not accepted."
    assert "https://platform.openai.com/api-keys" in found["openai"].hint
    assert "does not let it list or use models" in found["google"].detail
    assert not found["openai"].ok
    assert llm.openai.key not in repr(found)


async def test_a_provider_that_does_not_answer_is_named(
    llm: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, llm, "groq")
    llm.stop("groq")

    found = await looked()

    assert not found["groq"].ok
    assert "does not answer" in found["groq"].detail


async def test_an_ollama_that_answers_is_free(llm: FakeProviders) -> None:
    llm.start("ollama")

    assert (await looked())["ollama"].detail == "it answers; llama3.2:latest, free of charge"

    llm.ollama.models = []
    assert (await looked())["ollama"].hint == "ollama pull llama3.2"
