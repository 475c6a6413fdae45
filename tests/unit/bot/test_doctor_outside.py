"""The doctor on the services outside: what is in reach, what hides one, and what a person does."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters import reachable
from bot.checks.outside import look
from bot.settings import Settings, variable
from pipeline.ports.check import Check
from tests.fakes.hub import FakeHub
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.modal import FakeModal
from tests.fakes.ray import FakeRay

pytestmark = pytest.mark.anyio
NOWHERE = "http://127.0.0.1:9"
TOKEN = "planted" + "s3cr3t" * 4


@dataclass
class Outside:
    """The services, and where the settings say they are."""

    hub: FakeHub
    kaggle: FakeKaggle
    modal: FakeModal
    ray: FakeRay


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """All answer; of this machine's own settings nothing is taken."""
    for name in set(map(variable, Settings.model_fields)) & os.environ.keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reachable, "_SECONDS", 1.5)
    with (
        FakeHub() as hub,
        FakeKaggle(tmp_path / "kaggle") as kaggle,
        FakeModal(Path(sys.executable)) as modal,
        FakeRay(tmp_path / "ray") as ray,
    ):
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("KAGGLE_API_URL", kaggle.url)
        monkeypatch.setenv("MODAL_SERVER_URL", modal.url)
        yield Outside(hub, kaggle, modal, ray)


async def looked() -> dict[str, Check]:
    return {one.name: one for one in await look(Settings.load())}


async def test_what_answers_is_told_with_what_it_is_for(outside: Outside) -> None:
    found = await looked()

    assert {name: one.ok for name, one in found.items()} == dict.fromkeys(
        ("hub", "kaggle", "modal", "ray"), True
    )
    assert found["hub"].detail.endswith(
        "answers; people can take data and weights from there and publish there"
    )
    assert "people can train there" in found["modal"].detail
    assert "RAY_ADDRESS" in found["ray"].detail
    assert outside.hub.tokens == []
    assert [who for who, *_ in outside.kaggle.world.asked] == [""]
    assert all(not any(token) for token in outside.modal.tokens)


@pytest.mark.parametrize(
    ("name", "setting"),
    [("hub", "HF_ENDPOINT"), ("kaggle", "KAGGLE_API_URL"), ("modal", "MODAL_SERVER_URL")],
)
async def test_an_address_of_ones_own_that_does_not_answer_is_named_with_its_cure(
    outside: Outside, monkeypatch: pytest.MonkeyPatch, name: str, setting: str
) -> None:
    del outside
    monkeypatch.setenv(setting, NOWHERE)

    found = (await looked())[name]

    assert not found.ok
    assert "at 127.0.0.1:9 cannot be reached." in found.detail
    assert found.hint.startswith(f"Correct {setting}, or remove it: then https://")


async def test_a_service_that_nobody_has_to_use_is_no_fault_when_it_is_out_of_reach(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    del outside
    usual = reachable._Service("kaggle", "Kaggle", "KAGGLE_API_URL", NOWHERE, "train there")
    monkeypatch.setattr(reachable, "_KAGGLE", usual)
    monkeypatch.setenv("KAGGLE_API_URL", NOWHERE)

    found = (await looked())["kaggle"]

    assert found.ok
    assert found.detail == "127.0.0.1:9 cannot be reached; it is needed only to train there"


async def test_trouble_and_what_answers_in_its_place_are_told_apart(outside: Outside) -> None:
    outside.hub.broken = 503
    assert "has trouble of its own (503)" in (await looked())["hub"].detail

    outside.hub.broken = 0
    outside.hub.fail("GET", "/api/whoami-v2", "garbage")
    assert "something else that answers in its place" in (await looked())["hub"].detail


async def test_a_cluster_is_told_with_what_it_has_and_warned_of_while_it_is_open(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", outside.ray.address)
    found = (await looked())["ray"]
    assert found.ok
    assert "it has 2 CPUs and no GPU, and asks for no token" in found.detail

    outside.ray.token = TOKEN
    found = (await looked())["ray"]
    assert not found.ok
    assert "asks for a token" in found.detail
    assert "RAY_AUTH_TOKEN" in found.hint

    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    found = (await looked())["ray"]
    assert found.ok
    assert "asks for no token" not in found.detail
    assert TOKEN not in repr(found)
