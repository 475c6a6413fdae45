"""Clicks, commands and forms: what one is, how long it may be answered, and by what."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.discord import acts, form_limits, wire
from tests.fakes.discord.refusals import Problems, Refused
from tests.fakes.discord.sending import kept_files, made_body
from tests.fakes.discord.world import (
    COMMAND_ANSWER,
    EPHEMERAL,
    LOADING,
    Channel,
    Json,
    Message,
    View,
    World,
)
from tests.fakes.people import Upload

COMMAND, CLICK, SUGGEST, SUBMIT = 2, 3, 4, 5
SAY, THINK, LEAVE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ANSWER_SECONDS, TOKEN_SECONDS = 3.0, 900.0
TAKEN = {
    COMMAND: {SAY, THINK, MODAL},
    CLICK: {SAY, THINK, LEAVE, UPDATE, MODAL},
    SUGGEST: {CHOICES},
    SUBMIT: {SAY, THINK, LEAVE, UPDATE},
}


@dataclass
class Interaction:
    """What somebody did. `source` is the message with the button, `original` the first answer."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    at: float
    source: str = ""
    answer: Json | None = None
    original: str = ""
    view: View | None = None
    said: list[str] = field(default_factory=list)


@dataclass
class Interactions:
    """All of them. `seconds` are how long a person waits for an answer."""

    world: World
    seconds: float = ANSWER_SECONDS
    endpoint: str | None = None
    known: dict[str, Interaction] = field(default_factory=dict)

    def begin(
        self, kind: int, user: str, place: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        """Tell the bot what somebody did."""
        world = self.world
        token = "itk" + secrets.token_urlsafe(32)
        made = Interaction(world.flake(), token, kind, user, place.id, world.now())
        made.source = source.id if source else ""
        self.known[token] = made
        world.tell("INTERACTION_CREATE", self._wire(made, place, data, source))
        return made

    def _wire(self, made: Interaction, place: Channel, data: Json, source: Message | None) -> Json:
        world, account = self.world, self.world.accounts[made.user]
        shown: Json = {"id": made.id, "application_id": world.bot.id, "type": made.kind}
        shown |= {"token": made.token, "version": 1, "data": data, "locale": "en-US"}
        here = wire.channel(world, place) | {"permissions": wire.allowed(world, account, place)}
        shown |= {"channel_id": place.id, "channel": here, "entitlements": []}
        shown |= {"app_permissions": wire.allowed(world, world.bot, place)}
        shown |= {"attachment_size_limit": 10 * 2**20}
        if source:
            shown["message"] = wire.message(world, source)
        if not place.guild:
            owners = {"1": made.user}
            return shown | {
                "user": wire.user(account),
                "context": 1,
                "authorizing_integration_owners": owners,
            }
        guild = world.guilds[place.guild]
        who = wire.member(world, account, guild) | {"user": wire.user(account)}
        who["permissions"] = wire.allowed(world, account, place)
        shown |= {"member": who, "guild_id": guild.id, "guild_locale": "en-US", "context": 0}
        shown["guild"] = {"id": guild.id, "locale": "en-US", "features": []}
        return shown | {"authorizing_integration_owners": {"0": guild.id}}

    # Answering

    def answer(self, id_: str, token: str, body: Json, files: Sequence[Upload]) -> Interaction:
        """The one answer that shows at once."""
        found = self.known.get(token)
        if found is None or found.id != id_:
            raise Refused(10062)
        if found.answer is not None:
            raise Refused(40060)
        if self.world.now() - found.at > self.seconds:
            raise Refused(10062)
        kind, data = int(body["type"]), body.get("data") or {}
        self._check(found, kind)
        self._do(found, kind, data, files)
        found.answer = body
        return found

    def _check(self, found: Interaction, kind: int) -> None:
        """Not every answer fits what was done: no form after a form, above all."""
        fits = TAKEN[found.kind] - (set() if found.source else {LEAVE, UPDATE})
        if kind not in fits:
            problems = Problems()
            problems.add("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(fits)}.")
            problems.refuse()

    def _do(self, found: Interaction, kind: int, data: Json, files: Sequence[Upload]) -> None:
        match kind:
            case 4:
                found.original = self._say(found, data, files).id
            case 5:
                flags = LOADING | int(data.get("flags") or 0)
                found.original = self._keep(found, {"flags": flags}, []).id
            case 6:
                found.original = found.source
            case 7:
                found.original = found.source
                self.edit(found, self.world.messages[found.source], data, files)
            case 8:
                form_limits.check_suggestions(data)
            case _:
                form_limits.check_modal(data)
                found.view = View(found.id, found.user, data, found.channel, found.source)
                self.world.views[found.id] = found.view

    def _say(self, found: Interaction, data: Json, files: Sequence[Upload]) -> Message:
        made = kept_files(self.world, found.channel, data, files)
        return self._keep(found, made_body(data, made), made)

    def _keep(self, found: Interaction, body: Json, files: list) -> Message:  # type: ignore[type-arg]
        world = self.world
        kind = COMMAND_ANSWER if found.kind == COMMAND else 0
        made = Message(world.flake(), found.channel, world.bot.id, [body], kind, files)
        made.webhook = world.bot.id
        made.to = found.user if made.flags & EPHEMERAL else ""
        found.said.append(made.id)
        return acts.post(world, made)

    # Afterwards, for a quarter of an hour

    def of(self, token: str) -> Interaction:
        """The interaction of a token that still counts."""
        found = self.known.get(token)
        if found is None or (found.answer is None and not found.said):
            raise Refused(10015)
        if self.world.now() - found.at > TOKEN_SECONDS:
            raise Refused(50027)
        return found

    def follow(self, found: Interaction, data: Json, files: Sequence[Upload]) -> Message:
        """One more message; the first one after a deferral is the answer itself."""
        waiting = self.world.messages.get(found.original)
        if waiting and waiting.flags & LOADING:
            return self.edit(found, waiting, data, files)
        return self._say(found, data, files)

    def message(self, found: Interaction, name: str) -> Message:
        """The answer, by "@original" or its id."""
        wanted = found.original if name == "@original" else name
        known = self.world.messages.get(wanted)
        if known is None or known.gone or wanted not in {*found.said, found.original}:
            raise Refused(10008)
        return known

    def edit(
        self, found: Interaction, message: Message, data: Json, files: Sequence[Upload]
    ) -> Message:
        world = self.world
        made = kept_files(world, found.channel, data, files, message.files)
        old = message.body | {"flags": message.flags & ~LOADING}
        body = made_body(data, made, old)
        message.files = made
        return acts.change(world, message, body)
