"""The five protocols: how each is asked, and how it says what it says."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tests.fakes.llm.asked import Prompt
from tests.fakes.llm.replies import Fails, Refuses, Says, Use

Json = dict[str, Any]
Usage = tuple[int, int]


class Dialect(Protocol):
    """One protocol. `chats` and `lists` are patterns of its paths, `suffix` ends its base."""

    suffix: str
    chats: tuple[str, ...]
    lists: str
    bad_key: Fails
    too_long: Fails

    def key(self, headers: Mapping[str, str]) -> str:
        """The key that a request shows."""
        ...

    def read(self, body: Json, path: str) -> Prompt:
        """The question of a body."""
        ...

    def said(self, prompt: Prompt, said: Says, uses: Sequence[Use], usage: Usage) -> Json:
        """A body with a text and calls."""
        ...

    def refused(self, prompt: Prompt, refuses: Refuses, usage: Usage) -> Json:
        """A body in which the model will not."""
        ...

    def failed(self, fails: Fails) -> Json:
        """The body of an error."""
        ...

    def models(self, names: Sequence[str]) -> Json:
        """The list of models."""
        ...


def bearer(headers: Mapping[str, str]) -> str:
    """The key of an Authorization header."""
    return headers.get("Authorization", "").removeprefix("Bearer ")
