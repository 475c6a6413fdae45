"""The last door before a language model: every word that goes out or comes back is cleaned.

What stands before it should have taken every secret out already; here that does not matter.
"""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.jobs import Actor
from pipeline.ports.model import Answer, Model, Models, Question, ToolCall, Turn, Whose
from pipeline.ports.sanitizer import Sanitizer


class GuardedModel:
    """pipeline.ports.model.Model around another: it is shown no secret, and none comes back."""

    def __init__(self, model: Model, sanitizer: Sanitizer) -> None:
        self._model = model
        self._sanitizer = sanitizer
        self.provider: str = model.provider
        self.title: str = model.title
        self.name: str = model.name
        self.whose: Whose = model.whose

    def most(self, question: Question) -> Decimal:
        """The same."""
        return self._model.most(question)

    async def answer(self, question: Question) -> Answer:
        """Ask with a cleaned question; the answer is cleaned as well."""
        answer = await self._model.answer(self._asked(question))
        calls = tuple(self._call(call) for call in answer.calls)
        return answer.model_copy(update={"text": self._clean(answer.text), "calls": calls})

    def _asked(self, question: Question) -> Question:
        turns = tuple(self._turn(turn) for turn in question.turns)
        return question.model_copy(update={"system": self._clean(question.system), "turns": turns})

    def _turn(self, turn: Turn) -> Turn:
        calls = tuple(self._call(call) for call in turn.calls)
        return turn.model_copy(update={"text": self._clean(turn.text), "calls": calls})

    def _call(self, call: ToolCall) -> ToolCall:
        return call.model_copy(update={"arguments": self._clean(call.arguments)})

    def _clean(self, text: str) -> str:
        return self._sanitizer.clean(text).text


class GuardedModels:
    """pipeline.ports.model.Models whose every model is guarded."""

    def __init__(self, models: Models, sanitizer: Sanitizer) -> None:
        self._models = models
        self._sanitizer = sanitizer

    async def choose(self, owner: Actor) -> Sequence[Model]:
        """The same models, each behind the door."""
        chosen = await self._models.choose(owner)
        return tuple(GuardedModel(one, self._sanitizer) for one in chosen)
