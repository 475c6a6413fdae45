"""A storm of SIGKILLs over a bot at work: people go on with their jobs, and the bot dies at random.

Everything is real but the platform: `mltrainer serve` in a process of its own, real jobs, real
kills. On Discord nobody brings again what was said while the bot was down: who sees no reaction
after a while says it again.
"""

import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.readiness import TRY_AGAIN
from tests.fakes.discord import FakeDiscord
from tests.fakes.people import NotAnswered, NotThere, Upload
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import LEAST_SCOPES
from tests.stories.chatting import BOT, WORDS, messages
from tests.stories.kill_counts import Tally, count, rows_of_file, unsent
from tests.stories.kill_records import OnDiscord, OnSlack
from tests.stories.serving import Served
from tests.stories.somebody import Anyone, Seen, Shown
from tests.stories.towns import Town

Kind = Literal["train", "in words", "asked", "remote", "dropped", "stopped", "broken", "midway"]
TRAINING: tuple[Kind, ...] = ("train", "in words", "asked")
CHEAP: tuple[Kind, ...] = ("dropped", "stopped", "broken", "midway")
TRAININGS_AT_ONCE, CHEAP_AT_ONCE, REMOTE_AT_ONCE = 2, 3, 1
HISTORY = frozenset({"channels:history"})
CHANNELS = ("C1", "C2", "C3", "C4")
SHORT_LIFE, LONG_LIFE, LONG_EVERY = (0.5, 6.0), (8.0, 30.0), 6
REDELIVERIES = (0.2,) * 600
LOOK_SECONDS, PATIENCE_SECONDS, PAUSE_SECONDS = 0.15, 6.0, 1.0
END_SECONDS, LATE_SECONDS = 240.0, 3.0
SAY_AGAIN_SECONDS = 10.0
ASKED_EVERY_SECONDS = 10.0
VAGUE = "make me a model"
CUT_OFF = Upload("broken.csv", b"label,message\n")
QUESTION, PLAN = "waiting for your answer", "waiting for your yes"


@dataclass
class Errand:
    """One job of a person, and what they do with it when its card asks for something.

    `spare` are words that began it and seemed to be lost: a job of theirs is one too many.
    """

    kind: Kind
    person: Anyone
    begin: Callable[[], Seen]
    hears_late: bool
    said: Seen = field(init=False)
    spare: list[Seen] = field(default_factory=list)
    questions: list[Seen] = field(default_factory=list)
    said_at: float = 0.0
    acted_on: str = ""
    acted_at: float = 0.0
    over: str = ""

    def __post_init__(self) -> None:
        self.say()

    def say(self) -> None:
        self.said, self.said_at = self.begin(), time.monotonic()

    def card(self, said: Seen | None = None) -> Seen | None:
        """The job's card, once there is one; of two the later, which is the one kept up to date."""
        mine = [one for one in self.person.thread(said or self.said) if one.by == BOT]
        return next((one for one in reversed(mine) if re.match(r"Job j-\w{8}:", one.text)), None)

    @property
    def at_rest(self) -> bool:
        """Nothing more is to come of it."""
        left = [card for one in self.spare if (card := self.card(one)) and not _ended(card)]
        return bool(self.over) and not left

    def step(self) -> None:
        """Look at the card and answer what it asks, as a patient person does."""
        self.tidy_up()
        card = self.card()
        if card is None or self.over:
            self.say_again(card)
            return
        title = card.text.split("\n", 1)[0]
        if end := _ended(card):
            self.over = end
            if end == "done":
                self.ask("predict you won a prize, claim cash now")
            return
        waited = time.monotonic() - self.acted_at
        state = f"{title} {card.buttons} {card.text}"
        if waited < PAUSE_SECONDS or (state == self.acted_on and waited < PATIENCE_SECONDS):
            return
        before, self.acted_on = self.acted_on, state
        if not self.act(card, title, again=before == state and self.hears_late):
            self.acted_on = before
        else:
            self.acted_at = time.monotonic()

    def say_again(self, card: Seen | None) -> None:
        """Begin once more where nobody seems to have heard it."""
        late = time.monotonic() - self.said_at > SAY_AGAIN_SECONDS
        if card is None and late and not self.hears_late:
            self.spare.append(self.said)
            self.say()

    def tidy_up(self) -> None:
        """Two jobs for one errand: the one that came late is not wanted any more."""
        for one in self.spare:
            card = self.card(one)
            if (
                card
                and "Cancel" in card.buttons
                and time.monotonic() - self.acted_at > PAUSE_SECONDS
            ):
                self.acted_at = time.monotonic()
                self.press(card, "Cancel")

    def act(self, card: Seen, title: str, *, again: bool) -> bool:
        """Do what fits; False when there is nothing to do. What was said is not said again."""
        if self.kind == "midway" and "running" in card and "Cancel" in card.buttons:
            return self.press(card, "Cancel")
        if anew := next((one for one in ("Retry", TRY_AGAIN) if one in card.buttons), None):
            return self.press(card, "Cancel" if self.kind in {"broken", "stopped"} else anew)
        if PLAN in title:
            return self.plan(card, again=again)
        if QUESTION in title:
            return self.question(card, again=again)
        return False

    def plan(self, card: Seen, *, again: bool) -> bool:
        if self.kind in {"stopped", "broken", "dropped"}:
            return self.press(card, "Cancel")
        if self.kind in {"in words", "asked"} and not again:
            self.person.mention(card.channel, "approve", thread=self.said)
            return True
        return self.press(card, "Approve")

    def question(self, card: Seen, *, again: bool) -> bool:
        if self.kind not in {"asked", "train", "in words"}:
            return self.press(card, "Cancel")
        if self.kind == "asked" and not again:
            self.person.mention(card.channel, WORDS, thread=self.said, files=[messages()])
            return True
        return False

    def ask(self, words: str) -> None:
        """Say something in the thread that has an answer of its own."""
        if self.card() is not None:
            said = self.person.mention(self.said.channel, words, thread=self.said)
            self.questions.append(said)

    def press(self, card: Seen, label: str) -> bool:
        """Press a button; on a dead bot the person sees a warning sign and tries again later."""
        try:
            self.person.click(card, label)
        except (NotAnswered, NotThere):
            return False
        return True


