"""A small bot on the real discord.py, unmodified, that remembers what it was told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui

from tests.fakes.discord import FakeDiscord

LEAST = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
COMMAND = {
    "name": "mltrainer",
    "description": "Train models",
    "options": [
        {
            "type": 1,
            "name": "status",
            "description": "How a job is",
            "options": [
                {"type": 3, "name": "job", "description": "Which", "autocomplete": True},
            ],
        },
        {"type": 1, "name": "help", "description": "What there is"},
    ],
}


@dataclass
class Told:
    """What reached the bot."""

    messages: list[discord.Message] = field(default_factory=list)
    edits: list[discord.RawMessageUpdateEvent] = field(default_factory=list)
    interactions: list[discord.Interaction] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


def card(text: str = "Shall I?") -> ui.LayoutView:
    """A card with the buttons Form, Cancel, Slow and a link."""
    view = ui.LayoutView(timeout=None)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(
        ui.Button(label="Form", custom_id="form"),
        ui.Button(label="Cancel", custom_id="cancel?"),
        ui.Button(label="Slow", custom_id="slow"),
        ui.Button(label="Open", url="https://example.com/model"),
    )
    view.add_item(ui.Container(ui.TextDisplay(text), row))
    return view


def one_button(text: str, label: str, custom_id: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(text))
    view.add_item(ui.ActionRow(ui.Button(label=label, custom_id=custom_id)))
    return view


def form(prefilled: str = "") -> ui.Modal:
    modal = ui.Modal(title="Your key", custom_id="key", timeout=None)
    token: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id="token", max_length=50, default=prefilled
    )
    options = [discord.SelectOption(label=one, value=one) for one in ("public", "private")]
    modal.add_item(ui.Label(text="Hugging Face token", component=token))
    select: ui.Select[ui.Modal] = ui.Select(custom_id="seen", options=options)
    modal.add_item(ui.Label(text="Seen by", component=select))
    upload: ui.FileUpload[ui.Modal] = ui.FileUpload(custom_id="data", required=False)
    modal.add_item(ui.Label(text="Data", component=upload))
    modal.add_item(ui.Label(text="Keep it", component=ui.Checkbox(custom_id="keep")))
    return modal


class SmallBot(discord.Client):
    """Answers a mention with a thread and a card, and clicks with what their label promises."""

    def __init__(self, fake: FakeDiscord, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.1, max_ratelimit_timeout=30)
        self.fake, self.told = fake, Told()
        self.refused: list[int] = []
        self.sending: Callable[[], ui.Modal] | None = None

    async def setup_hook(self) -> None:
        assert self.application_id
        await self.http.bulk_upsert_global_commands(self.application_id, [COMMAND])

    async def on_socket_event_type(self, event_type: str) -> None:
        self.told.events.append(event_type)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.told.edits.append(payload)

    async def on_message(self, message: discord.Message) -> None:
        if (
            message.author == self.user
            or message.type is discord.MessageType.thread_starter_message
        ):
            return
        self.told.messages.append(message)
        if message.guild is None:
            await message.channel.send(f"you said {message.content}")
        elif self.user in message.mentions:
            place = message.channel
            if isinstance(place, discord.TextChannel):
                place = await message.create_thread(name="a job")
            await place.send(view=card())

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.told.interactions.append(interaction)
        try:
            await self._answer(interaction)
        except discord.HTTPException as no:
            self.refused.append(no.code)

    async def _answer(self, asked: discord.Interaction) -> None:
        data: Any = asked.data
        match asked.type:
            case discord.InteractionType.component:
                await self._clicked(asked, data["custom_id"])
            case discord.InteractionType.modal_submit:
                await self._sent(asked, data["components"][0]["component"]["value"])
            case discord.InteractionType.autocomplete:
                choices = [
                    discord.app_commands.Choice(name=f"Job {one}", value=one) for one in "ab"
                ]
                await asked.response.autocomplete(choices)
            case _:
                await asked.response.send_message("at your service", ephemeral=True)

    async def _clicked(self, asked: discord.Interaction, custom_id: str) -> None:
        answer = asked.response
        match custom_id:
            case "form" | "edit":
                await answer.send_modal(form("before" if custom_id == "edit" else ""))
            case "cancel?":
                question = one_button("Cancel?\nTraining **stops**.", "Cancel", "cancel")
                await answer.send_message(view=question, ephemeral=True)
            case "cancel":
                await answer.edit_message(
                    view=ui.LayoutView().add_item(ui.TextDisplay("Cancelled"))
                )
            case "slow":
                await answer.defer(ephemeral=True, thinking=True)
                await asked.edit_original_response(content="At last")

    async def _sent(self, asked: discord.Interaction, typed: str) -> None:
        if self.sending:
            self.fake.wait_for_answers(0.3)
            await asked.response.send_modal(self.sending())
        elif typed == "more":
            further = one_button("One more form", "Go on", "edit")
            await asked.response.send_message(view=further, ephemeral=True)
        elif typed == "bad":
            wrong = one_button("Hugging Face token: that is no token", "Edit", "edit")
            await asked.response.send_message(view=wrong, ephemeral=True)
        else:
            await asked.response.send_message("Saved", ephemeral=True)


@asynccontextmanager
async def running(fake: FakeDiscord, intents: discord.Intents = LEAST) -> AsyncIterator[SmallBot]:
    """The bot at work, connected and ready."""
    bot = SmallBot(fake, intents)
    serving = asyncio.create_task(bot.start(fake.token))
    try:
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if serving.done():
            serving.result()
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(serving, return_exceptions=True)
