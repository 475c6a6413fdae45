"""The generated tables of docs/outside.md: accounts to connect, and places to train at a price."""

from collections.abc import Iterator, Mapping

from bot.wiring import shelf
from pipeline.ports.account import Account, Service
from pipeline.ports.runtime import Offer, Runtime

_HARDWARE = "| place | GPU | its memory | an hour | prices of |\n| --- | --- | --- | --- | --- |"
_ACCOUNTS = (
    "| service | connect | to | what you give | it is made at |\n| --- | --- | --- | --- | --- |"
)
_NOBODY = {"vault": None, "workbench": None, "trainings_at_once": {"local": 1}}  # of no use


def tables() -> dict[str, str]:
    """Both by the names of their blocks."""
    services: Mapping[str, Service] = shelf("accounts")
    runtimes: Mapping[str, Runtime] = shelf("runtimes", **_NOBODY)
    kept = [one.account for kind, one in services.items() if kind in _outside(runtimes)]
    lines = [line for one in runtimes.values() if one.account for line in _prices(one.offer)]
    return {
        "accounts": "\n".join([_ACCOUNTS, *map(_account, kept)]),
        "places": "\n".join([_HARDWARE, *lines]),
    }


def _outside(runtimes: Mapping[str, Runtime]) -> set[str]:
    """The accounts that data, trainings and models take."""
    return {"huggingface", *(one.account for one in runtimes.values() if one.account)}


def _account(one: Account) -> str:
    given = "; ".join(f"{field.label}: {field.example}" for field in one.fields)
    return f"| {one.title} | `mltrainer connect {one.kind}` | {one.use} | {given} | {one.page} |"


def _prices(offer: Offer) -> Iterator[str]:
    """A line a machine, that without a GPU first."""
    yield _line(offer, "none", "", _dollars(offer.usd_hour))
    for gpu in offer.gpus:
        yield _line(offer, gpu.name, f"{gpu.memory} GB", _dollars(gpu.usd_hour))


def _line(offer: Offer, gpu: str, memory: str, price: str) -> str:
    return f"| {offer.title} | {gpu} | {memory} | {price} | {offer.priced_on} |"


def _dollars(usd: object) -> str:
    return f"${usd:.2f}" if usd else "nothing"
