"""Language models that say what a test wrote for them, and remember what they were asked."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import BaseModel

from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor
from pipeline.ports.model import Answer, Model, Question, ToolCall, Whose

Line = str | BaseModel | Answer | MLTrainerError | Callable[[Question], "str | BaseModel"]


@dataclass
class ScriptedModel:
    """pipeline.ports.model.Model. Its lines are said in order; the last one over and over.

    A line is text, a typed reply, a whole answer, an error, or what makes one of a question.
    """

    lines: Sequence[Line]
    provider: str = "scripted"
    name: str = "scripted-1"
    whose: Whose = "person"
    price: Decimal = Decimal("0.001")
    title: str = field(init=False)
    asked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.title = self.provider.title()
        self._left = deque(self.lines)

    def most(self, question: Question) -> Decimal:
        del question
        return self.price

    async def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        line = self._left.popleft() if len(self._left) > 1 else self._left[0]
        if isinstance(line, MLTrainerError):
            raise line
        if isinstance(line, Answer):
            return line
        said = line(question) if callable(line) else line
        text = said.model_dump_json() if isinstance(said, BaseModel) else said
        return Answer(text=text, tokens_in=100, tokens_out=20, usd=self.price)

    @property
    def shown(self) -> str:
        """All that it was ever shown."""
        parts = [part for one in self.asked for part in (one.system, *(t.text for t in one.turns))]
        return "\n".join(parts)

    def last_words(self, call: int = -1) -> str:
        """The last message of a call."""
        return self.asked[call].turns[-1].text


@dataclass
class ScriptedModels:
    """pipeline.ports.model.Models: everybody has these."""

    models: Sequence[Model] = ()

    async def choose(self, owner: Actor) -> Sequence[Model]:
        del owner
        return self.models


def calls(name: str, arguments: str) -> Answer:
    """An answer that wants a tool called."""
    call = ToolCall(id="call-1", name=name, arguments=arguments)
    return Answer(text="", calls=(call,), tokens_in=100, tokens_out=20, usd=Decimal("0.001"))
