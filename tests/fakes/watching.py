"""What people see on every fake chat, and wait to see."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from tests.fakes import people

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it. `text` is everything that can be read on it, buttons too."""

    channel: str
    ts: str
    thread: str
    by: str
    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False)

    @property
    def root(self) -> str:
        """The thread it stands in, or would begin."""
        return self.thread or self.ts

    def __contains__(self, words: str) -> bool:
        return words in self.text


@dataclass(frozen=True)
class SeenView:
    """A form, or a page of the bot's, as a person sees it; `fields` are the labels of inputs."""

    id: str
    title: str
    text: str
    fields: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False)

    def __contains__(self, words: str) -> bool:
        return words in self.text


Thread = Seen | tuple[str, str]
SeenT = TypeVar("SeenT", bound=Seen)


class Named(Protocol):
    """Somebody's account."""

    @property
    def name(self) -> str: ...


class Watcher(ABC, Generic[SeenT]):
    """Somebody at the client of a chat, with their hands in their lap."""

    @abstractmethod
    def whispers(self) -> list[SeenT]:
        """What only this person sees."""

    @abstractmethod
    def modal(self) -> SeenView | None:
        """The open form."""

    @property
    @abstractmethod
    def _account(self) -> Named: ...

    @abstractmethod
    def _visible(self, thread: Thread | None) -> list[SeenT]:
        """The bot's messages and whispers that this person can see, oldest first."""

    def wait_for(self, words: str, timeout: float = 30.0, thread: Thread | None = None) -> SeenT:
        """The newest message or whisper of the bot with these words, once there is one."""

        def find() -> SeenT | None:
            return newest(self._visible(thread), words)

        return self.wait_until(find, f"“{words}”", timeout)

    def wait_for_whisper(self, words: str, timeout: float = 30.0) -> SeenT:
        """The newest of what only this person can read, once it has these words."""

        def find() -> SeenT | None:
            return newest(self._told_alone(), words)

        return self.wait_until(find, f"a whisper “{words}”", timeout)

    def wait_for_modal(self, words: str = "", timeout: float = 30.0) -> SeenView:
        """The open form, once it has these words."""

        def find() -> SeenView | None:
            modal = self.modal()
            return modal if modal and words in modal else None

        return self.wait_until(find, f"a form “{words}”", timeout)

    def wait_until(self, find: Callable[[], T | None], what: str, timeout: float = 30.0) -> T:
        """What `find` finds, once it does; fails with everything that is to be seen."""
        return people.wait_until(find, f"{what}, as {self._account.name}", timeout, self.everything)

    def everything(self) -> str:
        """All that this person can see, for the message of a failing test."""
        modal = self.modal()
        parts = [f"{one.channel} {one.thread} {one.by}: {one.text}" for one in self._visible(None)]
        return "\n---\n".join([*parts, f"form: {modal.text}" if modal else "no form"])

    def _told_alone(self) -> list[SeenT]:
        """What only this person can read, oldest first."""
        return self.whispers()


def newest(shown: list[SeenT], words: str) -> SeenT | None:
    """The last message with these words."""
    return next((one for one in reversed(shown) if words in one), None)


def place_of(thread: Thread) -> tuple[str, str]:
    """Channel and root of a thread."""
    return (thread.channel, thread.root) if isinstance(thread, Seen) else thread
