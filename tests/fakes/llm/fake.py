"""The five fake providers together: started and stopped, pointed at, looked at."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.fakes.llm.asked import Asked
from tests.fakes.llm.dialects.anthropic import Anthropic
from tests.fakes.llm.dialects.gemini import Gemini
from tests.fakes.llm.dialects.ollama import Ollama
from tests.fakes.llm.dialects.openai import Groq, OpenAI
from tests.fakes.llm.provider import Provider

_NOBODY = "http://127.0.0.1:9"  # nothing listens there
_FOUR = ("ANTHROPIC", "OPENAI", "GEMINI", "GROQ")
NO_PROVIDERS = {
    **{f"{name}_API_BASE": _NOBODY for name in (*_FOUR, "OLLAMA")},
    **{f"{name}_API_KEY": "" for name in _FOUR},
}
T = TypeVar("T")
LONGEST = 30.0


class FakeProviders:
    """A provider by each of our five names; each listens on a port of its own, until stopped."""

    def __init__(self) -> None:
        self.anthropic = Provider(
            "anthropic", Anthropic(), "sk-ant-api03-", 95, ["claude-sonnet-5-5"]
        )
        self.openai = Provider("openai", OpenAI(), "sk-proj-", 156, ["gpt-6.1-terra"])
        self.google = Provider("google", Gemini(), "AIza", 35, ["gemini-3.8-flash"])
        self.groq = Provider("groq", Groq(), "gsk_", 52, ["openai/gpt-oss-120b"])
        self.ollama = Provider("ollama", Ollama(), "", 0, ["llama3.2:latest"])
        self._runners: dict[str, web.AppRunner] = {}

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for provider in self.all:
            self._run(self._start(provider))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._runners):
            self.stop(name)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __getitem__(self, name: str) -> Provider:
        return next(one for one in self.all if one.name == name)

    @property
    def all(self) -> tuple[Provider, ...]:
        """The five."""
        return (self.anthropic, self.openai, self.google, self.groq, self.ollama)

    @property
    def settings(self) -> dict[str, str]:
        """The variables that point the app here. They hold no key."""
        return {f"{_variable(one)}_API_BASE": one.base for one in self.all}

    def keys(self, *names: str) -> dict[str, str]:
        """The variables that give the server the good keys of these providers."""
        return {f"{_variable(self[name])}_API_KEY": self[name].key for name in names}

    @property
    def asked(self) -> list[Asked]:
        """The questions to any model; each provider has its own in order."""
        return [asked for one in self.all for asked in one.asked]

    def everything_sent(self) -> str:
        """All that left the app, headers and bodies; for a search of secrets."""
        return "\n".join(asked.everything for one in self.all for asked in list(one.everything))

    def stop(self, name: str) -> None:
        """Nothing listens there any more: connections are refused."""
        self._run(self._runners.pop(name).cleanup())

    def start(self, name: str) -> None:
        """Listen again, on the same port."""
        self._run(self._start(self[name]))

    async def _start(self, provider: Provider) -> None:
        runner = web.AppRunner(
            provider.application(), access_log=None, shutdown_timeout=0, handler_cancellation=True
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", provider.port).start()
        provider.port = runner.addresses[0][1]
        self._runners[provider.name] = runner

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)


def _variable(provider: Provider) -> str:
    return "GEMINI" if provider.name == "google" else provider.name.upper()
