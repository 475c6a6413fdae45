"""One sanitizer over the accounts of the house."""

import pytest

from adapters.sanitizer import KeySanitizer
from bot.wiring import shelf


@pytest.fixture
def sanitizer() -> KeySanitizer:
    return KeySanitizer(service.account for service in shelf("accounts").values())
