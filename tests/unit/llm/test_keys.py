"""A key goes to its own provider, in its own call, and nowhere else."""

import asyncio
import gzip
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web

from adapters.llm.library import Library
from adapters.llm.line import Line, Pool, Stopped
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.model import ModelRefused, Question, Turn
from tests.fakes.llm import Fails, FakeProviders, Says
from tests.unit.llm.conftest import Make

pytestmark = pytest.mark.anyio
KEYED = ("anthropic", "openai", "google", "groq")
EVERY = (*KEYED, "ollama")
# All that these libraries would take from a server's environment for a person's call.
OF_THE_SERVER = (
    *("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_TOKEN", "CLAUDE_API_KEY"),
    *("OPENAI_API_KEY", "OPENAI_ORGANIZATION", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    *("GEMINI_API_KEY", "GOOGLE_API_KEY", "PALM_API_KEY", "GROQ_API_KEY"),
    *("OLLAMA_API_KEY", "LITELLM_API_KEY"),
)
QUESTION = Question(
    system="Be brief.", turns=(Turn(role="user", text="planted words"),), seconds=20
)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's own values, each with the same mark in it."""
    for name in OF_THE_SERVER:
        monkeypatch.setenv(name, f"ofserver-{name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mark: ofserver-header")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Mark: ofserver-header")
    return "ofserver"


@pytest.mark.parametrize("name", EVERY)
async def test_nothing_of_the_servers_environment_goes_with_a_persons_key(
    llm: FakeProviders, make: Make, servers: str, name: str
) -> None:
    await make(name).answer(QUESTION)

    assert servers not in llm.everything_sent()
    assert llm[name].asked[0].key == llm[name].key


@pytest.mark.parametrize("name", EVERY)
async def test_the_bases_of_the_environment_are_not_looked_at(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for of in ("ANTHROPIC", "OPENAI", "GEMINI", "GROQ", "OLLAMA"):
        monkeypatch.setenv(f"{of}_API_BASE", "http://127.0.0.1:9")
        monkeypatch.setenv(f"{of}_BASE_URL", "http://127.0.0.1:9")

    assert await make(name).answer(QUESTION)


@pytest.mark.parametrize("name", KEYED)
async def test_no_key_is_no_question(
    llm: FakeProviders, make: Make, servers: str, name: str
) -> None:
    assert servers
    with pytest.raises(ModelRefused):
        await make(name, "").answer(QUESTION)

    assert llm[name].everything == []


async def test_a_key_that_was_forgotten_meanwhile_is_a_refusal(
    llm: FakeProviders, make: Make
) -> None:
    model = make("groq")

    async def gone() -> str:
        raise PersonCanFix("The groq access is not stored here any more.", "Connect your own.")

    model._reveal = gone

    with pytest.raises(ModelRefused, match="not stored here"):
        await model.answer(QUESTION)
    assert llm.groq.everything == []


async def test_fifty_people_at_once_are_never_taken_for_each_other(
    llm: FakeProviders, make: Make
) -> None:
    people = [(KEYED[number % 4], number) for number in range(50)]
    keys = {number: llm[name].new_key() for name, number in people}
    for name in KEYED:
        llm[name].otherwise = lambda asked: Says(asked.last)

    async def ask(name: str, number: int) -> str:
        turns = (Turn(role="user", text=f"I am {number}."),)
        question = QUESTION.model_copy(update={"turns": turns})
        return (await make(name, keys[number]).answer(question)).text

    said = await asyncio.gather(*(ask(name, number) for name, number in people))

    assert said == [f"I am {number}." for _, number in people]
    assert {asked.last: asked.key for asked in llm.asked} == {
        f"I am {number}.": key for number, key in keys.items()
    }
    assert len(llm.asked) == 50


@pytest.mark.parametrize("name", KEYED)
async def test_neither_key_nor_question_is_written_down(
    llm: FakeProviders, make: Make, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    llm[name].will_say(Says("a planted reply"), Fails(401), Fails(500))

    for _ in range(3):
        try:
            await make(name).answer(QUESTION)
        except MLTrainerError as error:
            logging.getLogger("test").warning("it failed", exc_info=error)

    written = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert llm[name].key not in written
    assert "planted" not in written


@pytest.mark.parametrize("name", KEYED)
async def test_nothing_is_printed(
    llm: FakeProviders, make: Make, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    llm[name].will_say(Fails(400))
    with pytest.raises(ModelRefused):
        await make(name).answer(QUESTION)

    assert capfd.readouterr() == ("", "")


async def test_loading_leaves_the_environment_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LITELLM_LOG", "ERROR")
    before = dict(os.environ)

    await Library().load()

    assert dict(os.environ) == before


async def test_whoever_begins_to_load_need_not_wait() -> None:
    library = Library()

    library.begin()
    library.begin()
    assert not library.is_loaded
    await library.load()

    assert library.module.acompletion


@pytest.fixture
def post() -> httpx.Request:
    return httpx.Request("POST", "http://127.0.0.1:9/v1", headers={"x-api-key": "mine"})


async def test_a_line_carries_no_other_key(pool: Pool, post: httpx.Request) -> None:
    with pytest.raises(Stopped, match="another key"):
        await Line(pool, "http://127.0.0.1:9", "yours").handle_async_request(post)


async def test_a_line_leads_to_one_provider_only(pool: Pool, post: httpx.Request) -> None:
    with pytest.raises(Stopped, match="one provider"):
        await Line(pool, "http://127.0.0.1:10", "mine").handle_async_request(post)


async def test_a_line_carries_one_question_only(pool: Pool, post: httpx.Request) -> None:
    line = Line(pool, "http://127.0.0.1:9", "mine")
    with pytest.raises(httpx.ConnectError):
        await line.handle_async_request(post)

    with pytest.raises(Stopped, match="one question"):
        await line.handle_async_request(post)


async def test_what_is_packed_unasked_is_not_unfolded(pool: Pool) -> None:
    body = gzip.compress(b"a" * 10**7)
    async with served(body, {"Content-Encoding": "gzip"}) as url:
        line = Line(pool, url, "mine")
        response = await line.handle_async_request(httpx.Request("GET", url))

        with pytest.raises(Stopped, match="packed"):
            await response.aread()


async def test_a_redirect_is_not_followed(pool: Pool, post: httpx.Request) -> None:
    async with served(b"", {"Location": "http://127.0.0.1:9/"}, 302) as url:
        line = Line(pool, url, "mine")
        request = httpx.Request("POST", url, headers=post.headers)

        assert (await line.handle_async_request(request)).status_code == 302
        assert line.seen.status == 302


@asynccontextmanager
async def served(body: bytes, headers: Mapping[str, str], status: int = 200) -> AsyncIterator[str]:
    """The address of a server that always answers the same."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers, status=status)

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
