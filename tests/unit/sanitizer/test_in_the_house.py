"""The house's own logs: what the settings hold and what passes the vault stays out of them."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.cli.endings import tell
from bot.settings import Settings
from bot.wiring import open_records
from pipeline.jobs import Actor

SIGNING = "5f" * 16
LIVE = "no shape but a value"
ADA = Actor(platform="slack", space="T1", id="U1")


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield Settings(_env_file=None, home=tmp_path, slack_signing_secret=SecretStr(SIGNING))
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.raiseExceptions = True
    structlog.reset_defaults()


@pytest.mark.anyio
async def test_no_setting_and_no_value_of_the_vault_is_logged(settings: Settings) -> None:
    log = logging.getLogger("anybody")
    async with open_records(settings) as records:
        log.warning("signed with %s", SIGNING)
        kept = json.dumps({"username": "ada-lovelace", "key": LIVE})
        await records.vault().put(ADA, "kaggle", kept, tail=LIVE)
        log.warning("%s has %s", "ada-lovelace", LIVE)

    written = (settings.home / "logs" / "mltrainer.log").read_text("utf-8")
    assert "signed with [secret: known]" in written
    assert "ada-lovelace has [secret: known]" in written


@pytest.mark.anyio
async def test_the_last_error_of_a_command_is_logged_without_values(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLTRAINER_HOME", str(settings.home))
    async with open_records(settings) as records:
        await records.vault().put(ADA, "kaggle", LIVE, tail=LIVE)

    tell(ZeroDivisionError(f"{LIVE} by {SIGNING}"))

    written = (settings.home / "logs" / "mltrainer.log").read_text("utf-8")
    assert "[secret: known] by [secret: known]" in written
    assert not any(value in written for value in (LIVE, SIGNING))
