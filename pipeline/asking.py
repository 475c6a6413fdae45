"""Asking a language model: within the job's means, for a typed reply, with every call on record.

None is the answer where no model can be asked: rules go on alone. A reply that cannot be read, even
after it was asked for once more, is Rejected like a bad proposal.
"""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import describing, prompting, tools
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError, Rejected, TryAgain
from pipeline.events import AgentLogged, ModelCalled, ModelReplied
from pipeline.jobs import Stage
from pipeline.planning import is_away, model_limit
from pipeline.ports import Ports
from pipeline.ports.model import AWAY, Answer, Model, ModelRefused, Question, Turn, named

TOOL_ROUNDS = 3
_OF_SCRIPTS = frozenset((Stage.CONFIG, Stage.CODEGEN))  # whose errors scripts printed
_MOST_CALLS = 8  # of tools, in one answer
_MOST_READ = 20  # texts that may be the object
_WARMER = 0.4  # the temperature of an attempt after a refused one
_LONGEST_REPLY = 200_000  # signs
_LONGEST_SHOWN = 4_000  # signs of a bad reply that are shown to the model again
_MOST_PROBLEMS = 5
_CENTS = Decimal("0.10")  # the least that is worth a yes
_MOST_TRIED = 200  # places where an object may begin
_UNREADABLE = "writes nothing that can be read:"
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


