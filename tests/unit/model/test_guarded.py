"""Before a model nothing secret passes, in either direction."""

import json

import pytest

from adapters.guarded import GuardedModels
from adapters.sanitizer import KeySanitizer
from pipeline.jobs import Actor
from pipeline.ports.model import Answer, Question, ToolCall, Turn
from tests.fakes.models import ScriptedModel, ScriptedModels
from tests.fakes.service import HUB

pytestmark = pytest.mark.anyio
KEY = "hf_" + "Qz7" * 11 + "Q"
ANN = Actor(platform="slack", space="T1", id="U1")


async def test_no_key_passes_in_any_part_of_a_question_or_an_answer() -> None:
    call = ToolCall(id="1", name="validate_hf_token", arguments=json.dumps({"reference": KEY}))
    model = ScriptedModel([Answer(text=f"your key is {KEY}", calls=(call,))])
    (guarded,) = await GuardedModels(ScriptedModels([model]), KeySanitizer([HUB])).choose(ANN)
    turns = (
        Turn(role="user", text=f"my key: {KEY}"),
        Turn(role="assistant", text="", calls=(call,)),
        Turn(role="tool", text=f"ok {KEY}", answers="1"),
    )
    answer = await guarded.answer(Question(system=f"use {KEY}", turns=turns))
    assert KEY not in model.asked[0].model_dump_json(exclude={"reply"})
    assert KEY not in answer.model_dump_json()
    assert "[secret: huggingface]" in model.shown