def _ended(card: Seen) -> str:
    """How a job ended, by its card; empty while it goes on."""
    title = card.text.split("\n", 1)[0]
    return next((end for end in ("done", "cancelled") if f": {end}" in title), "")


class People:
    """Begins errands and carries them on, until told that it is evening.

    `places` are services that some of them train at.
    """

    def __init__(self, town: Town, draw: random.Random, places: Sequence[str] = ()) -> None:
        self._places = places
        self._hears_late = isinstance(town, FakeSlack)
        self._draw = draw
        self.persons: list[Anyone] = [town.person(name) for name in ("ann", "bob", "eve")]
        self.errands: list[Errand] = []
        self.evening = False

    def step(self) -> None:
        for errand in self.errands:
            errand.step()
        if not self.evening:
            self._begin(TRAINING, TRAININGS_AT_ONCE)
            self._begin(CHEAP, CHEAP_AT_ONCE)
            if self._places:
                self._begin(("remote",), REMOTE_AT_ONCE)
            self._ask()

    @property
    def waiting(self) -> list[Errand]:
        return [one for one in self.errands if not one.at_rest]

    def _ask(self) -> None:
        """Now and then somebody wants to know how a job stands."""
        if self.waiting and self._draw.random() < LOOK_SECONDS / ASKED_EVERY_SECONDS:
            self._draw.choice(self.waiting).ask("status")

    def _begin(self, kinds: tuple[Kind, ...], at_once: int) -> None:
        if len([one for one in self.waiting if one.kind in kinds]) >= at_once:
            return
        kind, person = self._draw.choice(kinds), self._draw.choice(self.persons)
        channel = self._draw.choice(CHANNELS)
        words = VAGUE if kind in {"asked", "dropped"} else WORDS
        files = [] if words == VAGUE else [CUT_OFF if kind == "broken" else messages()]
        if kind == "remote":
            words += f". Train on {self._draw.choice(self._places)}, publish to the folder."

        def begin() -> Shown:
            return person.mention(channel, words, files=files)

        self.errands.append(Errand(kind, person, begin, self._hears_late))


@dataclass
class Killer:
    """Lets the bot live for a random while, again and again."""

    bot: Served
    kills: int
    draw: random.Random
    tell: Callable[[str], None]
    starts: list[float] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    error: BaseException | None = None
    over: bool = False

    def run(self) -> None:
        try:
            for number in range(1, self.kills + 1):
                long = number % LONG_EVERY == 0
                time.sleep(self.draw.uniform(*(LONG_LIFE if long else SHORT_LIFE)))
                self.moments.append(time.monotonic())
                self.bot.kill()
                began = time.monotonic()
                self.bot.start()
                self.starts.append(time.monotonic() - began)
                self.tell(f"kill {number}: ready again in {self.starts[-1]:.1f} s")
        except BaseException as error:  # noqa: BLE001 - told where the storm ends
            self.error = error
        self.over = True


def storm(
    folder: Path,
    environments: Path,
    *,
    platform: Literal["slack", "discord"],
    kills: int,
    seed: int,
    history: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Tally:
    """So many kills over people's jobs, then peace until every job has ended; what came of it.

    On Slack `history` is whether the bot has the scope with which it can look up what it sent.
    """
    scopes = LEAST_SCOPES | (HISTORY if history else frozenset())
    slack = FakeSlack(scopes=scopes, pauses=REDELIVERIES)
    with FakeDiscord() if platform == "discord" else slack as town:
        for channel in CHANNELS[2:]:
            town.add_channel(channel, channel.lower())
        people = People(town, random.Random(seed))  # noqa: S311 - a play, no key
        with Served(town, folder, environments, MLTRAINER_APPROVAL="always") as bot:
            killer = Killer(bot, kills, random.Random(seed + 1), tell)  # noqa: S311 - the same
            _carry_on(people, killer, tell)
            _wait_for_the_end(people, bot, tell)
            bot.stop()
        here = OnDiscord(town, killer.moments) if isinstance(town, FakeDiscord) else OnSlack(town)
        return count(here, people.errands, rows_of_file(bot.home), starts=killer.starts)


def _carry_on(people: People, killer: Killer, tell: Callable[[str], None]) -> None:
    """Everybody works while the killer is about."""
    thread = threading.Thread(target=killer.run, daemon=True)
    thread.start()
    while not killer.over:
        people.step()
        time.sleep(LOOK_SECONDS)
    people.evening = True
    if killer.error is not None:
        raise killer.error
    tell(f"peace: {len(people.waiting)} of {len(people.errands)} jobs are still under way")


def _wait_for_the_end(people: People, bot: Served, tell: Callable[[str], None]) -> None:
    """Until every job is over and every message out, or nobody can wait any longer."""
    end = time.monotonic() + END_SECONDS
    while time.monotonic() < end and (people.waiting or unsent(rows_of_file(bot.home))):
        people.step()
        time.sleep(LOOK_SECONDS)
    time.sleep(LATE_SECONDS)  # what is sent too often shows by now
    for errand in people.waiting:
        card = errand.card()
        tell(f"never over: {errand.kind} {card.text if card else 'without a card'}")
