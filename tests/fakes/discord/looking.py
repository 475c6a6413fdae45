"""What a person on Discord sees, and waits to see."""

from typing import TYPE_CHECKING

from tests.fakes.discord.mentions import EVERYBODY
from tests.fakes.discord.seeing import Seen, seen, seen_view
from tests.fakes.discord.world import STARTER, Account, Channel, Message, View, World
from tests.fakes.people import NotThere
from tests.fakes.watching import SeenView, Thread, Watcher, place_of

if TYPE_CHECKING:
    from tests.fakes.discord.fake import FakeDiscord


class Onlooker(Watcher[Seen]):
    """Somebody at a Discord client, with their hands in their lap."""

    def __init__(self, discord: "FakeDiscord", user: str) -> None:
        self.discord, self.id = discord, user
        self.dismissed: set[str] = set()

    def thread(self, channel: str | Seen, ts: str = "") -> list[Seen]:
        """The messages of a thread, its root first; in direct messages all from there on.

        A message from which no thread was made has the replies to it.
        """
        place = place_of((channel, ts) if isinstance(channel, str) else channel)
        return [seen(self._world, one) for one in self._thread(*place)]

    def _thread(self, channel: str, root: str) -> list[Message]:
        world, above = self._world, self._world.channel(channel)
        before = [one for one in world.standing(above.id) if one.id == root]
        if above.kind == "dm":
            return [one for one in world.standing(above.id) if int(one.id) >= int(root)]
        if world.thread_of(root):
            below = world.standing(root)
        else:
            below = [one for one in world.standing(above.id) if one.reference == root]
        return [*before, *(one for one in below if one.kind != STARTER)]

    def dms(self) -> list[Seen]:
        """The direct messages with the bot."""
        return self.discord.messages(self._world.direct(self.id).id)

    def look(self, message: Seen) -> Seen:
        """The same message as it is now."""
        return seen(self._world, self._message(message))

    def whispers(self) -> list[Seen]:
        """The ephemeral messages that only this person sees, as long as they are shown."""
        known = list(self._world.messages.values())
        mine = [one for one in known if one.to == self.id and not one.gone]
        return [seen(self._world, one) for one in mine if one.id not in self.dismissed]

    def modal(self) -> SeenView | None:
        """The open form."""
        views = [one for one in list(self._world.views.values()) if one.user == self.id]
        shown = [one for one in views if one.open]
        return seen_view(self._world, shown[-1]) if shown else None

    def pings(self, *, at_worst: bool = False) -> list[Seen]:  # noqa: ARG002 - as on Slack
        """The bot's messages that notified this person, by name or with everybody."""
        standing = list(self._world.messages.values())
        from_bot = [one for one in standing if one.author == self._world.bot.id and not one.to]
        told = [one for one in from_bot if {self.id, EVERYBODY} & set(one.pinged)]
        return [seen(self._world, one) for one in told]

    def _told_alone(self) -> list[Seen]:
        """Outside an interaction that is a direct message."""
        direct = [one for one in self.dms() if one.by == self._world.bot.name]
        return sorted([*direct, *self.whispers()], key=lambda one: int(one.ts))

    @property
    def _world(self) -> World:
        return self.discord.world

    @property
    def _account(self) -> Account:
        return self._world.accounts[self.id]

    def _message(self, where: Seen) -> Message:
        """What stands there now."""
        found = self._world.messages.get(where.ts)
        shown = found and found.to in {"", self.id} and found.id not in self.dismissed
        if found is None or found.gone or not shown:
            raise NotThere(f"the message is gone: {where.text}")
        return found

    def _view(self, view: SeenView) -> View:
        known = self._world.views.get(view.id)
        if known is None or not known.open:
            raise NotThere(f"the form “{view.title}” is closed")
        return known

    def _sees(self, place: Channel) -> bool:
        if place.gone or self._world.parent(place).gone:
            return False
        return place.kind != "dm" or place.owner == self.id

    def _visible(self, thread: Thread | None) -> list[Seen]:
        """The bot's messages and whispers that this person can see, oldest first."""
        world = self._world
        said = [one for one in list(world.messages.values()) if not one.gone and not one.to]
        mine = [one for one in said if one.author == world.bot.id and one.kind != STARTER]
        shown = [one for one in mine if self._sees(world.channels[one.channel])]
        both = [*(seen(world, one) for one in shown), *self.whispers()]
        place = place_of(thread) if thread else None
        found = [one for one in both if place is None or self._belongs(one, place)]
        return sorted(found, key=lambda one: int(one.ts))

    def _belongs(self, one: Seen, place: tuple[str, str]) -> bool:
        """Whether it stands in a thread; in direct messages, since its root."""
        if one.channel == self._world.direct(self.id).id:
            return one.channel == place[0] and int(one.ts) >= int(place[1])
        message = self._world.messages[one.ts]
        answers = message.channel != one.thread and message.reference == place[1]
        return (one.channel, one.root) == place or answers
