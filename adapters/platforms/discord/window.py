"""The few seconds in which something that was pressed can be answered, and what comes after them.

A form can only be the first answer, and never that to another form: then a button opens it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import discord
from discord import app_commands

from adapters.answers import noted, once_more
from adapters.plain_text import cut, plain
from adapters.platforms.discord import cards, forms
from adapters.platforms.discord.cards import Kind
from adapters.platforms.discord.drawing import Drawn, Json, Sheet
from adapters.platforms.discord.errors import (
    ACKNOWLEDGED,
    FOREIGN,
    LATE,
    code,
    translate,
    translated,
)
from adapters.platforms.discord.whispers import Whispers, follow
from pipeline.ports.chat import (
    Card,
    Choice,
    Click,
    Form,
    Inbound,
    Submit,
)

_MOST_CHOICES = 25
_LONGEST_CHOICE = 100
_UNDERSTOOD = Card(title="Understood.", body="What follows appears in the thread of the job.")
_log = logging.getLogger(__name__)


@dataclass
class Window:
    """One interaction and what was heard in it."""

    interaction: discord.Interaction
    said: Inbound
    whispers: Whispers
    drafts: forms.Drafts
    _deferred: bool = field(default=False)

    async def defer(self) -> None:
        """Ask Discord for more time; a form can then no longer be opened."""
        if self._answered:
            return
        self._deferred = True
        try:
            if self._changes_nothing:
                await self.interaction.response.defer()
            else:
                await self.interaction.response.defer(ephemeral=True, thinking=True)
        except FOREIGN as error:
            _log.warning("Discord was not asked for more time: %s", translate(error).message)

    async def understood(self) -> None:
        """Nothing is to be said: a button stays as it is, a question that was answered goes."""
        if self._asked_back:
            await self._replace(_UNDERSTOOD)
        elif not self._changes_nothing:
            await self.whisper(_UNDERSTOOD)
        elif not self._answered:
            with translated():
                await self.interaction.response.defer()

    async def whisper(self, card: Card) -> None:
        """Answer this person alone, in whatever way is still open."""
        self.whispers.pressed(self.said.actor, self.said.place, self.interaction)
        try:
            await self._say(card)
        except FOREIGN as error:
            if code(error) == ACKNOWLEDGED:  # another process has answered
                _log.warning("Somebody else had answered for this bot already")
                return
            if code(error) not in LATE:
                _log.warning("An answer did not arrive: %s", translate(error).message)
            await self._directly(card)

    async def show(self, form: Form) -> None:
        """Open a form while the window is open, else leave a way to ask for it again."""
        if isinstance(self.said, Submit):
            await self.whisper(forms.going_on(form))
        elif self._answered:
            await self.whisper(once_more(self.said, "Discord"))
        else:
            await self._open(form)

    async def correct(self, form: Form) -> None:
        """Say what is wrong with a form; what was typed into it is kept for the next time."""
        if isinstance(self.said, Submit):
            self.drafts.keep(self.said.actor, form)
        await self.whisper(forms.errors(form))

    async def suggest(self, choices: Sequence[Choice]) -> None:
        """Say what fits so far."""
        if self._answered:
            return
        shown = [
            app_commands.Choice(name=cut(plain(one.label), _LONGEST_CHOICE), value=one.value)
            for one in choices
            if one.label.strip() and 0 < len(one.value) <= _LONGEST_CHOICE
        ]
        try:
            await self.interaction.response.autocomplete(shown[:_MOST_CHOICES])
        except FOREIGN as error:
            _log.info("What fits came too late: %s", translate(error).message)

    @property
    def _answered(self) -> bool:
        return self.interaction.response.is_done()

    @property
    def _changes_nothing(self) -> bool:
        """Whether Discord takes silence as an answer: to what was pressed on a message."""
        return self.interaction.message is not None

    @property
    def _on_whisper(self) -> bool:
        message = self.interaction.message
        return isinstance(self.said, Click) and message is not None and message.flags.ephemeral

    @property
    def _asked_back(self) -> bool:
        """Whether the button belonged to a question that we asked back."""
        data: Json = {**(self.interaction.data or {})}
        button = cards.button_of(str(data.get("custom_id") or ""))
        return self._on_whisper and button is not None and button[0] == "y"

    @property
    def _kind(self) -> Kind:
        """What is answered to a button that asks back has the buttons that do it."""
        return "y" if isinstance(self.said, Click) and not self.said.confirmed else "a"

    async def _say(self, card: Card) -> None:
        """The first answer, or one after it; the answer to a whisper's button takes its place."""
        if self._on_whisper and not self._asks_back:
            await self._replace(card)
        elif not self._answered:
            await self.interaction.response.send_message(
                view=self._drawn(card),
                ephemeral=True,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        elif self._deferred and not self._changes_nothing:
            self._deferred = False
            await self.interaction.edit_original_response(view=self._drawn(card))
        else:
            await follow(self.interaction.followup, card, kind=self._kind)

    @property
    def _asks_back(self) -> bool:
        """A question does not take the place of the list whose button it is about."""
        return isinstance(self.said, Click) and not self.said.confirmed

    async def _replace(self, card: Card) -> None:
        if self._answered:
            await self.interaction.edit_original_response(view=self._drawn(card))
        else:
            await self.interaction.response.edit_message(view=self._drawn(card))

    async def _open(self, form: Form) -> None:
        typed = self.drafts.of(self.said.actor, form)
        self.whispers.pressed(self.said.actor, self.said.place, self.interaction)
        try:
            await self.interaction.response.send_modal(Sheet(forms.modal(form, typed)))
        except FOREIGN as error:
            if code(error) == ACKNOWLEDGED:
                return
            if code(error) not in LATE and isinstance(error, discord.HTTPException):
                raise translate(error) from None
            await self._directly(once_more(self.said, "Discord"))

    async def _directly(self, card: Card) -> None:
        """The window is closed: say it where no window is needed."""
        await noted(self.whispers.send(self.said.actor, self.said.place, card))

    def _drawn(self, card: Card) -> Drawn:
        return Drawn(cards.components(card, kind=self._kind))
