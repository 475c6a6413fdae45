"""One more provider of language models is one more file: found, offered, checked and asked."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters.accounts
from adapters.llm.library import Library
from adapters.models import LanguageModels
from adapters.providers import KeyedProvider
from bot.wiring import shelf
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.model import Question, Turn
from tests.fakes.clock import FakeClock
from tests.fakes.llm import FakeProviders
from tests.fakes.vault import MemoryVault

pytestmark = pytest.mark.anyio
ANN = Actor(platform="slack", space="T1", id="UANN")
QUESTION = Question(system="Be brief.", turns=(Turn(role="user", text="Hello?"),), seconds=20)
FILE = '''"""Pleiades: seven models that speak as OpenAI's do."""

from adapters.providers import KeyedProvider, Listing, Provider
from pipeline.ports.account import Account, AccountField

ACCOUNT = Account(
    kind="pleiades",
    title="Pleiades",
    use="read requests and propose plans with the seven sisters",
    page="https://pleiades.example/keys",
    fields=(
        AccountField(id="key", label="Pleiades API key", shape="[!-~]{20,300}", example="long"),
    ),
)


def adapter(pleiades_api_base="BASE", connected=None):
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="openai",
        mapped="openai",
        models={"medium": "seven-sisters"},
        base=pleiades_api_base,
        page=ACCOUNT.page,
    )
    listing = Listing("/models", lambda key: {"Authorization": f"Bearer {key}"})
    return KeyedProvider(ACCOUNT, provider, listing, connected)
'''


@pytest.fixture
def service(
    llm: FakeProviders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[KeyedProvider]:
    """The provider by its file alone; it listens where the fake of OpenAI does."""
    (tmp_path / "pleiades.py").write_text(FILE.replace("BASE", llm.openai.base), "utf-8")
    shelves = [*adapters.accounts.__path__, str(tmp_path)]
    monkeypatch.setattr(adapters.accounts, "__path__", shelves)
    yield shelf("accounts")["pleiades"]
    sys.modules.pop("adapters.accounts.pleiades")


async def test_a_plugged_provider_is_found_and_asked(
    llm: FakeProviders, service: KeyedProvider, library: Library
) -> None:
    clock = FakeClock()
    vault = MemoryVault(clock=clock)
    key = llm.openai.new_key()
    await vault.put(ANN, "pleiades", json.dumps({"key": key}), tail=key[-4:])
    services = {**shelf("accounts"), service.account.kind: service}
    del services["ollama"]

    async with LanguageModels(services, vault, clock, library) as models:
        (model,) = await models.choose(ANN)
        answer = await model.answer(QUESTION)

        assert (model.provider, model.name, model.whose) == ("pleiades", "seven-sisters", "person")
        assert 0 < answer.usd <= model.most(QUESTION)
    assert answer.text == "Hello."
    assert [(one.model, one.key) for one in llm.openai.asked] == [("seven-sisters", key)]


async def test_its_keys_are_checked_like_any(llm: FakeProviders, service: KeyedProvider) -> None:
    await service.check({"key": llm.openai.new_key()})

    with pytest.raises(PersonCanFix, match="This Pleiades key is not accepted"):
        await service.check({"key": "x" * 40})


async def test_those_with_a_place_of_their_own_come_before_it(
    llm: FakeProviders, service: KeyedProvider, library: Library
) -> None:
    clock = FakeClock()
    vault = MemoryVault(clock=clock)
    for kind in ("pleiades", "groq", "anthropic"):
        await vault.put(ANN, kind, json.dumps({"key": llm.openai.key}), tail="1234")
    services = {**shelf("accounts"), service.account.kind: service}
    del services["ollama"]

    async with LanguageModels(services, vault, clock, library) as models:
        chosen = [one.provider for one in await models.choose(ANN)]

    assert chosen == ["anthropic", "groq", "pleiades"]
