"""One payload at a time: what it means, what the house says to it, and how Slack shows that.

All of it happens before Slack is told that we have the payload. An event that could not be taken
is answered with an error, so that Slack sends it again; a button or a form never comes again, so
its person is told.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Mapping
from traceback import format_tb
from typing import Any

from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from adapters.platforms.slack import events, forms
from adapters.platforms.slack.cards import Json
from adapters.platforms.slack.errors import EXPIRED, FOREIGN, code, translate
from adapters.platforms.slack.events import Payload
from adapters.platforms.slack.line import Line
from adapters.platforms.slack.people import People
from adapters.platforms.slack.whispers import Whispers
from pipeline.errors import MLTrainerError, TryAgain
from pipeline.ports.chat import (
    Action,
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
_AGAIN = "Try again"
_TOO_LATE = Card(
    title="Slack gave me three seconds to open the form, and they were over.",
    body="Nothing is lost. Please ask for it once more.",
    tone="waiting",
)
_BROKEN = Card(
    title="That did not work: something went wrong on my side.",
    body="Nothing was changed. Try again in a moment.",
    tone="bad",
)
_NOTHING_SAVED = "Something went wrong on my side and nothing was saved. Send it again."
_NO_FORM_HERE = Card(
    title="I cannot open a form from a message.", body="Type /mltrainer new, or press a button."
)
_log = logging.getLogger(__name__)


class Draining(TryAgain):
    """The bot is about to end; what comes now is for its successor."""


class Answers:
    """Answers payloads, and remembers what is still in hand."""

    def __init__(self, line: Line, decide: Decide, people: People, whispers: Whispers) -> None:
        self._line = line
        self._decide = decide
        self._people = people
        self._whispers = whispers
        self._busy: set[asyncio.Task[Any]] = set()
        self._draining = False

    async def take(self, payload: Payload) -> BoltResponse:
        """Answer a payload; an error means that it was not taken."""
        self._in_hand(asyncio.current_task())
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
        _log.warning(
            "A Slack %s was not taken: %s: %s",
            payload.get("type") or "command",
            type(error).__name__,
            error if isinstance(error, MLTrainerError) else "",
        )
        if not isinstance(error, MLTrainerError):  # its text may repeat what somebody typed
            _log.error("It was raised here:\n%s", "".join(format_tb(error.__traceback__)))
        if events.is_event(payload):
            return None
        card = _BROKEN
        if isinstance(error, MLTrainerError):
            card = Card(title=error.message, body=error.hint, tone="bad")
        if payload.get("type") == "view_submission":
            return _submit_failed(payload, card)
        said = events.inbound(payload, await self._line.identity())
        if said is not None:
            self._later(self._whispers.answer(payload, said, card))
        return _taken()

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and finish what is in hand."""
        self._draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._busy:  # an answer may still begin a private one
                    await asyncio.wait(self._busy)

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
                self._later(self._whispers.answer(payload, said, _NO_FORM_HERE))
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
            self._later(self._whispers.answer(payload, said, _once_more(said)))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self._in_hand(asyncio.create_task(_noted(work)))

    def _in_hand(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)


async def _noted(work: Coroutine[Any, Any, None]) -> None:
    """A private answer that did not arrive is worth a line in the log, and no more."""
    try:
        await work
    except MLTrainerError as error:
        _log.warning("A private answer did not arrive: %s", error)


def _once_more(said: Click | Command) -> Card:
    """The same once more behind a button, whose click carries a new trigger."""
    match said:
        case Click():
            name, argument = said.action, said.argument
        case Command():
            name, argument = said.name.lower(), said.arguments
    again = Action(id=name, label=_AGAIN, argument=argument, style="primary")
    return _TOO_LATE.model_copy(update={"actions": (again,)})


def _submit_failed(payload: Payload, card: Card) -> BoltResponse:
    """Keep the form open with what was typed, and say at its first field that it failed."""
    shown = forms.inputs(payload["view"].get("blocks") or [])
    if not shown:
        return _response({"response_action": "update", "view": forms.notice(card)})
    said = _NOTHING_SAVED if card is _BROKEN else f"{card.title} {card.body}".strip()
    return _response({"response_action": "errors", "errors": {next(iter(shown)): said}})


def _taken() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _closed() -> BoltResponse:
    return _response({"response_action": "clear"})


def _response(body: Mapping[str, object]) -> BoltResponse:
    return BoltResponse(status=200, body={**body})
