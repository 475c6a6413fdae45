"""One process of the bot with all its shelves plugged in, beside fakes of all that is outside."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.shelves import shelf
from bot.settings import Settings
from pipeline.jobs import Actor
from pipeline.ports.host import Host
from pipeline.ports.runtime import Runtime, Workbench
from pipeline.ports.source import Source
from pipeline.ports.vault import Vault
from tests.fakes.hub import FakeHub
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.kaggle.world import Person
from tests.fakes.llm import NO_PROVIDERS
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import Token
from tests.fakes.ray import FakeRay


@dataclass(frozen=True)
class Outside:
    """The services, as one bot is pointed to them."""

    hub: FakeHub
    kaggle: FakeKaggle
    modal: FakeModal
    ray: FakeRay

    def settings(self, home: Path, environments: Path, **more: str) -> Settings:
        """Settings of a bot that reaches these services and no others."""
        told = {
            **{name: value for name, value in NO_PROVIDERS.items() if value},
            "MLTRAINER_HOME": str(home),
            "MLTRAINER_ENV_CACHE": str(environments),
            "HF_ENDPOINT": self.hub.url,
            "HF_SPACES_URL": self.hub.spaces_url,
            "KAGGLE_API_URL": self.kaggle.url,
            "MODAL_SERVER_URL": self.modal.url,
            "RAY_ADDRESS": self.ray.address,
            **more,
        }
        return Settings.model_validate(told)

    def with_python(self, python: Path) -> None:
        """Every machine there has this Python, and with it all that is asked for."""
        self.kaggle.world.image = self.modal.python = self.ray.image = python


@contextmanager
def outside(folder: Path) -> Iterator[Outside]:
    """All of them, until the block ends."""
    with (
        FakeHub() as hub,
        FakeKaggle(folder / "kaggle") as kaggle,
        FakeModal(Path(sys.executable)) as modal,
        FakeRay(folder / "ray") as ray,
    ):
        yield Outside(hub, kaggle, modal, ray)


@dataclass(frozen=True)
class Shelves:
    """What the composition root plugs in: one set of adapters for everybody."""

    sources: Mapping[str, Source]
    runtimes: Mapping[str, Runtime]
    hosts: Mapping[str, Host]

    @classmethod
    def of(cls, settings: Settings, vault: Vault, workbench: Workbench) -> "Shelves":
        """By the settings alone."""
        parts = {**dict(settings), "vault": vault, "workbench": workbench}
        parts |= {"models": settings.home / "models", "allow_private_urls": ()}
        made = {name: shelf(name, **parts) for name in ("sources", "runtimes", "hosts")}
        kaggle = made["runtimes"]["kaggle"]
        kaggle.poll_seconds = kaggle.ready_seconds = 0.05
        return cls(made["sources"], made["runtimes"], made["hosts"])


@dataclass(frozen=True)
class Keys:
    """What one person has at the services."""

    hub: str
    kaggle: Person
    modal: Token

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must never be told."""
        return self.hub, self.kaggle.token, self.kaggle.key, *self.modal

    async def give(self, vault: Vault, owner: Actor) -> None:
        """Connect all three accounts."""
        given = {
            "huggingface": {"token": self.hub},
            "kaggle": self.kaggle.values,
            "modal": dict(zip(("token_id", "token_secret"), self.modal, strict=True)),
        }
        for kind, values in given.items():
            await vault.put(owner, kind, json.dumps(values), tail="last")


def keys_of(outside: Outside, name: str, modal: Token) -> Keys:
    """New accounts under a name, and the workspace of a token."""
    hub, world = outside.hub, outside.kaggle.world
    return Keys(hub.token(hub.account(name)), world.person(f"{name}-k"), modal)
