"""What `doctor` says of the server's language models: whether each answers, and what it costs."""

from collections.abc import Iterable
from decimal import Decimal
from types import ModuleType

from adapters.accounts.ollama import Ollama
from adapters.llm.library import Library
from adapters.llm.prices import price
from adapters.providers import KeyedProvider, Provider
from pipeline.errors import MLTrainerError
from pipeline.ports.account import Service
from pipeline.ports.check import Check

_DIGITS = Decimal("0.01")
_THOUSAND = 1_000


async def look(services: Iterable[Service]) -> tuple[Check, ...]:
    """A line for each provider whose key is set, and for an Ollama that answers."""
    found = list(services)
    keyed = [
        one for one in found if isinstance(one, KeyedProvider) and one.provider.key is not None
    ]
    library = Library()
    checks = [await _keyed(one, library) for one in keyed]
    checks += [line for one in found if isinstance(one, Ollama) for line in await _ollama(one)]
    return tuple(checks)


async def _keyed(service: KeyedProvider, library: Library) -> Check:
    provider = service.provider
    key = provider.key.get_secret_value().strip() if provider.key is not None else ""
    try:
        await service.check({"key": key})
    except MLTrainerError as error:
        detail = error.message.replace("This ", f"{provider.variable}: the ")
        return Check(name=provider.kind, ok=False, detail=detail, hint=error.hint)
    if not await library.load():
        detail = "litellm cannot be loaded, so no language model can be asked."
        return Check(name=provider.kind, ok=False, detail=detail, hint="Install mltrainer anew.")
    cost = _cost(library.module, provider)
    detail = f"the key is good; {provider.model} ({provider.tier}), {cost}"
    return Check(name=provider.kind, ok=True, detail=detail)


def _cost(library: ModuleType, provider: Provider) -> str:
    """What a million tokens cost, asked for in small portions: long questions cost more."""
    per_in = price(library, provider, provider.model, _THOUSAND, 0) * _THOUSAND
    per_out = price(library, provider, provider.model, 0, _THOUSAND) * _THOUSAND
    return f"${per_in.quantize(_DIGITS)} / ${per_out.quantize(_DIGITS)} a million tokens in / out"


async def _ollama(service: Ollama) -> tuple[Check, ...]:
    try:
        names = await service.models()
    except MLTrainerError:
        return ()
    if not names:
        detail = "Ollama answers, but has no model that talks."
        return (Check(name="ollama", ok=False, detail=detail, hint="ollama pull llama3.2"),)
    return (Check(name="ollama", ok=True, detail=f"it answers; {names[0]}, free of charge"),)
