"""The generated tables of docs/models.md: providers, their keys, and what their models cost."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.providers import KeyedProvider, Provider
from bot.wiring import shelf

_PRICES = "model_prices_and_context_window_backup.json"
_MILLION = 1_000_000
_READ, _WRITTEN = 20_000, 2_000  # tokens of a whole job with a wide table; see the page itself
_ANY = "the newest that it has"
Prices = Mapping[str, Mapping[str, Any]]


def tables() -> dict[str, str]:
    """Both by the names of their blocks."""
    found = [one.provider for one in shelf("accounts").values() if hasattr(one, "provider")]
    keyed = {one.account.kind for one in shelf("accounts").values() if _is_keyed(one)}
    providers = sorted(found, key=lambda one: (one.kind not in keyed, one.place, one.kind))
    return {"providers": _providers(providers, keyed), "prices": _prices(providers)}


def _is_keyed(service: object) -> bool:
    return isinstance(service, KeyedProvider)


def _providers(providers: list[Provider], keyed: set[str]) -> str:
    rows = ["| provider | your own key | the server's key | address | keys are made at |"]
    rows += ["| --- | --- | --- | --- | --- |"]
    for one in providers:
        own = f"`mltrainer connect {one.kind}`" if one.kind in keyed else "none is needed"
        key = f"`{one.variable}`" if one.kind in keyed else "none is needed"
        base = f"`{one.variable.removesuffix('_API_KEY').removesuffix('_API_BASE')}_API_BASE`"
        rows.append(f"| {one.title} | {own} | {key} | {base} | {one.page} |")
    return "\n".join(rows)


def _prices(providers: list[Provider]) -> str:
    """What is charged, in US dollars; of the models that are asked, what a whole job costs."""
    listed = _listed()
    rows = ["| provider | size | model | a million tokens in | out | a job, about |"]
    rows += ["| --- | --- | --- | --- | --- | --- |"]
    for one in providers:
        for tier, model in one.models.items():
            cost = listed.get(f"{one.called}/{model}") or listed[model]
            read, written = cost["input_cost_per_token"], cost["output_cost_per_token"]
            name = f"**{model}**" if tier == one.tier else model
            job = f"${read * _READ + written * _WRITTEN:.3f}"
            prices = f"{_dollars(read * _MILLION)} | {_dollars(written * _MILLION)}"
            rows.append(f"| {one.title} | {tier} | {name} | {prices} | {job} |")
        if not one.models:
            rows.append(f"| {one.title} | | **{_ANY}** | $0 | $0 | $0 |")
    return "\n".join(rows)


def _dollars(usd: float) -> str:
    """To the cent, or to its tenth where there is one."""
    return f"${usd:.3f}".removesuffix("0")


def _listed() -> Prices:
    """The prices that come along with litellm, which is not imported for them."""
    found = importlib.util.find_spec("litellm")
    if found is None or found.origin is None:
        raise ValueError("litellm is not installed: make install")
    prices: Prices = json.loads(Path(found.origin).with_name(_PRICES).read_text("utf-8"))
    return prices
