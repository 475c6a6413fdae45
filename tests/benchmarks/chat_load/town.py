"""The workspace of the benchmark: its channels, its people, and the threads of their jobs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.fakes.slack import FakeSlack, Rates
from tests.fakes.slack.seeing import buttons_of
from tests.fakes.slack.workspace import BOT_USER, TEAM, Account, Json, Message

CHANNELS = 60  # a bot may post once a second in each
OWNERS, ONLOOKERS = 400, 100


class PostsAndEdits(Rates):
    """Slack's own pace for messages and edits, which shapes what the bot sends.

    The tiers of other methods are left out: 100 people a second would meet Slack's own
    "100 a minute" for forms and private answers long before the bot is put to the test.
    """

    def count(self, method: str, channel: str, now: float) -> None:
        """Count messages and edits alone."""
        if method in {"chat.postMessage", "chat.update"}:
            super().count(method, channel, now)


@dataclass(frozen=True)
class Thread:
    """A thread, who began it, and the job in it once that is known."""

    channel: str
    ts: str
    owner: Account
    job: str = ""

    @property
    def key(self) -> str:
        """How the database calls it."""
        return f"slack:{TEAM}:{self.channel}:{self.ts}"


@dataclass
class Town:
    """Everybody and every thread, by what its job is doing; `begun` has all by their keys."""

    slack: FakeSlack
    channels: list[str] = field(default_factory=list)
    owners: list[Account] = field(default_factory=list)
    onlookers: list[Account] = field(default_factory=list)
    asking: list[Thread] = field(default_factory=list)
    planned: list[Thread] = field(default_factory=list)
    training: list[Thread] = field(default_factory=list)
    begun: dict[str, Thread] = field(default_factory=dict)
    _roots: int = 0
    _cards: dict[tuple[str, str], Message] = field(default_factory=dict)

    @classmethod
    def settled_by(cls, slack: FakeSlack) -> "Town":
        """A town of many, none of whom has said anything."""
        town = cls(slack, [f"C{number}" for number in range(1, CHANNELS + 1)])
        for channel in town.channels:
            if channel not in slack.workspace.channels:
                slack.add_channel(channel, f"team-{channel.lower()}")
        town.owners = [town._moved_in(f"OWNER{number}") for number in range(OWNERS)]
        town.onlookers = [town._moved_in(f"LOOKER{number}") for number in range(ONLOOKERS)]
        return town

    def _moved_in(self, name: str) -> Account:
        return self.slack.workspace.account(self.slack.person(name.lower()).id)

    @property
    def threads(self) -> list[Thread]:
        """All of them."""
        return [*self.asking, *self.planned, *self.training]

    def begin(self, words: str, *, mention: bool) -> tuple[Thread, Message]:
        """Somebody writes in a channel; the next person in the next channel."""
        owner = self.owners[self._roots % len(self.owners)]
        channel = self.channels[self._roots % len(self.channels)]
        self._roots += 1
        said = self.say(owner, channel, f"<@{BOT_USER}> {words}" if mention else words)
        thread = Thread(channel, said.ts, owner)
        self.begun[thread.key] = thread
        return thread, said

    def say(self, who: Account, channel: str, text: str, thread: str = "") -> Message:
        """A message that stands there; bringing it to the bot is somebody else's work."""
        workspace = self.slack.workspace
        said = Message(channel, workspace.next_ts(), who.id, [{"text": text}], thread)
        workspace.messages[channel, said.ts] = said
        return said

    def name_jobs(self, jobs: dict[str, str]) -> None:
        """Write down which job is in which thread: `jobs` has their ids by the threads' keys."""
        self.asking = [replace(one, job=jobs[one.key]) for one in self.asking if one.key in jobs]

    def card(self, thread: Thread) -> Message:
        """The card of a thread's job as it stands now."""
        if (thread.channel, thread.ts) not in self._cards:
            self._cards |= dict(self._all_cards())
        return self._cards[thread.channel, thread.ts]

    def button(self, thread: Thread, label: str) -> tuple[Message, Json, str]:
        """A button of a card, with the block it stands in."""
        card = self.card(thread)
        for one in buttons_of(card.body.get("blocks", [])):
            if one.label == label:
                return card, one.element, one.block_id
        raise LookupError(f"no {label} on the card of {thread.job}")

    def _all_cards(self) -> Iterator[tuple[tuple[str, str], Message]]:
        for one in list(self.slack.workspace.messages.values()):
            if one.user == BOT_USER and one.thread_ts and buttons_of(one.body.get("blocks", [])):
                yield (one.channel, one.thread_ts), one
