"""What several of these tests need: a log of their own, and what knows every key by its shape."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from adapters.sanitizer import KeySanitizer
from bot.journal import _PRINT_BODIES, Journal
from bot.wiring import shelf


@pytest.fixture
def sanitizer() -> KeySanitizer:
    return KeySanitizer(service.account for service in shelf("accounts").values())


@pytest.fixture
def journal(tmp_path: Path, sanitizer: KeySanitizer) -> Iterator[Journal]:
    """The log of a home in the test's folder; afterwards nothing writes there any more."""
    root = logging.getLogger()
    before = list(root.handlers)
    loggers = [logging.getLogger(name) for name in _PRINT_BODIES]
    levels = [logger.level for logger in loggers]
    yield Journal(tmp_path, sanitizer)
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.raiseExceptions = True
    structlog.reset_defaults()
