"""What goes wrong with the Hub, in words of our own: its library's errors can hold tokens."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.hub_library import Abandoned, Refused, Silent
from pipeline.errors import Bug, MLTrainerError, NoRoom, PersonCanFix, TryAgain

KIND = "huggingface"
TITLE = "Hugging Face"
TOKENS = "https://huggingface.co/settings/tokens/new?tokenType=write"
_TOO_MANY = 429
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a call is about, for its messages: `what` ("the model ann/spam"), `page`, `field`."""

    what: str
    page: str = TOKENS
    field: str = "retry"


def translated(error: BaseException, topic: Topic, *, signed_in: bool) -> MLTrainerError:
    """What an error means for the person: the first of its causes that tells something counts."""
    told = (_meant(cause, topic, signed_in=signed_in) for cause in _causes(error))
    found = next((one for one in told if one is not None), None)
    if found is not None:
        return found
    match error:
        case RuntimeError():
            return Bug(f"The Hub's library failed over {topic.what}.")
        case ValueError():
            return TryAgain(f"{TITLE} does not answer properly.", "It is tried again.")
        case _:
            return _silent("broke the connection off")


def _meant(cause: BaseException, topic: Topic, *, signed_in: bool) -> MLTrainerError | None:
    response = getattr(cause, "response", None)
    if response is not None:
        return _of_answer(type(cause).__name__, response, topic, signed_in=signed_in)
    match cause:
        case Silent():
            return _silent(cause.why)
        case Refused():
            return _busy(cause)
        case Abandoned():
            return TryAgain("Nobody waited for it any more.", "It is tried again.")
        case OSError(errno=number) if number in _FULL:
            return NoRoom("The disk is full.", "Free some space, then go on.")
    return _misnamed(topic) if type(cause).__name__ == "HFValidationError" else None


def _misnamed(topic: Topic) -> PersonCanFix:
    return PersonCanFix(
        f"{_big(topic.what)} has no name that {TITLE} takes.",
        "A name has letters, digits, `-`, `_` and `.`, 96 at most, and one `/` after the owner.",
        field=topic.field,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _silent(why: str) -> TryAgain:
    return TryAgain(f"{TITLE} {why}.", "It is tried again; what is there already is kept.")


def _busy(refused: Refused) -> TryAgain:
    if refused.status == _TOO_MANY:
        return TryAgain(f"{TITLE} asks to slow down.", "It is tried again.", after=refused.after)
    told = f"{TITLE} has trouble of its own ({refused.status})."
    return TryAgain(told, "It is tried again.", after=refused.after)


def _of_answer(name: str, response: Any, topic: Topic, *, signed_in: bool) -> MLTrainerError:  # noqa: ANN401  (the library's)
    """What a refusal means, by the library's name for it, else by its status."""
    what, page = topic.what, topic.page
    match name:
        case "GatedRepoError":
            first = "" if signed_in else f"connect your account (`connect {KIND}`) and "
            return PersonCanFix(
                f"{_big(what)} is given only to those who agree to its terms.",
                f"To get it, {first}agree at {page}, then go on.",
                field=topic.field,
            )
        case "DisabledRepoError":
            return PersonCanFix(
                f"{TITLE} has taken {what} away.", "Take another one.", field=topic.field
            )
        case "RevisionNotFoundError" | "RemoteEntryNotFoundError" | "EntryNotFoundError":
            return PersonCanFix(
                f"{_big(what)} has no such version or file.",
                f"Look at {page} for what there is.",
                field=topic.field,
            )
        case "RepositoryNotFoundError":
            return _missing(topic, signed_in=signed_in)
        case _:
            return _of_status(response.status_code, topic, signed_in=signed_in)


def _missing(topic: Topic, *, signed_in: bool) -> PersonCanFix:
    seen = "your account may not see it" if signed_in else "not everybody may see it"
    cure = "" if signed_in else f" If it is private, connect your account (`connect {KIND}`)."
    return PersonCanFix(
        f"{_big(topic.what)} is not on {TITLE}, or {seen}.",
        f"Check the name at {topic.page}.{cure}",
        field=topic.field,
    )


def _of_status(status: int, topic: Topic, *, signed_in: bool) -> MLTrainerError:
    match status:
        case 401 if signed_in:
            return PersonCanFix(
                f"{TITLE} does not accept your token any more.",
                f"Make a new one at {TOKENS} and connect it (`connect {KIND}`), then say “retry”.",
                field=KIND,
            )
        case 403 if signed_in:
            return PersonCanFix(
                f"Your {TITLE} token has too few rights for {topic.what}.",
                f"Make one that may read and write there at {TOKENS} and connect it "
                f"(`connect {KIND}`), then say “retry”.",
                field=KIND,
            )
        case 401 | 403 | 404:
            return _missing(topic, signed_in=signed_in)
        case 402:
            return PersonCanFix(
                f"{TITLE} wants to be paid for {topic.what}.",
                "Look at https://huggingface.co/settings/billing, or choose something smaller.",
                field=topic.field,
            )
        case 409 | 412:
            told = f"Something else is changing {topic.what} at {TITLE} just now."
            return TryAgain(told, "It is tried again.")
        case _:
            return PersonCanFix(
                f"{TITLE} refused {topic.what} (status {status}).",
                f"Look at {topic.page}, then go on.",
                field=topic.field,
            )


def _big(text: str) -> str:
    return text[:1].upper() + text[1:]
