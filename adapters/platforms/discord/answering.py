"""One thing at a time: what it means, what the house says to it, and how Discord shows that.

Discord tells us everything once. A message that could not be taken is therefore tried again here,
and its person asked to say it again in the end; who pressed something is always answered.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import discord

from adapters.answers import BROKEN, NO_FORM_HERE, InHand, failure, not_taken, noted
from adapters.platforms.discord import events, forms
from adapters.platforms.discord.client import Client, Ears
from adapters.platforms.discord.errors import translated
from adapters.platforms.discord.events import Reader
from adapters.platforms.discord.sending import nonce
from adapters.platforms.discord.whispers import Whispers
from adapters.platforms.discord.window import Window
from pipeline.jobs import Place
from pipeline.ports.chat import (
    AskForm,
    Card,
    Choices,
    Decide,
    Form,
    FormErrors,
    Inbound,
    Mention,
    Ok,
    Reply,
    Suggest,
    Whisper,
)

PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 22.0)
"""Seconds before a message is tried again: a minute altogether."""
_PATIENCE = 2.0  # of the three seconds that an answer has
_RESTARTING = Card(title="I am restarting.", body="Nothing is lost. Try again in a moment.")
_SAY_AGAIN = Card(
    title="I could not take in what you said.",
    body="Something is not working on my side. Please say it again in a few minutes.",
    tone="bad",
)
_SAY_LATER = Card(title="I am restarting.", body="Please say that again in a minute.")
_NAME_ME = Card(
    title="Please mention me and not the role that has my name.",
    body="Discord shows me only what mentions me. Type @ and choose the entry with my picture.",
)


class Answers:
    """Answers what arrives, and remembers what is still in hand."""

    def __init__(
        self,
        client: Client,
        decide: Decide,
        whispers: Whispers,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._reader = Reader(client)
        self._decide = decide
        self._sending = whispers.sending
        self._threads = whispers.threads
        self._whispers = whispers
        self._pauses = pauses
        self._drafts = forms.Drafts()
        self._in_hand = InHand()
        self._ending = asyncio.Event()

    @property
    def ears(self) -> Ears:
        """What the client calls."""
        return Ears(self.heard, self.changed, self.pressed, self.failed)

    async def heard(self, message: discord.Message) -> None:
        """Take a message in, if it is for us."""
        self._in_hand.add(asyncio.current_task())
        if self._reader.names_our_role(message):
            await self._in_place(await self._reader.place(message), str(message.id), _NAME_ME)
            return
        said = await self._reader.mention(message)
        if said is not None:
            if said.place.thread == said.message:
                self._threads.heard(said.place)
            await self._insist(said)

    async def changed(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Take in what a message was changed to."""
        self._in_hand.add(asyncio.current_task())
        said = await self._reader.edited(payload)
        if said is not None:
            await self._insist(said)

    async def pressed(self, interaction: discord.Interaction) -> None:
        """Answer a button, a form or a command, always."""
        self._in_hand.add(asyncio.current_task())
        said = events.pressed(interaction)
        if said is None:
            return
        window = Window(interaction, said, self._whispers, self._drafts)
        if self._ending.is_set():
            await self._show(window, Whisper(card=_RESTARTING))
            return
        deciding = self._begun(said)
        await asyncio.wait({deciding}, timeout=_PATIENCE)
        if not deciding.done():
            await self._more_time(window)
        await self._show(window, _reply(await _ended(deciding), said))

    async def failed(self, interaction: discord.Interaction) -> None:
        """Say that an answer could not be given, for a reason that nobody foresaw."""
        said = events.pressed(interaction)
        if said is not None and not isinstance(said, Suggest):
            await Window(interaction, said, self._whispers, self._drafts).whisper(BROKEN)

    async def drain(self, seconds: float) -> None:
        """Take nothing more, and finish what is in hand."""
        self._ending.set()
        for task in await self._in_hand.finish(seconds):
            task.cancel()

    def _begun(self, said: Inbound) -> asyncio.Task[Reply]:
        """A decision under way. Its error is ours to tell, also when nobody waits any more."""

        async def decide() -> Reply:
            return await self._decide(said)

        task = asyncio.create_task(decide())
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _insist(self, said: Mention) -> None:
        """Discord never says it again: try for a while, then ask its person to."""
        for pause in (0.0, *self._pauses):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()
            if self._ending.is_set():
                await self._in_place(said.place, said.key, _SAY_LATER, said)
                return
            outcome = await _ended(self._begun(said))
            if not isinstance(outcome, BaseException):
                await self._tell(said, outcome)
                return
            not_taken(type(said).__name__, outcome)
        await self._in_place(said.place, said.key, _SAY_AGAIN, said)

    async def _tell(self, said: Mention, reply: Reply) -> None:
        """What is answered to a message at once; a form cannot be opened there."""
        match reply:
            case Whisper(card=card):
                await self._privately(said, card)
            case FormErrors(form=form):
                await self._privately(said, forms.errors(form))
            case AskForm(form=form):
                await self._privately(said, _behind_a_button(form))
            case Ok() | Choices():
                return

    async def _show(self, window: Window, reply: Reply) -> None:
        said = window.said
        if isinstance(said, Suggest):
            await window.suggest(reply.choices if isinstance(reply, Choices) else ())
            return
        match reply:
            case Whisper(card=card):
                await window.whisper(card)
            case AskForm(form=form):
                await window.show(form)
            case FormErrors(form=form):
                await window.correct(form)
            case Ok() | Choices():
                await window.understood()

    async def _more_time(self, window: Window) -> None:
        if isinstance(window.said, Suggest):
            await window.suggest(())
        else:
            await window.defer()

    async def _privately(self, said: Mention, card: Card) -> None:
        await noted(self._whispers.send(said.actor, said.place, card))

    async def _in_place(
        self, place: Place, key: str, card: Card, said: Mention | None = None
    ) -> None:
        """Answer where everybody can read it: these words give nothing away."""
        channel, root = self._threads.channel(place)
        if said is None and place.thread == key:  # nobody waits for a thread here
            channel, root = place.channel, key
        await noted(self._publicly(channel, card, root, f"{key}:{card.title}", said))

    async def _publicly(
        self, channel: str, card: Card, root: str, key: str, said: Mention | None
    ) -> None:
        with translated():
            await self._sending.card(
                channel,
                card,
                under=nonce(key),
                notify=said.actor if said else None,
                replies_to=root,
            )


def _reply(outcome: Reply | BaseException, said: Inbound) -> Reply:
    """What the house said, or that it failed."""
    if not isinstance(outcome, BaseException):
        return outcome
    not_taken(type(said).__name__, outcome)
    return Whisper(card=failure(outcome))


async def _ended(task: asyncio.Task[Reply]) -> Reply | BaseException:
    """What became of a decision, whatever it was."""
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        raise
    return task.exception() or task.result()


def _behind_a_button(form: Form) -> Card:
    return forms.going_on(form) if form.opened_by else NO_FORM_HERE
