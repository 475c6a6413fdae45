"""A whole Hub on this machine, and two people with tokens of their own in the vault."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters import hub_library, hub_whose
from pipeline.jobs import Actor
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub
from tests.fakes.jobs import ANN, BEN
from tests.fakes.vault import MemoryVault

JOB = "j-4f0c2k9a"
HELD = 'text,kind\n"you won, again",spam\n'
CARD = "---\ntags: [mltrainer, text-classification]\nlibrary_name: light\n---\n# Sorting mails\n"


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


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for long, and nothing known from a Hub before."""
    monkeypatch.setattr(hub_library, "SECONDS", 1.0)
    monkeypatch.setattr(hub_whose, "_said", {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder as a job leaves it."""
    made = tmp_path / "model"
    (made / "model").mkdir(parents=True)
    metric = {"name": "macro_f1", "value": 0.93, "n": 120}
    passport = {"job": JOB, "task_type": "text_classification"}
    texts = {
        "README.md": CARD,
        "metrics.json": json.dumps({"metric": metric, "verdict": "Good: <93%>."}),
        "passport.json": json.dumps(passport),
        "predict.py": "print(1)\n",
        "app.py": "def main(): ...\n",
        "requirements.txt": "numpy==2.4.6\n",
        "heldout.csv": HELD,
    }
    for name, text in texts.items():
        (made / name).write_text(text, "utf-8")
    (made / "model" / "model.safetensors").write_bytes(os.urandom(200_000))
    (made / "link").symlink_to("/etc/passwd")
    return made
