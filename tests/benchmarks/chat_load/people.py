"""What people do: each act is one payload, and a line in the ledger of what must come of it."""

import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.benchmarks.chat_load.ledger import Ledger
from tests.benchmarks.chat_load.town import Thread, Town
from tests.fakes.slack import payloads
from tests.fakes.slack.http_delivery import Kind
from tests.fakes.slack.typing_in import filled
from tests.fakes.slack.workspace import BOT_USER, Account, Json, View

VAGUE = "make me something that helps our team, number"
MINUTES = "Minutes of training"
READING_SECONDS = 1.5  # from a form's opening to its sending


@dataclass(frozen=True)
class Act:
    """One payload; `wanted` must stand in the acknowledgement."""

    name: str
    kind: Kind
    payload: Json
    wanted: str = ""


@dataclass
class People:
    """Everybody's next move. Threads are taken in turns, so that nobody is asked twice at once."""

    town: Town
    ledger: Ledger = field(default_factory=Ledger)
    _number: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _filling: deque[tuple[float, Account]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Deal out the threads: some talk, and some will be cancelled, each once."""
        town = self.town
        self._cancel = iter(town.asking[: len(town.asking) // 7])
        self._talking = itertools.cycle(town.asking[len(town.asking) // 7 :] or [None])
        self._planned = itertools.cycle(town.planned or [None])
        self._training = itertools.cycle(town.training or [None])
        self._any = itertools.cycle([*town.planned, *town.asking, *town.training] or [None])
        self._looking = itertools.cycle([*town.onlookers, *town.owners])

    # Words

    def begins(self) -> Act:
        """Somebody wants something, and does not say from what."""
        thread, said = self.town.begin(f"{VAGUE} {next(self._number)}", mention=True)
        self.ledger.begun.append(thread.key)
        return self._event("mention: a new job", said)

    def answers(self) -> Act:
        """An answer to what a job asks, which is none."""
        return self._tells("mention: an answer", f"the file is on shelf {next(self._number)}")

    def changes(self) -> Act:
        """A wish that is put into a job while it waits."""
        return self._tells("mention: a change", f"change seed to {next(self._number)}")

    def asks_how_it_stands(self) -> Act:
        """`@mltrainer status` in a thread."""
        thread, who = _known(next(self._any)), next(self._looking)
        self.ledger.whispered[who.id, thread.channel, thread.ts] += 1
        text = f"<@{BOT_USER}> status"
        return self._event("mention: status", self.town.say(who, thread.channel, text, thread.ts))

    def _tells(self, name: str, words: str) -> Act:
        thread = _known(next(self._talking))
        text = f"<@{BOT_USER}> {words}"
        act = self._event(name, self.town.say(thread.owner, thread.channel, text, thread.ts))
        key = act.payload["event_id"]
        self.ledger.said[key] = words
        self.ledger.said_where[key] = (thread.owner.id, thread.channel, thread.ts)
        return act

    def _event(self, name: str, said: object) -> Act:
        workspace = self.town.slack.workspace
        payload = payloads.message_event(workspace, said, mention=True)  # type: ignore[arg-type]
        self.ledger.taken.append(payload["event_id"])
        return Act(name, "events_api", payload)

    # Buttons

    def reads_the_log(self) -> Act:
        """Log on the card of a job that is being trained."""
        thread = _known(next(self._training))
        return self._answered("button: Log", self._pressed(next(self._looking), thread, "Log"))

    def looks_it_up(self) -> Act:
        """Status, as it stands under a job in a list."""
        thread, who = _known(next(self._any)), next(self._looking)
        element: Json = {"type": "button", "action_id": "status#0", "value": thread.job}
        element["text"] = {"type": "plain_text", "text": "Status"}
        workspace, card = self.town.slack.workspace, self.town.card(thread)
        payload = payloads.block_action(workspace, who, card, element, "row")
        return self._answered("button: Status", payload)

    def cancels(self) -> Act:
        """Cancel, once in each of a few threads; then only a look."""
        thread = next(self._cancel, None)
        if thread is None:
            return self.looks_it_up()
        self.ledger.cancelled.append(thread.job)
        return Act("button: Cancel", "interactive", self._pressed(thread.owner, thread, "Cancel"))

    def opens_the_menu(self) -> Act:
        """Job actions, in the menu of a message."""
        thread, who = _known(next(self._any)), next(self._looking)
        workspace, card = self.town.slack.workspace, self.town.card(thread)
        payload = payloads.message_shortcut(workspace, who, "job_menu", card)
        return self._answered("shortcut: Job actions", payload)

    def asks_for_a_form(self) -> Act:
        """Change, on the card of a plan."""
        thread = _known(next(self._planned))
        payload = self._pressed(thread.owner, thread, "Change")
        self.ledger.opened.append(payload["trigger_id"])
        self._filling.append((time.monotonic(), thread.owner))
        return Act("button: Change (a form)", "interactive", payload)

    def _pressed(self, who: Account, thread: Thread, label: str) -> Json:
        card, element, block = self.town.button(thread, label)
        return payloads.block_action(self.town.slack.workspace, who, card, element, block)

    # Forms

    def sends_a_form(self) -> Act:
        """The oldest open form comes back: wrongly filled in, or with nothing changed."""
        view = self._opened()
        if view is None:
            return self.looks_it_up()
        workspace = self.town.slack.workspace
        wrong = next(self._number) % 2 == 0
        given = {MINUTES: "soon"} if wrong else {}
        values, problems = filled(view.body["blocks"], given)
        if problems:
            raise RuntimeError(f"a form that cannot be sent: {problems}")
        payload = payloads.view_submission(workspace, workspace.account(view.user), view, values)
        view.open = False
        if wrong:
            self.ledger.refused_fields += 1
            return Act("form: wrong", "interactive", payload, '"errors"')
        kept = view.body["private_metadata"]
        self.ledger.whispered[view.user, *_where(kept)] += 1
        return Act("form: nothing changed", "interactive", payload, '"clear"')

    def _opened(self) -> View | None:
        while self._filling and self._filling[0][0] < time.monotonic() - READING_SECONDS:
            _, who = self._filling.popleft()
            views = self.town.slack.workspace.modals(who.id)
            if views:
                return views[-1]
        return None

    # Commands

    def lists(self) -> Act:
        """`/mltrainer list`, of somebody who has jobs."""
        return self._command("command: list", _known(next(self._any)).owner, "list")

    def asks_by_id(self) -> Act:
        """`/mltrainer status j-…`."""
        job = _known(next(self._any)).job
        return self._command("command: status", next(self._looking), f"status {job}")

    def _command(self, name: str, who: Account, text: str) -> Act:
        workspace = self.town.slack.workspace
        channel = workspace.channel(self.town.channels[next(self._number) % 60])
        payload = payloads.command(workspace, who, channel, "/mltrainer", text)
        return self._answered(name, payload, "slash_commands")

    def _answered(self, name: str, payload: Json, kind: Kind = "interactive") -> Act:
        self.ledger.answered.append(payload["response_url"].rpartition("/")[2])
        return Act(name, kind, payload)


MIX: dict[Callable[[People], Act], int] = {
    People.looks_it_up: 17,
    People.reads_the_log: 12,
    People.asks_by_id: 12,
    People.asks_how_it_stands: 12,
    People.answers: 13,
    People.lists: 8,
    People.begins: 5,
    People.opens_the_menu: 5,
    People.asks_for_a_form: 5,
    People.sends_a_form: 5,
    People.changes: 5,
    People.cancels: 1,
}
"""Of every hundred; 35 of them are messages, which Slack sends again when in doubt."""


def _known(thread: Thread | None) -> Thread:
    if thread is None:
        raise RuntimeError("nobody has begun a thread")
    return thread


def _where(kept: str) -> tuple[str, str]:
    """The channel and the thread that a form keeps."""
    document = json.loads(kept)
    return str(document["channel"]), str(document["thread"])
