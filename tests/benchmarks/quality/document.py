"""Puts the tables into docs/quality.md, between the marks where they belong."""

from pathlib import Path

from tests.benchmarks.blocks import fill
from tests.benchmarks.quality.accounts import Accounts
from tests.benchmarks.quality.store import Store
from tests.benchmarks.quality.tables import beside_peers, beside_simple


def write(store: Store, budget: float, document: Path) -> None:
    """Fill every block anew; ValueError for a mark that is missing."""
    accounts = Accounts(store, budget)
    blocks = {
        "machine": accounts.machine(),
        "simple": beside_simple(store, budget),
        "peers": beside_peers(store, budget),
        "references": accounts.references(),
        "checks": accounts.checks(),
    }
    document.write_text(fill(document.read_text("utf-8"), blocks), "utf-8")
