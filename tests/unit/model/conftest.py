"""A prompt that exists for these tests alone."""

import pytest

from pipeline import prompting

COLOUR = "You name colours.\n---\n{{words}}\n"


@pytest.fixture(autouse=True)
def _colour(monkeypatch: pytest.MonkeyPatch) -> None:
    real = prompting._source

    def source(name: str) -> str:
        return COLOUR if name == "colour" else real(name)

    monkeypatch.setattr(prompting, "_source", source)
