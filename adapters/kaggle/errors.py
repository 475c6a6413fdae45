"""What Kaggle refuses, and what that means for the person; no text of a library is shown."""

import unicodedata
from datetime import timedelta
from http import HTTPStatus

from adapters.providers import seconds_of
from adapters.verdicts import Narrow, Slowed, Troubled
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain

TITLE = "Kaggle"
API, PAGES = "https://api.kaggle.com", "https://www.kaggle.com"
KEYS = "https://www.kaggle.com/settings/account"
_LONGEST = 200
_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class Refused(Exception):
    """An answer of Kaggle that is none: its status, and its reason in its own words."""

    def __init__(self, status: int, said: str = "", retry_after: str = "") -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.said = plain(said)
        self.after = seconds_of(retry_after)

    @property
    def is_gone(self) -> bool:
        """What is not there, and what is somebody else's, Kaggle answers alike."""
        return self.status in _GONE


def plain(text: str) -> str:
    """A text of the service on one line, without signs that nobody sees, and not too long."""
    seen = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[: 5 * _LONGEST])
    line = " ".join("".join(seen).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def meant(refused: Refused, field: str) -> MLTrainerError:
    """What a refusal means; `field` is what the person may choose otherwise."""
    match refused.status:
        case HTTPStatus.UNAUTHORIZED:
            return wrong_key()
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Slowed(
                "Kaggle asks to slow down.", "Try again in a minute.", after=refused.after
            )
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Troubled(
                f"Kaggle has trouble of its own ({status}).",
                "Try again in a few minutes.",
                after=refused.after,
            )
        case HTTPStatus.FORBIDDEN:
            return Narrow(
                f"Kaggle does not allow this to your key{_because(refused)}.",
                f"Make a key that may do everything at {KEYS}, or choose something else.",
                field=field,
            )
        case HTTPStatus.PAYMENT_REQUIRED:
            return PersonCanFix(
                f"Kaggle wants to be paid for this{_because(refused)}.",
                "Choose something else, or see to it on Kaggle's page, then retry.",
                field=field,
            )
    return PersonCanFix(
        f"Kaggle refused this (status {refused.status}){_because(refused)}.",
        "Retry, or choose something else.",
        field=field,
    )


def wrong_key() -> PersonCanFix:
    """The key is not, or no longer, one."""
    return PersonCanFix(
        "Kaggle does not accept your key.",
        f"Make a new one at {KEYS} and connect it (`connect kaggle`), then go on.",
        field="kaggle",
    )


def silent() -> TryAgain:
    """No answer in time."""
    return TryAgain("Kaggle does not answer in time.", "Try again in a minute.")


def away() -> TryAgain:
    """No connection, or one that broke off."""
    return TryAgain("Kaggle cannot be reached.", "Check the network, or try again in a minute.")


def odd() -> TryAgain:
    """An answer that makes no sense."""
    return TryAgain("Kaggle answered something unexpected.", "Try again in a few minutes.")


def waiting(what: str, seconds: float) -> TryAgain:
    """Something of Kaggle's is not ready yet."""
    return TryAgain(what, "It is looked at again.", after=timedelta(seconds=seconds))


def _because(refused: Refused) -> str:
    return f": {refused.said.rstrip('.')}" if refused.said else ""
