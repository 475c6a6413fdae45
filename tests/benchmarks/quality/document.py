"""Puts the tables into docs/quality.md, between the marks where they belong."""

from pathlib import Path

from tests.benchmarks.quality.accounts import Accounts
from tests.benchmarks.quality.store import Store
from tests.benchmarks.quality.tables import beside_peers, beside_simple


def write(store: Store, budget: float, document: Path) -> None:
    """Fill every block anew; ValueError for a mark that is missing."""
    text, accounts = document.read_text("utf-8"), Accounts(store, budget)
    blocks = {
        "machine": accounts.machine(),
        "simple": beside_simple(store, budget),
        "peers": beside_peers(store, budget),
        "references": accounts.references(),
        "checks": accounts.checks(),
    }
    for name, block in blocks.items():
        first, last = f"<!-- {name}: generated -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(first)
        _, closed, after = rest.partition(last)
        if not (found and closed):
            raise ValueError(f"{document.name} has no block '{name}'")
        text = f"{before}{first}\n{block}\n{last}{after}"
    document.write_text(text, "utf-8")
