"""A whole Hub on this machine, and two people with tokens of their own in the vault."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.jobs import Actor
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub
from tests.fakes.jobs import ANN, BEN
from tests.fakes.vault import MemoryVault


@dataclass
class People:
    """Two people, their vault and the Hub. `ann` and `ben` are their tokens."""

    hub: FakeHub
    vault: MemoryVault
    home: Path
    ann: str = ""
    ben: str = ""

    async def connect(self, owner: Actor, token: str) -> None:
        """Keep a person's token, as the form does."""
        await self.vault.put(owner, "huggingface", json.dumps({"token": token}), tail="")

    async def both(self) -> None:
        """Ann and Ben have connected their accounts."""
        await self.connect(ANN, self.ann)
        await self.connect(BEN, self.ben)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def people(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    """The server has a token too, in its environment and its file, which must never be used."""
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_server")
    made = People(hub, MemoryVault(clock=FakeClock()), tmp_path / "home")
    made.ann = hub.token(hub.account("ann", orgs={"acme": "write", "other": "read"}))
    made.ben = hub.token(hub.account("ben"))
    return made
