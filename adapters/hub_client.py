"""The Hub asked for one person at a time, with nothing of anybody else.

What is sent is the token that was passed, or none: never the server's. Each call has an end, and
what goes wrong comes back in words of our own.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from adapters import hub_whose
from adapters.hub_library import Abandoned, Refused, Silent, abandoned, library, transport_error
from adapters.hub_refusals import KIND, TITLE, TOKENS, Topic, translated
from adapters.providers import VISIBLE
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")
CALL_SECONDS = 180.0
_DIGITS = 16
# Whatever goes wrong while a large file is sent, the library calls a RuntimeError.
_EXPECTED = (Refused, Silent, Abandoned, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class HubClient:
    """Asks the Hub at `endpoint` with one person's token; an empty one asks as nobody."""

    endpoint: str
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no token: the HTTP library would show it in an error."""
        if self.token and not VISIBLE.fullmatch(self.token):
            raise PersonCanFix(
                "Your Hugging Face token holds blanks or other signs that no token has.",
                f"Make a new one at {TOKENS} and connect it (`connect {KIND}`), then say “retry”.",
                field=KIND,
            )

    @classmethod
    def of(cls, endpoint: str, token: str | None) -> "HubClient":
        """For calls that need a token: without one the server's own could slip in."""
        if not token:
            raise Bug("The Hub is asked for somebody without a token.")
        return cls(endpoint, token)

    async def ask(
        self, work: Callable[["HfApi"], T], topic: Topic, *, within: float = CALL_SECONDS
    ) -> T:
        """What `work` makes of the library, in a thread; it is given up after `within` seconds.

        PersonCanFix and TryAgain say what went wrong. When the call is cancelled, the thread ends
        at its next request or block of data.
        """
        given_up = threading.Event()
        try:
            async with asyncio.timeout(within):
                return await asyncio.to_thread(self._call, work, topic, given_up)
        except TimeoutError:
            told = f"{TITLE} took longer than {within:.0f} seconds over {topic.what}."
            raise TryAgain(told, "It is tried again.") from None
        finally:
            given_up.set()

    def _call(self, work: Callable[["HfApi"], T], topic: Topic, given_up: threading.Event) -> T:
        abandoned.set(given_up)
        found = library()
        unsettled = getattr(found.errors, "RevisionResolutionError", OSError)  # of newer versions
        try:
            return work(found.HfApi(endpoint=self.endpoint, token=self.token or False))
        except MLTrainerError:
            raise
        except (*_EXPECTED, transport_error(), unsettled) as error:
            told = translated(error, topic, signed_in=bool(self.token))
        if isinstance(told, PersonCanFix) and told.field == KIND:
            hub_whose.forget(self.endpoint, self.token)
        raise told  # after the handler: not even as a cause does the library's error go on


def folder_of(home: Path, owner_key: str) -> Path:
    """One person's folder for what is under way from the Hub."""
    return home / "hub" / hashlib.sha256(owner_key.encode()).hexdigest()[:_DIGITS]
