"""The best and the worst model there could be, which cost nothing: what a model may do at most.

`always right` answers what the prompt's author expects; what is still asked or wrong with it is
what the code takes from no model. `always wrong` names another task and other columns every time;
what is wrong with it and right by rules is the harm that a model can do.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipeline.jobs import Actor
from pipeline.ports.model import Answer, Model, Question, Whose
from pipeline.wishes import ROLE_LEAVES
from tests.benchmarks.understanding.reader import Prompt

_ROLES = {"target_column": "target", "image_column": "image"}
EXTREMES = ("always right", "always wrong")
_OTHER = ("tabular_regression", "clustering", "tabular_classification", "text_classification")


class Extreme:
    """pipeline.ports.model.Model and Models at once; `expected` is of the prompt at hand."""

    provider = "extreme"
    title = "An extreme"
    whose: Whose = "free"

    def __init__(self, name: str) -> None:
        self.name = name
        self.expected: Mapping[str, Any] = {}

    def reads(self, prompt: Prompt) -> None:
        """The next questions are about this prompt."""
        self.expected = prompt["expected"]

    async def choose(self, owner: Actor) -> Sequence[Model]:
        """Itself."""
        del owner
        return (self,)

    def most(self, question: Question) -> Decimal:
        """Nothing."""
        del question
        return Decimal(0)

    async def answer(self, question: Question) -> Answer:
        """What it thinks of the task and the columns; of anything else it thinks nothing."""
        fields = question.reply.model_fields if question.reply else {}
        if "task_type" not in fields:
            return Answer(text="{}")
        thought = self._right() if self.name == EXTREMES[0] else self._wrong(question)
        return Answer(text=json.dumps({"why": "I think so.", **thought}))

    def _right(self) -> dict[str, Any]:
        if self.expected.get("ask"):
            return {"task_type": None}
        named = {_ROLES.get(key, key): value for key, value in self.expected.items()}
        settings = [
            {"name": ROLE_LEAVES[role], "value": value}
            for role, value in named.items()
            if role in ROLE_LEAVES and isinstance(value, str)
        ]
        return {"task_type": self.expected["task"], "settings": settings}

    def _wrong(self, question: Question) -> dict[str, Any]:
        columns = [
            json.loads(line.removeprefix("column ").partition('": ')[0] + '"')
            for line in question.turns[0].text.splitlines()
            if line.startswith('column "')
        ]
        right = self.expected.get("target")
        target = next((name for name in columns if name != right), "")
        task = next(one for one in _OTHER if one != self.expected.get("task"))
        return {"task_type": task, "settings": [{"name": "target", "value": target}]}
