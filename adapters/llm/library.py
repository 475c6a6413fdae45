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
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

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
_ONE_AT_A_TIME = threading.Lock()


class Library:
    """The library, loaded on demand and at most once; `begin` does not wait for it."""

    def __init__(self) -> None:
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

    def begin(self) -> None:
        """Load in the background, so that a later `load` finds it done."""
        if self._module is None and self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(_load))

    async def load(self) -> None:
        """Wait until it is there."""
        if self._module is None:
            self.begin()
            loading = self._loading
            assert loading is not None
            self._module = await asyncio.shield(loading)
