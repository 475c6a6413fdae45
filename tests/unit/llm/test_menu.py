"""The models we name exist in the prices that this litellm ships, and can do what they must."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from adapters.llm.library import Library
from adapters.providers import KeyedProvider, Tier

KEYED = ("anthropic", "openai", "google", "groq")


def entry(library: Library, service: KeyedProvider, model: str) -> dict[str, Any]:
    known: Mapping[str, dict[str, Any]] = library.module.model_cost
    return known.get(f"{service.provider.called}/{model}") or known[model]


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize("tier", ["small", "medium", "large"])
def test_a_model_exists_and_can_call_tools_and_hold_a_schema(
    services: Mapping[str, KeyedProvider], library: Library, name: str, tier: Tier
) -> None:
    service = services[name]
    found = entry(library, service, service.provider.models[tier])

    assert found["litellm_provider"] == service.provider.mapped
    assert found["mode"] == "chat"
    assert found["supports_function_calling"]
    assert found["supports_response_schema"]
    assert found["input_cost_per_token"] > 0
    assert date.fromisoformat(found.get("deprecation_date") or "9999-01-01") > date(2027, 6, 1)


@pytest.mark.parametrize("name", KEYED)
def test_the_larger_costs_no_less(
    services: Mapping[str, KeyedProvider], library: Library, name: str
) -> None:
    models = services[name].provider.models
    found = [entry(library, services[name], models[tier]) for tier in ("small", "medium", "large")]
    prices = [one["output_cost_per_token"] for one in found]

    assert prices == sorted(prices)


def test_the_models_of_openai_take_tools_without_reasoning(
    services: Mapping[str, KeyedProvider], library: Library
) -> None:
    """Otherwise litellm asks them by another protocol, on a line that is none of ours."""
    service = services["openai"]

    for model in service.provider.models.values():
        assert entry(library, service, model)["supports_none_reasoning_effort"]
