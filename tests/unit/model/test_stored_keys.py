"""A stored key is asked about for its owner alone, and is in no answer."""

import json

import pytest

from adapters.stored_keys import StoredKeys
from pipeline.jobs import Actor
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.service import HUB, FakeService
from tests.fakes.vault import MemoryVault

pytestmark = pytest.mark.anyio
ANN = Actor(platform="slack", space="T1", id="U1")
BEN = Actor(platform="slack", space="T1", id="U2")
KEY = "hf_" + "Ab3" * 11 + "x"


async def keys(service: FakeService) -> tuple[StoredKeys, SecretRef]:
    vault = MemoryVault(clock=FakeClock())
    ref = await vault.put(ANN, "huggingface", json.dumps({"token": KEY}), tail="")
    return StoredKeys(vault, {"huggingface": service}), ref


async def test_the_service_says_whom_a_good_key_belongs_to() -> None:
    stored, ref = await keys(FakeService(HUB))
    verdict = await stored.check(ANN, ref)
    assert (verdict.status, verdict.detail) == ("ok", "It belongs to ann-at-hub.")


@pytest.mark.parametrize(
    ("service", "status"),
    [(FakeService(HUB, refused={KEY}), "invalid"), (FakeService(HUB, silent=True), "network")],
)
async def test_a_bad_key_and_no_answer_are_told_apart(service: FakeService, status: str) -> None:
    stored, ref = await keys(service)
    verdict = await stored.check(ANN, ref)
    assert verdict.status == status
    assert KEY not in verdict.detail


async def test_nobody_elses_key_is_asked_about() -> None:
    stored, ref = await keys(FakeService(HUB))
    assert (await stored.check(BEN, ref)).status == "invalid"


async def test_a_service_that_is_not_known_is_not_asked() -> None:
    stored, _ = await keys(FakeService(HUB))
    assert (await stored.check(ANN, SecretRef("moon", "deadbeef"))).status == "unasked"
