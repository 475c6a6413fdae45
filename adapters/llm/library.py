"""litellm, imported once, in a thread, before anybody waits for an answer.

Around its import a few variables are set, and the environment is as it was afterwards. What it
would import in the middle of a first call is imported here as well, by asking nobody five times.
"""

import asyncio
import contextlib
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, cast

import httpx

from adapters.llm.line import Line, Nobody
from adapters.providers import Provider

_AROUND_IMPORT = MappingProxyType(
    {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # it fetches prices from GitHub otherwise
        "LITELLM_OFFLINE_MODE": "true",
        "LITELLM_LOG": "CRITICAL",
        "LITELLM_MODE": "PRODUCTION",  # it reads .env into the environment otherwise
    }
)
# These write down prompts and bodies, some of them headers.
_TALKERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router", "openai", "httpx", "httpcore")
_FIRST_CALLS = (
    ("anthropic", "claude-sonnet-5-5"),
    ("openai", "gpt-6.1-terra"),
    ("gemini", "gemini-3.8-flash"),
    ("groq", "openai/gpt-oss-120b"),
    ("ollama_chat", "llama3.2"),
)
_ONE_AT_A_TIME = threading.Lock()
_log = logging.getLogger(__name__)


class Library:
    """The library, loaded on demand and at most once; `begin` does not wait for it."""

    def __init__(self, load: Callable[[], ModuleType] | None = None) -> None:
        self._load = load or _load
        self._loading: asyncio.Future[ModuleType] | None = None
        self._module: ModuleType | None = None

    @property
    def module(self) -> ModuleType:
        """litellm, which must have been loaded."""
        if self._module is None:
            raise RuntimeError("load() comes first")
        return self._module

    @property
    def is_loaded(self) -> bool:
        """Nobody has to wait for it any more."""
        return self._module is not None

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """All that a call may raise: the library's own, and what it stumbles on in a body."""
        own = [kind for kind in vars(self.module.exceptions).values() if _is_error(kind)]
        found = (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError)
        return (*own, self.module.openai.OpenAIError, *found)

    def begin(self) -> None:
        """Load in the background, so that a later `load` finds it done."""
        self._begun()

    def _begun(self) -> asyncio.Future[ModuleType]:
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        return self._loading

    async def load(self) -> bool:
        """Wait until it is there; False where it cannot be had, which the log explains."""
        if self._module is None:
            try:
                self._module = await asyncio.shield(self._begun())
            except (ImportError, OSError, AttributeError, ValueError, RuntimeError) as broken:
                _log.warning("litellm cannot be loaded; rules go on alone", exc_info=broken)
        return self._module is not None


def _load() -> ModuleType:
    with _ONE_AT_A_TIME, _environment(_AROUND_IMPORT), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litellm  # noqa: PLC0415  (three seconds, in this thread)

        for name in _TALKERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        litellm.suppress_debug_info = True
        litellm.drop_params = True
        litellm.turn_off_message_logging = True
        asyncio.run(_warm_up(litellm))
    return litellm


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables, and have everything as it was at the end, whatever was set meanwhile."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _is_error(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Exception)


def client(provider: Provider, line: Line, key: str, seconds: float) -> object:
    """What the library calls a provider with, on a line of ours and no other."""
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler  # noqa: PLC0415  (as above)
    from openai import AsyncOpenAI  # noqa: PLC0415  (the same)

    if provider.called != "openai":
        return AsyncHTTPHandler(transport=line, follow_redirects=False, timeout=seconds)
    own = httpx.AsyncClient(
        transport=line, follow_redirects=False, trust_env=False, timeout=seconds
    )
    return AsyncOpenAI(
        api_key=key,
        base_url=provider.base,
        http_client=cast("Any", own),  # it takes clients of httpx as well as of its own fork
        max_retries=0,
        timeout=seconds,
    )


async def _warm_up(library: ModuleType) -> None:
    """Go the way of a call to each provider, up to a line that leads nowhere."""
    for called, model in _FIRST_CALLS:
        nowhere = Provider(
            kind=called, title="", called=called, mapped="", models={}, base="http://nowhere.test"
        )
        line = Line(Nobody(), nowhere.base, "none")
        with contextlib.suppress(library.exceptions.APIError, library.openai.OpenAIError):
            await library.acompletion(
                model=f"{called}/{model}",
                messages=[{"role": "user", "content": "."}],
                max_tokens=1,
                api_key="none",
                api_base=nowhere.base,
                client=client(nowhere, line, "none", 1.0),
                num_retries=0,
                max_retries=0,
            )
