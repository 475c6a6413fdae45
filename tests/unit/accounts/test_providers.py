"""Keys of language models: asked about where they belong, and told apart by how they begin."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from adapters.providers import KeyedProvider, Provider, provider_of
from bot.settings import Settings
from bot.wiring import accounts, shelf
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.account import Checked
from tests.fakes.llm import Breaks, Fails, FakeProviders, Raw, Reply

pytestmark = pytest.mark.anyio
KEYED = ("anthropic", "openai", "google", "groq")
NARROW = "You have insufficient permissions for this operation. Missing scopes: api.model.read."


@pytest.fixture
def llm() -> Iterator[FakeProviders]:
    with FakeProviders() as providers:
        yield providers


@pytest.fixture
def services(llm: FakeProviders) -> Mapping[str, KeyedProvider]:
    bases = {name.lower(): value for name, value in llm.settings.items()}
    return shelf("accounts", **bases)


@pytest.mark.parametrize("name", KEYED)
async def test_a_good_key_is_accepted_and_costs_nothing(
    llm: FakeProviders, services: Mapping[str, KeyedProvider], name: str
) -> None:
    assert await services[name].check({"key": f" {llm[name].key} "}) == Checked(name="")

    assert [one.method for one in llm[name].everything] == ["GET"]
    assert llm[name].everything[0].key == llm[name].key
    assert llm[name].key not in llm[name].everything[0].path


@pytest.mark.parametrize("name", KEYED)
async def test_a_bad_key_is_refused_with_the_place_of_a_new_one(
    llm: FakeProviders, services: Mapping[str, KeyedProvider], name: str
) -> None:
    bad = llm[name].key[:-1] + "-"

    with pytest.raises(PersonCanFix, match="is not accepted") as refused:
        await services[name].check({"key": bad})

    assert services[name].account.page in refused.value.hint
    assert bad not in f"{refused.value!r} {refused.value.hint}"
    assert refused.value.field == name


@pytest.mark.parametrize("name", KEYED)
async def test_a_key_without_rights_is_not_called_wrong(
    llm: FakeProviders, services: Mapping[str, KeyedProvider], name: str
) -> None:
    key = llm[name].new_key(Fails(403))

    with pytest.raises(PersonCanFix, match="knows this key"):
        await services[name].check({"key": key})


async def test_a_key_of_openai_with_few_scopes_is_not_called_wrong(
    llm: FakeProviders, services: Mapping[str, KeyedProvider]
) -> None:
    key = llm.openai.new_key(Fails(401, message=NARROW))

    with pytest.raises(PersonCanFix, match="knows this key"):
        await services["openai"].check({"key": key})
    assert len(llm.openai.everything) == 2


async def test_scopes_that_are_missing_for_a_moment_are_asked_about_again(
    llm: FakeProviders, services: Mapping[str, KeyedProvider]
) -> None:
    llm.openai.listing_says(Fails(401, message=NARROW))

    assert await services["openai"].check({"key": llm.openai.key}) == Checked(name="")
    assert len(llm.openai.everything) == 2


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Fails(429, retry_after=5), "asks to slow down"),
        (Fails(500), "trouble of its own"),
        (Fails(529), "is overloaded"),
        (Raw("", 302), "something unexpected"),
        (Breaks(at=0.2), "does not answer"),
    ],
    ids=lambda one: str(one)[:30],
)
async def test_what_says_nothing_of_the_key_is_asked_again(
    llm: FakeProviders,
    services: Mapping[str, KeyedProvider],
    name: str,
    reply: Reply,
    told: str,
) -> None:
    llm[name].listing = reply

    with pytest.raises(TryAgain, match=told):
        await services[name].check({"key": llm[name].key})


async def test_the_pause_that_is_asked_for_is_passed_on(
    llm: FakeProviders, services: Mapping[str, KeyedProvider]
) -> None:
    llm.groq.listing = Fails(429, retry_after=5)

    with pytest.raises(TryAgain) as slow:
        await services["groq"].check({"key": llm.groq.key})

    assert slow.value.after == timedelta(seconds=5)


async def test_nobody_there_says_nothing_of_the_key(
    llm: FakeProviders, services: Mapping[str, KeyedProvider]
) -> None:
    llm.stop("groq")

    with pytest.raises(TryAgain, match="does not answer at its address"):
        await services["groq"].check({"key": llm.groq.key})


@pytest.mark.parametrize("key", ["", "a\nb", "sk ant", "ключ"])
async def test_what_no_header_can_hold_is_never_sent(
    llm: FakeProviders, services: Mapping[str, KeyedProvider], key: str
) -> None:
    with pytest.raises(PersonCanFix, match="is no key") as refused:
        await services["openai"].check({"key": key})

    assert not key or key not in str(refused.value)
    assert llm.openai.everything == []


async def test_a_good_key_is_heard_of(llm: FakeProviders) -> None:
    heard: list[str] = []
    service = shelf(
        "accounts", groq_api_base=llm.groq.base, connected=lambda: heard.append("groq")
    )["groq"]

    with pytest.raises(PersonCanFix):
        await service.check({"key": "gsk_" + "x" * 52})
    assert heard == []
    await service.check({"key": llm.groq.key})
    assert heard == ["groq"]


def test_a_key_tells_its_provider(
    llm: FakeProviders, services: Mapping[str, KeyedProvider]
) -> None:
    providers: Mapping[str, Provider] = {name: services[name].provider for name in KEYED}

    assert {name: provider_of(llm[name].key, providers) for name in KEYED} == {
        name: name for name in KEYED
    }
    assert provider_of("AQ." + "x" * 50, providers) == "google"
    assert provider_of("hf_" + "x" * 34, providers) is None


def test_what_has_nothing_to_paste_is_not_offered() -> None:
    assert "ollama" in shelf("accounts")
    assert "ollama" not in accounts(Settings())
