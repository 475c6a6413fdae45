"""What a call may cost at most, and what it has cost, by the prices that the library ships."""

import json
from decimal import Decimal
from types import ModuleType
from typing import Any

from adapters.llm.shaping import Response, request
from adapters.providers import Provider
from pipeline.ports.model import Question

_BESIDE = 1_000  # tokens that a provider may add of its own around a question
_DIGITS = Decimal("0.00000001")
_NOTHING = Decimal(0)


def most(library: ModuleType, provider: Provider, model: str, question: Question) -> Decimal:
    """A bound: no text has more tokens than bytes, and no answer more than it may have."""
    asked = request(question, provider, model)
    text = json.dumps(asked, default=str, ensure_ascii=False)
    tokens = len(text.encode()) + _BESIDE
    return price(library, provider, model, tokens, question.max_tokens)


def cost(
    library: ModuleType, provider: Provider, model: str, question: Question, response: Response
) -> tuple[int, int, Decimal]:
    """Tokens in and out, and what they cost; where a provider counts none, the bound counts."""
    usage = response.usage
    tokens_in = max(0, usage.prompt_tokens or 0) if usage else 0
    tokens_out = max(0, usage.completion_tokens or 0) if usage else 0
    if not tokens_in and not tokens_out:
        return 0, 0, most(library, provider, model, question)
    return tokens_in, tokens_out, price(library, provider, model, tokens_in, tokens_out)


def price(
    library: ModuleType, provider: Provider, model: str, tokens_in: int, tokens_out: int
) -> Decimal:
    """US dollars; a model whose price is not known costs as the provider's dearest."""
    if not provider.charges:
        return _NOTHING
    known = f"{provider.called}/{model}"
    usd = _listed(library, known, provider, tokens_in, tokens_out)
    if not usd > 0:
        per_in, per_out = dearest(library, provider)
        usd = tokens_in * per_in + tokens_out * per_out
    return Decimal(str(usd)).quantize(_DIGITS)


def _listed(
    library: ModuleType, known: str, provider: Provider, tokens_in: int, tokens_out: int
) -> float:
    if known not in library.model_cost and known.partition("/")[2] not in library.model_cost:
        return 0.0
    per_in, per_out = library.cost_per_token(
        model=known,
        custom_llm_provider=provider.called,
        prompt_tokens=tokens_in,
        completion_tokens=tokens_out,
    )
    return float(per_in + per_out)


def dearest(library: ModuleType, provider: Provider) -> tuple[float, float]:
    """The highest prices of a token in and out among a provider's models that talk."""
    mapped: list[dict[str, Any]] = [
        one
        for one in library.model_cost.values()
        if one.get("litellm_provider") == provider.mapped and one.get("mode") == "chat"
    ]
    return (
        max(float(one.get("input_cost_per_token") or 0) for one in mapped),
        max(float(one.get("output_cost_per_token") or 0) for one in mapped),
    )
