"""The services outside as their contract needs them: one line in FAKES, one in REAL for each."""

import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from adapters import hub_client
from adapters.accounts import huggingface, kaggle, modal
from adapters.hosts import huggingface as hub_host
from adapters.hosts.huggingface import HubHost
from adapters.hub_refusals import Topic
from adapters.kaggle.errors import API
from adapters.modal_client import SERVER_URL
from adapters.sources import huggingface as hub_source
from adapters.sources import kaggle as kaggle_source
from adapters.sources.huggingface import HubSource
from adapters.sources.kaggle import KaggleSource
from pipeline.errors import MLTrainerError
from pipeline.ports.account import Service
from tests.contracts.live import IS_LIVE, address, given, name
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub, dataset
from tests.fakes.jobs import ANN
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.vault import MemoryVault
from tests.unit.kaggle.conftest import QUICK as QUICK_KAGGLE

ROWS = b"text,kind\nyou won,spam\nsee you,chat\n"


@dataclass(frozen=True)
class Outside:
    """A service with the values of one person's account, which Ann has connected.

    `secret` is the field whose value is a key, `data` a small public data set there, and `model`
    a name that no model of hers has.
    """

    account: Service
    values: Mapping[str, str]
    secret: str
    source: HubSource | KaggleSource | None = None
    data: str = ""
    host: HubHost | None = None
    model: str = "contract"


async def _connected(kind: str, values: Mapping[str, str]) -> MemoryVault:
    vault = MemoryVault(clock=FakeClock())
    await vault.put(ANN, kind, json.dumps(dict(values)), tail="last")
    return vault


@asynccontextmanager
async def _hub(folder: Path) -> AsyncIterator[Outside]:
    with FakeHub() as hub:
        hub.datasets["somebody/notes"] = dataset({"train.csv": ROWS})
        values = {"token": hub.token(hub.account("ann"))}
        vault = await _connected("huggingface", values)
        yield Outside(
            huggingface.adapter(hf_endpoint=hub.url),
            values,
            "token",
            hub_source.adapter(vault=vault, home=folder, hf_endpoint=hub.url),
            "hf:somebody/notes",
            hub_host.adapter(vault=vault, hf_endpoint=hub.url, hf_spaces_url=hub.spaces_url),
        )


@asynccontextmanager
async def _kaggle(folder: Path) -> AsyncIterator[Outside]:
    with FakeKaggle(folder / "kaggle") as fake:
        fake.world.publish("somebody/notes", {"train.csv": ROWS})
        values = fake.world.person("ann-k").values
        vault = await _connected("kaggle", values)
        yield Outside(
            kaggle.adapter(kaggle_api_url=fake.url, patience=QUICK_KAGGLE),
            values,
            "key",
            kaggle_source.adapter(vault=vault, kaggle_api_url=fake.url, patience=QUICK_KAGGLE),
            "kaggle:somebody/notes",
        )


@asynccontextmanager
async def _modal(folder: Path) -> AsyncIterator[Outside]:
    del folder
    values = dict(zip(("token_id", "token_secret"), ANN_TOKEN, strict=True))
    with FakeModal(Path(sys.executable)) as fake:
        yield Outside(modal.adapter(modal_server_url=fake.url), values, "token_secret")


@asynccontextmanager
async def _real_hub(folder: Path) -> AsyncIterator[Outside]:
    """What was published is removed."""
    (token,) = given("Hugging Face", "HF_TOKEN")
    values, model = {"token": token}, name()
    vault = await _connected("huggingface", values)
    url = address("HF_ENDPOINT", "https://huggingface.co")
    service = huggingface.adapter(hf_endpoint=url)
    spaces = "https://{subdomain}.hf.space"
    yield Outside(
        service,
        values,
        "token",
        hub_source.adapter(vault=vault, home=folder, hf_endpoint=url),
        os.environ.get("LIVE_HUB_DATA", "hf:lhoestq/demo1"),
        hub_host.adapter(vault=vault, hf_endpoint=url, hf_spaces_url=spaces),
        model,
    )
    with suppress(MLTrainerError):
        me = await service.check(values)
        repo = f"{me.name if me else ''}/{model}"
        client = hub_client.HubClient.of(url, token)
        await client.ask(lambda api: api.delete_repo(repo, missing_ok=True), Topic(repo))


@asynccontextmanager
async def _real_kaggle(folder: Path) -> AsyncIterator[Outside]:
    del folder
    user, key = given("Kaggle", "KAGGLE_USERNAME", "KAGGLE_KEY")
    values = {"username": user, "key": key}
    url = address("KAGGLE_API_URL", API)
    source = kaggle_source.adapter(vault=await _connected("kaggle", values), kaggle_api_url=url)
    data = os.environ.get("LIVE_KAGGLE_DATA", "kaggle:uciml/zoo-animal-classification")
    yield Outside(kaggle.adapter(kaggle_api_url=url), values, "key", source, data)


@asynccontextmanager
async def _real_modal(folder: Path) -> AsyncIterator[Outside]:
    del folder
    values = dict(
        zip(
            ("token_id", "token_secret"),
            given("Modal", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET"),
            strict=True,
        )
    )
    url = address("MODAL_SERVER_URL", SERVER_URL)
    yield Outside(modal.adapter(modal_server_url=url), values, "token_secret")


Maker = Callable[[Path], AbstractAsyncContextManager[Outside]]
FAKES: Mapping[str, Maker] = {"huggingface": _hub, "kaggle": _kaggle, "modal": _modal}
REAL: Mapping[str, Maker] = {
    "huggingface": _real_hub,
    "kaggle": _real_kaggle,
    "modal": _real_modal,
}
MAKERS = REAL if IS_LIVE else FAKES
