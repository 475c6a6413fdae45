"""Who a story is about: what people see and do, whichever platform they are on.

The fakes of the chat platforms and the person at a terminal are such people without knowing it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
S_co = TypeVar("S_co", bound="Seen", covariant=True)
Shown = Any  # a message, form or file of the same platform: each has its own kind


class Seen(Protocol):
    """A message as a person sees it. `text` is everything that can be read on it, buttons too."""

    @property
    def channel(self) -> str:
        """Where it stands."""
        ...

    @property
    def ts(self) -> str:
        """What the platform calls it."""
        ...

    @property
    def thread(self) -> str:
        """The thread it stands in; empty outside of one."""
        ...

    @property
    def by(self) -> str:
        """Who wrote it."""
        ...

    @property
    def text(self) -> str:
        """Its words, buttons and alt texts."""
        ...

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of its buttons."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files."""
        ...

    def __contains__(self, words: str) -> bool:
        """Whether these words stand on it."""
        ...


class SeenView(Protocol):
    """A form as a person sees it; `fields` are the labels of its inputs."""

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The labels of its fields."""
        ...


class Somebody(Protocol[S_co]):
    """A person at their client. `asked` are the dialogs that asked them once more."""

    id: str
    asked: list[str]

    def mention(
        self, channel: str, text: str, thread: Shown = None, files: Sequence[Shown] = ()
    ) -> S_co:
        """Speak to the bot, in a channel or in a thread."""
        ...

    def dm(self, text: str, files: Sequence[Shown] = ()) -> S_co:
        """Speak to the bot alone."""
        ...

    def edit(self, message: Shown, text: str) -> None:
        """Change what one wrote."""
        ...

    def click(self, where: Shown, label: str, *, confirm: bool = True) -> None:
        """Press a button by its label; a question whether it is meant is answered by `confirm`."""
        ...

    def command(self, name: str, text: str = "", where: Shown = "C1", /) -> None:
        """Type a slash command in a channel, or in a thread where that can be."""
        ...

    def fill(self, view: Shown, values: Mapping[str, Shown]) -> dict[str, str]:
        """Fill a form by its labels and send it; inline errors by label, where there are some."""
        ...

    def dismiss(self, view: Shown) -> None:
        """Close a form without sending it."""
        ...

    def thread(self, channel: Shown, /) -> Sequence[S_co]:
        """The messages of a thread, its root first."""
        ...

    def dms(self) -> Sequence[S_co]:
        """What one and the bot wrote each other alone."""
        ...

    def look(self, message: Shown) -> S_co:
        """The same message as it is now."""
        ...

    def whispers(self) -> Sequence[S_co]:
        """What only this person sees."""
        ...

    def pings(self) -> Sequence[S_co]:
        """The bot's messages that notified this person."""
        ...

    def modal(self) -> SeenView | None:
        """The uppermost open form."""
        ...

    def wait_for(self, words: str, timeout: float = 30.0, thread: Shown = None) -> S_co:
        """The newest message of the bot with these words, once there is one."""
        ...

    def wait_for_whisper(self, words: str, timeout: float = 30.0) -> S_co:
        """The newest whisper with these words, once there is one."""
        ...

    def wait_for_modal(self, words: str = "", timeout: float = 30.0) -> SeenView:
        """A form with these words, once it is open."""
        ...

    def wait_until(self, find: Callable[[], T | None], what: str, timeout: float = 30.0) -> T:
        """What `find` finds, once it does; fails with everything that is to be seen."""
        ...

    def everything(self) -> str:
        """All that this person can see."""
        ...


Anyone = Somebody[Shown]
