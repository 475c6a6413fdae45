"""What the logs are told to leave out: each value that passes, and the secret texts in it."""

import json
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.vault import SqlVault
from adapters.vault.master_keys import choose_source
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def vault(database: Database, clock: FakeClock, tmp_path: Path, heard: list[str]) -> SqlVault:
    return SqlVault(
        database=database,
        clock=clock,
        keys=choose_source(None, tmp_path, may_make=True),
        on_value=heard.append,
        public={"kaggle": ("username",)},
    )


async def test_the_secret_texts_of_an_object_are_told_and_its_public_ones_are_not(
    vault: SqlVault, heard: list[str]
) -> None:
    value = json.dumps({"username": "ann-miller", "key": "planted", "empty": "", "n": 1})

    ref = await vault.put(ANN, "kaggle", value, tail="")
    assert heard == [value, "planted"]

    heard.clear()
    await vault.reveal(ANN, ref, "test")
    assert heard == [value, "planted"]


@pytest.mark.parametrize("value", ["plain", "[1, 2]", '"text"', "17", '{"unfinished": '])
async def test_any_other_value_is_told_as_it_is(
    vault: SqlVault, heard: list[str], value: str
) -> None:
    await vault.put(ANN, "kaggle", value, tail="")

    assert heard == [value]


async def test_a_refused_value_is_told_to_nobody(vault: SqlVault, heard: list[str]) -> None:
    await vault.put(ANN, "kaggle", "planted", tail="")
    heard.clear()

    await vault.held(ANN)
    await vault.find(ANN, "kaggle")
    await vault.forget(ANN)

    assert heard == []