class Reply(BaseModel):
    """Base of what a model may answer. What it adds unasked is not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


ReplyType = TypeVar("ReplyType", bound=Reply)


class _TooDear(Exception):
    """The next call could cost more than the job may still spend."""


async def ask(
    context: JobContext,
    ports: Ports,
    stage: Stage,
    reply_type: type[ReplyType],
    *,
    prompt: str,
    values: prompting.Values,
    with_tools: Sequence[str] = (),
) -> ReplyType | None:
    """The reply of the first model that answers; None where rules have to do.

    What was wrong with the attempt before is the last thing that the model reads.
    """
    models = await ports.models.choose(context.owner)
    if not models:
        return None
    filled = prompting.prompt(prompt, values)
    feedback = context.feedback.get(stage)
    question = Question(
        system=filled.system,
        turns=(Turn(role="user", text=filled.message), *_told(context, ports, stage)),
        reply=reply_type,
        tools=tuple(tools.spec(name) for name in with_tools),
        temperature=_WARMER if feedback else 0.0,
    )
    willing = [one for one in models if _is_worth_asking(one, ports)]
    for model, after in zip(willing, (*willing[1:], None), strict=False):
        try:
            return await _Talk(context, ports, stage, prompt, model).reply(question, reply_type)
        except (ModelRefused, TryAgain) as away:
            await _say_away(ports, stage, model, away, after)
        except _TooDear:
            await _say_limit(context, ports, stage, model)
            return None
    if willing:
        await _say(ports, stage, "No language model answers: rules go on.")
    return None


class _Talk:
    """One exchange with one model, up to a reply of the wanted type."""

    def __init__(
        self, context: JobContext, ports: Ports, stage: Stage, prompt: str, model: Model
    ) -> None:
        self._context = context
        self._ports = ports
        self._stage = stage
        self._prompt = prompt
        self._model = model

    async def reply(self, question: Question, reply_type: type[ReplyType]) -> ReplyType:
        """Ask, call the tools it wants, and have a bad reply mended once."""
        question, answer = await self._with_tools(question)
        try:
            return read(answer.text, reply_type)
        except Rejected as unread:
            mended = await self._once(_again(question, answer.text, unread.feedback))
        try:
            return read(mended.text, reply_type)
        except Rejected as unread:
            told = f"{named(self._model)} {_UNREADABLE} {unread.message}"
            raise Rejected(told, feedback=unread.feedback) from unread

    async def _with_tools(self, question: Question) -> tuple[Question, Answer]:
        """The first answer that wants no tool; after some rounds no tool is offered."""
        for _ in range(TOOL_ROUNDS if question.tools else 0):
            answer = await self._once(question)
            if not answer.calls:
                return question, answer
            calls = answer.calls[:_MOST_CALLS]
            said = Turn(role="assistant", text=answer.text[:_LONGEST_SHOWN], calls=calls)
            found = [
                Turn(
                    role="tool",
                    answers=call.id,
                    text=await tools.call(self._context, self._ports, question.tools, call),
                )
                for call in calls
            ]
            turns = (*question.turns, said, *found)
            question = question.model_copy(update={"turns": turns})
        question = question.model_copy(update={"tools": ()})
        return question, await self._once(question)

    async def _once(self, question: Question) -> Answer:
        """One call: paid for within the limit, and written down before and after."""
        ports, model = self._ports, self._model
        limit = model_limit(self._context, ports, model)
        if ports.ledger.usd + model.most(question) > limit:
            raise _TooDear
        called = ModelCalled(
            stage=self._stage, prompt=self._prompt, provider=model.provider, model=model.name
        )
        await ports.emit(called)
        began = ports.clock.monotonic()
        answer = await model.answer(question)
        await ports.emit(
            ModelReplied(
                stage=self._stage,
                prompt=self._prompt,
                tokens=answer.tokens_in + answer.tokens_out,
                cost_usd=float(answer.usd),
                seconds=ports.clock.monotonic() - began,
                provider=model.provider,
                model=model.name,
                limit_usd=float(limit),
            )
        )
        return answer


def read(text: str, reply_type: type[ReplyType]) -> ReplyType:
    """A reply out of what a model wrote, fenced or in the midst of talk; Rejected says why not."""
    if len(text) > _LONGEST_REPLY:
        raise Rejected(f"The reply is too long: {len(text):,} signs.")
    problem = "it holds no JSON object"
    for candidate in islice(_objects(text), _MOST_READ):
        try:
            return reply_type.model_validate_json(candidate)
        except ValidationError as error:
            problem = why(error)
    raise Rejected(f"The reply could not be read: {problem}.")


def _objects(text: str) -> Iterator[str]:
    """Every text in it that may be the object: all of it, what is fenced, what stands in talk."""
    yield text.strip()
    yield from (found.strip() for found in _FENCED.findall(text))
    decoder, start = json.JSONDecoder(), text.find("{")
    for _ in range(_MOST_TRIED):
        if start < 0:
            return
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
        else:
            yield text[start:end]
            start = text.find("{", end)


def why(error: ValidationError) -> str:
    """What is wrong, field by field, without the values."""
    return "; ".join(
        f"{'.'.join(str(part) for part in one['loc']) or 'the whole'}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)[:_MOST_PROBLEMS]
    )


def _again(question: Question, text: str, why: str) -> Question:
    """The same question, with the bad reply and what is wrong with it at its end."""
    said = Turn(role="assistant", text=text[:_LONGEST_SHOWN] or "(nothing)")
    asked = Turn(role="user", text=f"{why} Answer again, with the JSON object and nothing else.")
    return question.model_copy(update={"turns": (*question.turns, said, asked)})


def _told(context: JobContext, ports: Ports, stage: Stage) -> tuple[Turn, ...]:
    feedback = context.feedback.get(stage)
    if not feedback:
        return ()
    printed = stage in _OF_SCRIPTS
    data = describing.output(feedback, context, ports) if printed else prompting.Data(feedback)
    shown = prompting.block("error", data)
    text = f"Your attempt before this one was refused. Do not repeat it. The error:\n{shown}"
    return (Turn(role="user", text=text),)


def _is_worth_asking(model: Model, ports: Ports) -> bool:
    """Not once more in a job who has been silent twice, or has written nothing but nonsense."""
    nonsense = f"{named(model)} {_UNREADABLE}"
    spoiled = any(nonsense in said for said in ports.ledger.said)
    return not spoiled and not ports.ledger.is_silent(model.provider, model.name)


async def _say_limit(context: JobContext, ports: Ports, stage: Stage, model: Model) -> None:
    """The job may spend no more; of their own key its owner may let it, by a yes."""
    limit = model_limit(context, ports, model)
    told = f"The limit of ${limit:.2f} for language models is reached: rules go on."
    if model.whose == "person" and limit:
        more = f"“interrupt”, then “change model_usd to {max(2 * limit, _CENTS):.2f}”"
        told = f"{told} To let your own key spend more, say {more}."
    await _say(ports, stage, told)


async def _say_away(
    ports: Ports, stage: Stage, model: Model, away: MLTrainerError, after: Model | None
) -> None:
    """Which model does not answer, how to mend it and who is asked instead, once in a job."""
    if is_away(model, ports):
        return
    begin = f"{named(model)} {AWAY}"
    instead = f"{named(after)} is asked instead." if after else ""
    told = " ".join(part for part in (begin, away.message, away.hint, instead) if part)
    await _say(ports, stage, told)


async def _say(ports: Ports, stage: Stage, message: str) -> None:
    """A line in the thread, once in a job."""
    if message not in ports.ledger.said:
        await ports.emit(AgentLogged(stage=stage, message=message, warning=True))
