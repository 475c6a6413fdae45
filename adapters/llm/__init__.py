"""litellm behind the port of language models: one question, one provider, one key.

The key is given for the one call and is shown to nobody but its provider; the environment is never
asked for one. Every error is TryAgain or ModelRefused, in our words.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.llm import prices
from adapters.llm.errors import refused, renew, translate
from adapters.llm.library import Library, client
from adapters.llm.line import Line, Pool
from adapters.llm.shaping import Response, request
from adapters.providers import VISIBLE, Provider
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.model import Answer, ModelRefused, Question, Whose

_KEYLESS = "none"  # the library would look for one in the environment otherwise
Reveal = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Means:
    """What all models of a house share."""

    library: Library
    pool: Pool


class LanguageModel:
    """pipeline.ports.model.Model. `reveal` gives the key, for one call."""

    def __init__(
        self, means: Means, source: Provider, name: str, whose: Whose, reveal: Reveal
    ) -> None:
        self.provider = source.kind
        self.title = source.title
        self.name = name
        self.whose: Whose = whose
        self._means = means
        self._source = source
        self._reveal = reveal

    def most(self, question: Question) -> Decimal:
        """The most that a question may cost in US dollars; 0 where nothing is charged."""
        return prices.most(self._means.library.module, self._source, self.name, question)

    async def answer(self, question: Question) -> Answer:
        """Ask once."""
        line = Line(self._means.pool, self._source.base, key := await self._key())
        response = await self._response(question, line, key)
        if isinstance(response, MLTrainerError):
            raise response  # here, so that it has no foreign error behind it
        library = self._means.library.module
        counted = prices.cost(library, self._source, self.name, question, response)
        tokens_in, tokens_out, usd = counted
        return Answer(
            text=response.text,
            calls=response.calls,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            usd=usd,
            cut=response.cut,
        )

    async def _key(self) -> str:
        try:
            key = (await self._reveal()).strip()
        except PersonCanFix as gone:
            raise ModelRefused(gone.message, gone.hint) from None
        if self._source.charges and not VISIBLE.fullmatch(key):
            told = f"The {self._source.title} key is empty or holds signs that no key has."
            raise ModelRefused(told, renew(self._source, self.whose))
        return key

    async def _response(
        self, question: Question, line: Line, key: str
    ) -> Response | MLTrainerError:
        """What the library brings. Its errors end here: they may hold the key."""
        library = self._means.library
        try:
            async with asyncio.timeout(question.seconds):
                raw = await library.module.acompletion(**self._call(question, line, key))
            response = Response.model_validate(raw)
        except library.errors as error:
            return translate(error, line.seen, self._source, self.name, self.whose)
        if response.refused:
            return refused(self.name)
        return response

    def _call(self, question: Question, line: Line, key: str) -> dict[str, Any]:
        return {
            **request(question, self._source, self.name),
            "api_key": key or _KEYLESS,
            "api_base": self._source.base,
            "client": client(self._source, line, key, question.seconds),
            "num_retries": 0,
            "max_retries": 0,
        }
