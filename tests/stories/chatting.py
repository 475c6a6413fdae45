"""What the chat stories share: data that is learned in seconds, and how people look at a thread."""

import random
from typing import TypeVar

from tests.fakes.people import Upload
from tests.stories.somebody import Seen, Somebody

WORDS = "tell claims from chat in these messages"
S = TypeVar("S", bound=Seen)
BOT = "mltrainer"
JOB_SECONDS = 300.0
ASK_SECONDS = 90.0


def messages() -> Upload:
    """150 short messages of two kinds, easy to tell apart."""
    wins = [f"claim,you won prize number {n} call now and claim cash {n * 7}" for n in range(60)]
    chat = [f"chat,see you at {n % 12} near the station my friend {n}" for n in range(90)]
    return Upload("messages.csv", "\n".join(["label,message", *wins, *chat, ""]).encode())


def numbers(rows: int = 6000) -> Upload:
    """A table that is learned from for as long as there is time."""
    drawn = random.Random(5)  # noqa: S311 - rows, not keys
    names = [f"x{place}" for place in range(12)]
    lines = [",".join([*names, "y"])]
    for _ in range(rows):
        values = [drawn.gauss(0, 1) for _ in names]
        y = sum(values[:4]) + values[4] * values[5] + drawn.gauss(0, 1)
        lines.append(",".join(f"{value:.4f}" for value in [*values, y]))
    return Upload("numbers.csv", "\n".join([*lines, ""]).encode())


def card_of(person: Somebody[S], said: Seen) -> S:
    """The job's card: the bot's first message in the thread."""

    def find() -> S | None:
        found = [one for one in person.thread(said) if one is not said and one.ts != said.ts]
        return next((one for one in found if one.by == BOT), None)

    return person.wait_until(find, "a card in the thread", ASK_SECONDS)


def wait_for_card(person: Somebody[S], said: Seen, words: str, seconds: float = JOB_SECONDS) -> S:
    """The card once these words stand on it."""
    card = card_of(person, said)

    def find() -> S | None:
        now = person.look(card)
        return now if words in now else None

    return person.wait_until(find, f"“{words}” on the card", seconds)


def wait_for_button(person: Somebody[S], said: Seen, label: str) -> S:
    """The card once this button stands on it."""

    def find() -> S | None:
        now = card_of(person, said)
        return now if label in now.buttons else None

    return person.wait_until(find, f"[{label}] on the card", ASK_SECONDS)


def job_id_of(card: Seen) -> str:
    """The job's id as the card shows it."""
    return next(
        word.strip(".,:·*") for word in card.text.split() if word.strip("*").startswith("j-")
    )


def replies(person: Somebody[Seen], said: Seen) -> list[str]:
    """Everything in the thread but its root, as text."""
    return [one.text for one in person.thread(said)[1:]]
