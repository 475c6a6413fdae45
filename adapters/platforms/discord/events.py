"""From what Discord sends to what our house understands; None for what is not meant for us."""

import asyncio
import logging
from typing import Any

import discord

from adapters.platforms.discord.cards import ASKS, button_of
from adapters.platforms.discord.client import Client
from adapters.platforms.discord.commands import typed
from adapters.platforms.discord.drawing import Json
from adapters.platforms.discord.errors import FOREIGN, translate
from adapters.platforms.discord.forms import attachments, form_of, values
from adapters.platforms.discord.text import spoken
from pipeline.errors import TryAgain
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import (
    Attachment,
    Click,
    Command,
    Inbound,
    Mention,
    Submit,
    Suggest,
)

PLATFORM = "discord"
_SPOKEN = {discord.MessageType.default, discord.MessageType.reply}
_BUTTON = 2
_MOST_KNOWN = 5000
_ASK_PAUSES = (0.5, 2.0, 5.0)  # seconds
_log = logging.getLogger(__name__)


class Reader:
    """Reads what arrives. Which channel a thread stands in is asked once where it is not known."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._parents: dict[int, int | None] = {}

    async def mention(self, message: discord.Message) -> Mention | None:
        """A message that speaks to the bot."""
        if not self._is_for_us(message):
            return None
        return await self._said(message, str(message.id))

    async def edited(self, payload: discord.RawMessageUpdateEvent) -> Mention | None:
        """One that was changed by who wrote it; a preview that Discord adds is no change."""
        message = payload.message
        if message.edited_at is None or not self._is_for_us(message):
            return None
        said = await self._said(message, f"{message.id}:{message.edited_at.isoformat()}")
        return said.model_copy(update={"edited": True})

    def names_our_role(self, message: discord.Message) -> bool:
        """Whether a message names the role of the bot instead of the bot: it then comes empty."""
        role = message.guild.self_role if message.guild else None
        named = role is not None and role in message.role_mentions
        return named and _is_from_a_person(message) and not self._names_us(message)

    async def place(self, message: discord.Message) -> Place:
        """Where a message stands; in a plain channel it could become a thread of its own id."""
        if message.guild is None:
            return _direct(str(message.author.id), str(message.channel.id))
        parent = await self._parent(message)
        channel, thread = (message.channel.id, message.id)
        if parent is not None:
            channel, thread = (parent, message.channel.id)
        return _place(str(message.guild.id), str(channel), str(thread))

    def _is_for_us(self, message: discord.Message) -> bool:
        direct = isinstance(message.channel, discord.DMChannel)
        named = message.guild is not None and self._names_us(message)
        return _is_from_a_person(message) and (direct or named)

    def _names_us(self, message: discord.Message) -> bool:
        us = self._client.user
        return us is not None and any(user.id == us.id for user in message.mentions)

    async def _said(self, message: discord.Message, key: str) -> Mention:
        return Mention(
            key=key,
            actor=_author(message),
            place=await self.place(message),
            text=spoken(message.content, self._own(message), _names(message)),
            attachments=tuple(_file(message, one) for one in message.attachments),
            message=str(message.id),
        )

    def _own(self, message: discord.Message) -> frozenset[str]:
        """What names the bot in a text."""
        role = message.guild.self_role if message.guild else None
        us = self._client.user
        return frozenset(
            [*([f"@{us.id}"] if us else []), *([f"@&{role.id}"] if role is not None else [])]
        )

    async def _parent(self, message: discord.Message) -> int | None:
        """The channel of a thread; None for a channel that is none."""
        channel = message.channel
        if isinstance(channel, discord.Thread):
            return channel.parent_id
        if not isinstance(channel, discord.PartialMessageable):
            return None
        if channel.id not in self._parents and await self._ask(channel.id):
            _log.warning("Discord did not say what a channel is; it is taken for a plain one")
        return self._parents.get(channel.id)

    async def _ask(self, channel: int) -> bool:
        """Find out whether a channel is a thread; True where Discord does not say."""
        for pause in _ASK_PAUSES:
            try:
                found = await self._client.fetch_channel(channel)
            except FOREIGN as error:
                if not isinstance(translate(error), TryAgain):
                    return True
                await asyncio.sleep(pause)
            else:
                if len(self._parents) >= _MOST_KNOWN:
                    self._parents.clear()
                parent = found.parent_id if isinstance(found, discord.Thread) else None
                self._parents[channel] = parent
                return False
        return True


def pressed(interaction: discord.Interaction) -> Inbound | None:
    """A button, a form, a command, or what is being typed into one."""
    data: Json = {**(interaction.data or {})}
    about: dict[str, Any] = {
        "key": str(interaction.id),
        "actor": _user(interaction),
        "place": _where(interaction),
    }
    match interaction.type:
        case discord.InteractionType.component:
            return _click(data, about)
        case discord.InteractionType.modal_submit:
            return _submit(data, about)
        case discord.InteractionType.application_command:
            name, arguments = typed(data)
            return Command(**about, name=name, arguments=arguments)
        case discord.InteractionType.autocomplete:
            return _suggest(data, about)
    return None


def _click(data: Json, about: dict[str, Any]) -> Click | None:
    button = button_of(str(data.get("custom_id") or ""))
    if data.get("component_type") != _BUTTON or button is None:
        return None
    kind, action, argument = button
    return Click(**about, action=action, argument=argument, confirmed=kind != ASKS)


def _submit(data: Json, about: dict[str, Any]) -> Submit | None:
    form = form_of(str(data.get("custom_id") or ""))
    if form is None:
        return None
    parts = data.get("components") or []
    return Submit(
        **about,
        form=form[0],
        state=form[1],
        values=values(parts),
        attachments=attachments(parts, data.get("resolved") or {}),
    )


def _suggest(data: Json, about: dict[str, Any]) -> Suggest:
    name, _ = typed(data)
    chosen: Json = next(iter(data.get("options") or ()), {})
    fields = chosen.get("options") or ()
    word = next((one.get("value") for one in fields if one.get("focused")), "")
    return Suggest(**about, command=name, typed=str(word or ""))


def _is_from_a_person(message: discord.Message) -> bool:
    """Said by somebody: no bot, no webhook, nothing that Discord itself says."""
    robot = message.author.bot or message.webhook_id is not None
    return not robot and message.type in _SPOKEN


def _author(message: discord.Message) -> Actor:
    author = message.author
    rights = author.guild_permissions if isinstance(author, discord.Member) else None
    return _actor(author, rights)


def _user(interaction: discord.Interaction) -> Actor:
    rights = interaction.permissions if interaction.guild_id is not None else None
    return _actor(interaction.user, rights)


def _actor(user: discord.User | discord.Member, rights: discord.Permissions | None) -> Actor:
    """One person over all servers; an admin only where they speak."""
    admin = rights is not None and (rights.administrator or rights.manage_guild)
    return Actor(platform=PLATFORM, space="", id=str(user.id), name=user.display_name, admin=admin)


def _where(interaction: discord.Interaction) -> Place:
    channel = interaction.channel
    where = str(interaction.channel_id or "")
    if interaction.guild_id is None:
        return _direct(str(interaction.user.id), where)
    if isinstance(channel, discord.Thread):
        return _place(str(interaction.guild_id), str(channel.parent_id), where)
    return _place(str(interaction.guild_id), where, None)


def _place(guild: str, channel: str, thread: str | None) -> Place:
    return Place(platform=PLATFORM, space=guild, channel=channel, thread=thread)


def _direct(user: str, channel: str) -> Place:
    """Nobody else is in the space of somebody's direct messages."""
    return Place(platform=PLATFORM, space=f"@{user}", channel=channel)


def _names(message: discord.Message) -> dict[str, str]:
    """How the people, roles and channels that a text names are called."""
    people = ((f"@{one.id}", one.display_name) for one in message.mentions)
    roles = ((f"@&{one.id}", one.name) for one in message.role_mentions)
    channels = ((f"#{one.id}", one.name) for one in message.channel_mentions)
    return dict([*people, *roles, *channels])


def _file(message: discord.Message, file: discord.Attachment) -> Attachment:
    return Attachment(
        id=f"{message.channel.id}/{message.id}/{file.id}",
        name=file.filename,
        size=file.size,
        url=file.url,
    )
