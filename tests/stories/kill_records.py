"""What a storm of kills left on a platform: what the bot wrote, under which keys, and what it lost.

On Slack a key stands in a message's metadata. On Discord it is the message's nonce, so that the
keys must be known. What people say while the bot is down is said again by Slack, and lost for ever
on Discord: there it counts as lost only if the bot was told of it and lived to take it in.
"""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.platforms.discord.sending import nonce
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.seeing import seen
from tests.fakes.discord.world import STARTER
from tests.fakes.discord.world import Message as DiscordMessage
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import BOT_USER, Message

Shown = dict[str, list[tuple[str, str]]]
TAKES_SECONDS = 3.0  # from the moment the bot is told until a message is certainly kept
DYING_SECONDS = 0.5  # from a kill until the platform sees that nobody is there any more
_FILE = re.compile(r"(j-[a-z0-9]{8})-(\d+)-picture")


class Record(Protocol):
    """What can be counted on a platform. `keys` are those of letters, `taken` those of arrivals."""

    def shown(self, keys: Collection[str], taken: Collection[str]) -> Shown:
        """By thread, what the bot wrote anew, as it came: (key, text)."""
        ...

    def told_alone(self) -> list[str]:
        """What single people were told."""
        ...

    def edits(self) -> int:
        """How often a message was changed."""
        ...

    def not_taken(self, taken: Collection[str]) -> Iterable[str]:
        """What somebody said, and the bot could have taken in and did not."""
        ...

    def heard(self, said: Collection[str], taken: Collection[str]) -> int:
        """How many of these messages the bot has heard."""
        ...

    def unheard(self) -> int:
        """What was said while nobody could hear it."""
        ...


@dataclass(frozen=True)
class OnSlack:
    """Everything is brought again until it is taken."""

    slack: FakeSlack

    def shown(self, keys: Collection[str], taken: Collection[str]) -> Shown:
        del keys, taken
        threads: Shown = {}
        for one in list(self.slack.workspace.messages.values()):
            if one.user == BOT_USER:
                place = f"{one.channel} {one.thread_ts}"
                threads.setdefault(place, []).append((self._key(one), str(one.body.get("text"))))
        return threads

    def _key(self, message: Message) -> str:
        """In its metadata when it was written, or the name of its file."""
        payload = message.versions[0].get("metadata", {}).get("event_payload", {})
        names = [self.slack.workspace.files[one].name for one in message.files]
        found = next((match for name in names if (match := _FILE.match(name))), None)
        return str(payload.get("key", "")) or (f"{found[1]}:{found[2]}:picture" if found else "")

    def told_alone(self) -> list[str]:
        return [str(one.body.get("text")) for one in list(self.slack.workspace.whispers.values())]

    def edits(self) -> int:
        return len(self.slack.calls_of("chat.update"))

    def not_taken(self, taken: Collection[str]) -> Iterable[str]:
        del taken
        for delivery in self.slack.lost_events():
            yield f"never taken: {delivery.payload['event'].get('text')}"

    def heard(self, said: Collection[str], taken: Collection[str]) -> int:
        del taken
        return len(said)

    def unheard(self) -> int:
        return 0


@dataclass(frozen=True)
class OnDiscord:
    """`kills` are the moments at which the bot died, by the clock of the fake."""

    discord: FakeDiscord
    kills: Sequence[float]

    def shown(self, keys: Collection[str], taken: Collection[str]) -> Shown:
        known = {nonce(key): key for key in [*keys, *(f"{one}:said" for one in taken)]}
        world, threads = self.discord.world, Shown()
        for one in list(world.messages.values()):
            if one.author != world.bot.id or one.to or one.kind == STARTER:
                continue
            place = world.channels[one.channel]
            if place.kind != "dm":
                key = known.get(str(one.versions[0].get("nonce")), "")
                threads.setdefault(place.id, []).append((key, self._reads(one)))
        return threads

    def told_alone(self) -> list[str]:
        """Answers that one person sees, and direct messages."""
        world = self.discord.world
        mine = [one for one in list(world.messages.values()) if one.author == world.bot.id]
        alone = [one for one in mine if one.to or world.channels[one.channel].kind == "dm"]
        return [self._reads(one) for one in alone]

    def _reads(self, message: DiscordMessage) -> str:
        return seen(self.discord.world, message).reads

    def edits(self) -> int:
        return len(self.discord.calls_of("PATCH /channels/…/messages/…"))

    def not_taken(self, taken: Collection[str]) -> Iterable[str]:
        down = self._down()
        for one in self._said():
            if one.id not in down and not self._was_cut(one) and not _has(taken, one.id):
                yield f"never taken: {one.body.get('content')} ({self._nearest(one):+.2f} s)"

    def heard(self, said: Collection[str], taken: Collection[str]) -> int:
        return len([one for one in said if _has(taken, one)])

    def unheard(self) -> int:
        down = self._down()
        return len([one for one in self._said() if one.id in down])

    def _said(self) -> list[DiscordMessage]:
        """What people said to the bot."""
        world = self.discord.world
        return [one for one in list(world.messages.values()) if world.bot.id in one.mentions]

    def _down(self) -> set[str]:
        return {str(one.data.get("id")) for one in self.discord.lost_events()}

    def _was_cut(self, message: DiscordMessage) -> bool:
        """Whether the bot died while it took the message in, or had while its line seemed open."""
        return -DYING_SECONDS <= self._nearest(message) <= TAKES_SECONDS

    def _nearest(self, message: DiscordMessage) -> float:
        """Seconds from a message to the kill that was nearest to it."""
        return min((one - message.made_at for one in self.kills), key=abs, default=math.inf)


def _has(taken: Collection[str], message: str) -> bool:
    return any(message in key for key in taken)
