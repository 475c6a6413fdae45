"""What a person in Slack sees, and waits to see."""

from typing import TYPE_CHECKING

from tests.fakes.people import NotThere
from tests.fakes.slack.seeing import pinged, seen, seen_view
from tests.fakes.slack.workspace import BOT_USER, Account, Message, View, Workspace
from tests.fakes.watching import Seen, SeenView, Thread, Watcher, place_of

if TYPE_CHECKING:
    from tests.fakes.slack.fake import FakeSlack


class Onlooker(Watcher[Seen]):
    """Somebody at a Slack client, with their hands in their lap."""

    def __init__(self, slack: "FakeSlack", user: str) -> None:
        self.slack, self.id = slack, user

    def thread(self, channel: str | Seen, ts: str = "") -> list[Seen]:
        """The messages of a thread as this person sees them, its root first."""
        place = place_of((channel, ts) if isinstance(channel, str) else channel)
        return [seen(self._workspace, one) for one in self._workspace.thread(*place)]

    def dms(self) -> list[Seen]:
        """The direct messages with the bot, threads too."""
        return self.slack.messages(self._workspace.direct(self.id).id)

    def look(self, message: Seen) -> Seen:
        """The same message as it is now."""
        found = self._source(message)
        assert isinstance(found, Message)
        return seen(self._workspace, found)

    def whispers(self) -> list[Seen]:
        """What only this person sees, with where; one in a thread shows once others wrote there."""
        workspace = self._workspace
        mine = [one for one in list(workspace.whispers.values()) if one.to == self.id]
        return [seen(workspace, one) for one in mine if not one.deleted and self._shows(one)]

    def modal(self) -> SeenView | None:
        """The uppermost open form."""
        views = self._workspace.modals(self.id)
        return seen_view(self._workspace, views[-1]) if views else None

    def home(self) -> SeenView | None:
        """The bot's Home tab."""
        view = self._workspace.homes.get(self.id)
        return seen_view(self._workspace, view) if view else None

    def pings(self, *, at_worst: bool = False) -> list[Seen]:
        """The bot's messages that notified this person, by name or with everybody."""
        standing = list(self._workspace.messages.values())
        from_bot = [one for one in standing if one.user == BOT_USER]
        told = [one for one in from_bot if pinged(one, at_worst=at_worst) & {self.id, "everybody"}]
        return [seen(self._workspace, one) for one in told]

    @property
    def _workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def _account(self) -> Account:
        return self._workspace.accounts[self.id]

    def _source(self, where: Seen | SeenView) -> Message | View:
        """What stands there now."""
        if isinstance(where, SeenView):
            return self._view(where)
        whispered = self._workspace.whispers.get(where.ts)
        found = whispered or self._workspace.messages.get((where.channel, where.ts))
        if found is None or found.deleted:
            raise NotThere(f"the message is gone: {where.text}")
        return found

    def _view(self, view: SeenView) -> View:
        known = self._workspace.views.get(view.id)
        if known and not known.open:
            raise NotThere(f"the form “{view.title}” is closed")
        home = self._workspace.homes.get(self.id)
        found = known or (home if home and home.id == view.id else None)
        if found is None:
            raise NotThere(f"there is no form “{view.title}”")
        return found

    def _shows(self, whisper: Message) -> bool:
        """A whisper in a thread is shown only where a thread has begun."""
        thread = self._workspace.thread(whisper.channel, whisper.thread_ts)
        return not whisper.thread_ts or len(thread) > 1

    def _visible(self, thread: Thread | None) -> list[Seen]:
        """The bot's messages and whispers that this person can see, oldest first."""
        workspace = self._workspace
        mine = {one.id for one in list(workspace.channels.values()) if self.id in one.members}
        said = [one for one in list(workspace.messages.values()) if not one.deleted]
        shown = [one for one in said if one.channel in mine and one.user == BOT_USER]
        all_of_them = [*(seen(workspace, one) for one in shown), *self.whispers()]
        place = place_of(thread) if thread else None
        found = [one for one in all_of_them if place in {None, (one.channel, one.root)}]
        return sorted(found, key=lambda one: one.ts.partition(".")[2])
