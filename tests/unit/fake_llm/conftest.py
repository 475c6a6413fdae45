"""The fake providers, and the real client in front of them."""

from collections.abc import Iterator

import pytest

from tests.fakes.llm import FakeProviders


@pytest.fixture
def llm() -> Iterator[FakeProviders]:
    with FakeProviders() as providers:
        yield providers
