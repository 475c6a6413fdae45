"""The language model, where one is configured. Rules carry every task without it."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from pydantic import BaseModel

from pipeline.context import Message

ReplyType = TypeVar("ReplyType", bound=BaseModel)


class Model(Protocol):
    """One typed question, one typed answer."""

    async def ask(
        self,
        prompt: str,
        reply_type: type[ReplyType],
        *,
        values: Mapping[str, str],
        history: Sequence[Message] = (),
        tools: Sequence[str] = (),
        feedback: str | None = None,
    ) -> ReplyType:
        """Fill the named prompt and return the checked reply; `feedback` is the last error."""
        ...
