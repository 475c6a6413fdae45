"""One payload at a time: what it means, what the house says to it, and how Slack shows that.

All of it happens before Slack is told that we have the payload. An event that could not be taken
is answered with an error, so that Slack sends it again; a button or a form never comes again, so
its person is told.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from adapters.answers import (
    BROKEN,
    NO_FORM_HERE,
    InHand,
    failure,
    not_taken,
    noted,
    once_more,
)
from adapters.platforms.slack import events, forms
from adapters.platforms.slack.cards import Json
from adapters.platforms.slack.errors import EXPIRED, FOREIGN, code, translate
from adapters.platforms.slack.events import Payload
from adapters.platforms.slack.line import Line
from adapters.platforms.slack.people import People
from adapters.platforms.slack.whispers import Whispers
from pipeline.errors import TryAgain
from pipeline.ports.chat import (
    AskForm,
    Card,
    Click,
    Command,
    Decide,
    Form,
    FormErrors,
    Inbound,
    Mention,
    Ok,
    Reply,
    Submit,
    Whisper,
)

_WINDOW = 2.5  # of the three seconds in which a form can be opened
_NOTHING_SAVED = "Something went wrong on my side and nothing was saved. Send it again."


class Draining(TryAgain):
    """The bot is about to end; what comes now is for its successor."""


class Answers:
    """Answers payloads, and remembers what is still in hand."""

    def __init__(self, line: Line, decide: Decide, people: People, whispers: Whispers) -> None:
        self._line = line
        self._decide = decide
        self._people = people
        self._whispers = whispers
        self._in_hand = InHand()
        self._draining = False

    async def take(self, payload: Payload) -> BoltResponse:
        """Answer a payload; an error means that it was not taken."""
        self._in_hand.add(asyncio.current_task())
        if self._draining:
            raise Draining("The bot is restarting.", "Try again in a moment.")
        said = events.inbound(payload, await self._line.identity())
        if said is None:
            return _taken()
        actor = await self._people.recognised(said.actor)
        said = said.model_copy(update={"actor": actor})
        if events.begins_thread(payload):
            self._whispers.heard(said.place)
        return await self._answer(payload, said, await self._decide(said))

    async def failed(self, error: Exception, payload: Payload) -> BoltResponse | None:
        """What Slack is told when `take` failed; None refuses the payload."""
        not_taken(f"Slack {payload.get('type') or 'command'}", error)
        if events.is_event(payload):
            return None
        card = failure(error)
        if payload.get("type") == "view_submission":
            return _submit_failed(payload, card)
        said = events.inbound(payload, await self._line.identity())
        if said is not None:
            self._later(self._whispers.answer(payload, said, card))
        return _taken()

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and finish what is in hand."""
        self._draining = True
        await self._in_hand.finish(seconds)

    async def _answer(self, payload: Payload, said: Inbound, reply: Reply) -> BoltResponse:
        match reply:
            case AskForm(form=form):
                return await self._show(payload, said, form)
            case FormErrors(form=form):
                return await self._correct(payload, said, form)
            case Whisper(card=card):
                self._later(self._whispers.answer(payload, said, card))
            case Ok():
                pass
        return _closed() if isinstance(said, Submit) else _taken()

    async def _show(self, payload: Payload, said: Inbound, form: Form) -> BoltResponse:
        view = forms.view(form, said.place)
        match said:
            case Submit():
                return _response({"response_action": "update", "view": view})
            case Click() | Command():
                await self._open(payload, said, view)
            case Mention():
                self._later(self._whispers.answer(payload, said, NO_FORM_HERE))
        return _taken()

    async def _correct(self, payload: Payload, said: Inbound, form: Form) -> BoltResponse:
        """Say beside each field what is wrong with it, without sending the form once more."""
        shown = forms.inputs((payload.get("view") or {}).get("blocks") or [])
        if isinstance(said, Submit) and shown and forms.asks_the_same(form, shown):
            wrong = forms.errors(form, shown)
            return _response({"response_action": "errors", "errors": wrong})
        return await self._show(payload, said, form)

    async def _open(self, payload: Payload, said: Click | Command, view: Json) -> None:
        """Open a form while the trigger lives; else whisper a way to ask for it again."""
        try:
            async with asyncio.timeout(_WINDOW):
                await self._line.once().views_open(trigger_id=payload["trigger_id"], view={**view})
        except FOREIGN as error:
            known = isinstance(error, SlackApiError) and code(error) not in EXPIRED
            if known and not isinstance(wrong := translate(error), TryAgain):
                raise wrong from None
            self._later(self._whispers.answer(payload, said, once_more(said, "Slack")))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self._in_hand.add(asyncio.create_task(noted(work)))


def _submit_failed(payload: Payload, card: Card) -> BoltResponse:
    """Keep the form open with what was typed, and say at its first field that it failed."""
    shown = forms.inputs(payload["view"].get("blocks") or [])
    if not shown:
        return _response({"response_action": "update", "view": forms.notice(card)})
    said = _NOTHING_SAVED if card is BROKEN else f"{card.title} {card.body}".strip()
    return _response({"response_action": "errors", "errors": {next(iter(shown)): said}})


def _taken() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _closed() -> BoltResponse:
    return _response({"response_action": "clear"})


def _response(body: Mapping[str, object]) -> BoltResponse:
    return BoltResponse(status=200, body={**body})
