"""The chat port: what a platform brings in, and what we send back. Knows no platform."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from pipeline.errors import MLTrainerError, TryAgain
from pipeline.jobs import Actor, Frozen, Place
from pipeline.ports.card import (
    Action,
    Card,
    Field,
    Form,
    Picture,
    Row,
    StageLine,
    StageState,
    Tone,
)

__all__ = ["Action", "Card", "Field", "Form", "Picture", "Row", "StageLine", "StageState", "Tone"]


class Ref(Frozen):
    """A message that was sent."""

    place: Place
    id: str


class Attachment(Frozen):
    """A file that lies at the platform: `id` is how the platform finds it, `size` in bytes.

    `url` is where it lay when it was sent, which opens for the bot alone.
    """

    id: str
    name: str
    size: int = 0
    url: str = ""


class Mention(Frozen):
    """Somebody spoke to the bot, perhaps with files of this machine or of the platform.

    Not `addressed`: a reply in a thread that names nobody. It counts only where the thread is a
    job's. `message` is how the platform finds it again. `edited`: an older message that was
    changed; it is searched for keys and not understood once more.
    """

    key: str
    actor: Actor
    place: Place
    text: str
    files: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    addressed: bool = True
    message: str = ""
    edited: bool = False


class Click(Frozen):
    """Somebody pressed a button.

    Not `confirmed`: it was made with a question, which the platform cannot ask by itself. The
    question is then the reply, and nothing else happens.
    """

    key: str
    actor: Actor
    place: Place
    action: str
    argument: str = ""
    confirmed: bool = True


class Command(Frozen):
    """Somebody typed a slash command."""

    key: str
    actor: Actor
    place: Place
    name: str
    arguments: str = ""


class Submit(Frozen):
    """Somebody sent a form."""

    key: str
    actor: Actor
    place: Place
    form: str
    state: str
    values: Mapping[str, str | bool] = {}
    attachments: tuple[Attachment, ...] = ()

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Leave the values out of every log and traceback: a field may hold a secret."""
        return [("key", self.key), ("form", self.form), ("actor", self.actor)]


class Suggest(Frozen):
    """Somebody is typing the job that a slash command is about; `typed` is how far they are."""

    key: str
    actor: Actor
    place: Place
    command: str
    typed: str = ""


Inbound = Mention | Click | Command | Submit | Suggest


class Ok(Frozen):
    """Understood; what follows appears in the thread."""


class AskForm(Frozen):
    """Show this form."""

    form: Form


class FormErrors(Frozen):
    """Show the form again with its errors, and with what stands in its fields now."""

    form: Form


class Whisper(Frozen):
    """Answer this person alone."""

    card: Card


class Choice(Frozen):
    """What may be chosen: `label` is read, `value` is what stands for it."""

    value: str
    label: str


class Choices(Frozen):
    """What fits so far, at most 25, the likeliest first."""

    choices: tuple[Choice, ...] = ()


Reply = Ok | AskForm | FormErrors | Whisper | Choices
Decide = Callable[[Inbound], Awaitable[Reply]]


class Gone(MLTrainerError):
    """The place cannot be reached any more (left, archived, deleted); nothing is sent there."""


class Unsure(TryAgain):
    """The answer was lost on its way: what we sent may have arrived. It is looked up first."""


class Manners(Frozen):
    """How fast a platform takes what we send.

    Seconds between two new messages of a channel, or of a thread where `by_thread`; seconds between
    two edits of a card; edits of a space in any minute, None where only the platform counts.
    `one_listener`: each connection is told everything, so that one process alone may listen.
    """

    post_seconds: float = 1.0
    edit_seconds: float = 5.0
    edits_a_minute: int | None = 40
    by_thread: bool = False
    one_listener: bool = False


class Chat(Protocol):
    """A platform. `name` is the adapter's file name.

    A call raises TryAgain (certainly not sent; with `after` where the platform says so), Unsure,
    Gone, PersonCanFix or Bug.
    """

    name: str

    async def start(self, decide: Decide) -> None:
        """Begin to listen; each inbound event is answered by `decide`.

        TryAgain while the platform is away: it is called again until it succeeds.
        A Mention is taken only once `decide` has returned: an error makes the platform send it
        again.
        """
        ...

    async def open_thread(self, place: Place, title: str, key: str) -> Place:
        """The thread of a job, made where there is none yet; `key` makes a repeat recognisable.

        A place that names a thread is that thread, which may have to be begun. A place that can
        have no threads, as direct messages may be, is returned as it is.
        """
        ...

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        """Send a card; `key` makes a repeat recognisable. `notify` alone is told of it."""
        ...

    async def edit(self, ref: Ref, card: Card) -> Ref:
        """Change a card in place, which tells nobody; a new reference when the old one is gone."""
        ...

    async def stop(self) -> None:
        """Stop listening."""
        ...


class ThreadedChat(Chat, Protocol):
    """A platform of many people, where threads, private answers and files exist.

    `finds` says whether `find` can look (it may need a scope that was not granted); `repeats`,
    whether a post under a key that is known stays one message.
    """

    finds: bool
    repeats: bool
    manners: Manners

    @property
    def connected(self) -> bool:
        """Whether it can bring us anything now."""
        ...

    async def whisper(self, actor: Actor, place: Place, card: Card) -> None:
        """Answer one person alone, in the place where they look, or else directly."""
        ...

    async def direct(self, actor: Actor) -> Place:
        """Where a person reads what only they may read; Gone when they cannot be written to."""
        ...

    async def redact(self, place: Place, message: str) -> bool:
        """Delete somebody's message with a key in it; False where only they themselves can."""
        ...

    async def find(self, place: Place, key: str) -> Ref | None:
        """The message that was posted under `key`, when a crash left that unknown."""
        ...

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        """Fetch a file of at most `largest` bytes under a safe name; PersonCanFix when it is not.

        Nothing is left behind when it fails.
        """
        ...

    async def link(self, place: Place) -> str:
        """The address of a thread; empty where there is none."""
        ...

    async def close(self) -> None:
        """Let go of every connection, after the last post."""
        ...
