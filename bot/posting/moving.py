"""Where a thread is gone, what a job says goes to its owner, who is told why it stands there."""

from bot import phrases
from pipeline.ports.chat import Card, Gone, Ref, ThreadedChat
from pipeline.ports.post import Letter


def as_shown(letter: Letter) -> Card:
    """The card of a letter; one that changes a message with the owner stays told apart."""
    moved = letter.edits is not None and letter.edits.place.key != letter.place.key
    return _moved(letter) if moved else letter.card


async def to_owner(chat: ThreadedChat, letter: Letter, gone: Gone) -> Ref:
    """Post a letter where its owner reads; `gone` again where that is the very same place."""
    if letter.owner is None:
        raise gone
    place = await chat.direct(letter.owner)
    if place.key == (letter.edits.place if letter.edits is not None else letter.place).key:
        raise gone
    return await chat.post(place, _moved(letter), letter.key, letter.notify)


def _moved(letter: Letter) -> Card:
    card = letter.card
    if letter.kind != "card":
        return card.model_copy(update={"title": phrases.about(letter.job_id, card.title)})
    body = f"{phrases.moved(letter.job_id)}\n{card.body}".strip()
    return card.model_copy(update={"body": body})
