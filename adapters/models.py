"""Which language model speaks for whom: their own key's, the server's, a free one, or none."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from pydantic import SecretStr

from adapters.accounts.ollama import Ollama
from adapters.llm import LanguageModel, Means
from adapters.llm.library import Library
from adapters.llm.line import Pool
from adapters.providers import KeyedProvider, Provider
from pipeline.errors import TryAgain
from pipeline.jobs import Actor
from pipeline.ports.account import Service
from pipeline.ports.clock import Clock
from pipeline.ports.model import Whose
from pipeline.ports.vault import Vault
from pipeline.secrets import SecretRef

_LOOK_AGAIN = 30.0  # seconds after which Ollama is looked for once more


class LanguageModels:
    """pipeline.ports.model.Models, by people's keys in the vault and the server's own.

    The library behind them is loaded by the first who needs it, or ahead by `open` and `begin`.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        vault: Vault,
        clock: Clock,
        library: Library | None = None,
    ) -> None:
        found = {one.account.kind: one for one in services.values()}
        keyed = (one.provider for one in found.values() if isinstance(one, KeyedProvider))
        self._providers = sorted(keyed, key=lambda one: (one.place, one.kind))
        self._ollama = next((one for one in found.values() if isinstance(one, Ollama)), None)
        self._vault = vault
        self._clock = clock
        self._means = Means(library or Library(), Pool())
        self._answering: tuple[str, ...] = ()
        self._looking = asyncio.Lock()
        self._look_at = float("-inf")

    async def choose(self, owner: Actor) -> Sequence[LanguageModel]:
        """Those that may be asked for this person, the best first; none where only rules are."""
        models = [*await self._of_person(owner), *self._of_server(), *await self._of_machine()]
        return models if models and await self._means.library.load() else []

    async def open(self) -> None:
        """Load the library now, where the server itself has a model for everybody."""
        if any(self._of_server()) or await self._of_machine():
            await self._means.library.load()

    def begin(self) -> None:
        """Load the library in the background: somebody has connected a key."""
        self._means.library.begin()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        """Hang up everywhere."""
        await self._means.pool.close()

    async def _of_person(self, owner: Actor) -> list[LanguageModel]:
        refs = [(one, await self._vault.find(owner, one.kind)) for one in self._providers]
        return [self._personal(owner, one, ref) for one, ref in refs if ref is not None]

    def _personal(self, owner: Actor, provider: Provider, ref: SecretRef) -> LanguageModel:
        async def reveal() -> str:
            purpose = f"ask {provider.called}/{provider.model}"
            return _key(await self._vault.reveal(owner, ref, purpose))

        return LanguageModel(self._means, provider, provider.model, "person", reveal)

    def _of_server(self) -> Iterator[LanguageModel]:
        """Those with a price first, the free one last."""
        for provider in sorted(self._providers, key=lambda one: one.is_free):
            if provider.key is not None:
                whose: Whose = "free" if provider.is_free else "server"
                yield self._given(provider, provider.key, whose)

    def _given(self, provider: Provider, key: SecretStr, whose: Whose) -> LanguageModel:
        async def reveal() -> str:
            return key.get_secret_value()

        return LanguageModel(self._means, provider, provider.model, whose, reveal)

    async def _of_machine(self) -> list[LanguageModel]:
        """The newest model of an Ollama that answers."""
        if self._ollama is None:
            return []
        names = await self._alive(self._ollama)
        return [
            LanguageModel(self._means, self._ollama.provider, name, "free", _nothing)
            for name in names[:1]
        ]

    async def _alive(self, ollama: Ollama) -> tuple[str, ...]:
        """The models that it has, looked up once in a while; none where nobody answers."""
        async with self._looking:
            now = self._clock.monotonic()
            if now >= self._look_at:
                self._look_at = now + _LOOK_AGAIN
                try:
                    self._answering = await ollama.models()
                except TryAgain:
                    self._answering = ()
        return self._answering


def _key(kept: str) -> str:
    """The key in what the vault keeps of an account."""
    return str(json.loads(kept).get("key", ""))


async def _nothing() -> str:
    return ""
