"""The providers that the environment names, each with its model alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from adapters.clock import SystemClock
from adapters.guarded import GuardedModels
from adapters.llm.library import Library
from adapters.models import LanguageModels
from adapters.providers import KeyedProvider
from bot.settings import Settings
from bot.wiring import open_sanitizer, shelf
from pipeline.errors import PersonCanFix
from pipeline.ports.model import Models
from tests.benchmarks.understanding.reader import OWNER
from tests.fakes.vault import MemoryVault

_NO_KEY = "ollama"


@dataclass(frozen=True)
class Candidate:
    """A provider with what to call it in the table."""

    name: str
    models: Models


@asynccontextmanager
async def candidates(settings: Settings, only: str = "") -> AsyncIterator[tuple[Candidate, ...]]:
    """Those whose key is set, and an Ollama that answers; PersonCanFix for one that is not there.

    The settings alone say which: the keys of people in a vault are theirs.
    """
    services = shelf("accounts", **dict(settings))
    known = [kind for kind, one in services.items() if isinstance(one, KeyedProvider)]
    known = sorted([*known, _NO_KEY])
    if only and only not in known:
        raise PersonCanFix(f"There is no provider {only}.", f"There are: {', '.join(known)}.")
    clock, library = SystemClock(), Library()
    guard, vault = open_sanitizer(settings), MemoryVault(clock=clock)
    async with AsyncExitStack() as open_ones:
        found = []
        for kind in [only] if only else known:
            models = LanguageModels({kind: services[kind]}, vault, clock, library)
            await open_ones.enter_async_context(models)
            if chosen := await models.choose(OWNER):
                name = f"{kind}: {chosen[0].name}"
                found.append(Candidate(name, GuardedModels(models, guard)))
        if only and not found:
            raise PersonCanFix(f"{only} is not set up.", "Set its key; Ollama must answer.")
        yield tuple(found)
