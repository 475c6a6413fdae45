"""How a run at Kaggle came to its end, in the person's words."""

import re
from typing import TYPE_CHECKING

from adapters.kaggle.errors import Refused, meant, plain
from adapters.parcel.reading import Told
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.runtime import Ending, StepResult

if TYPE_CHECKING:
    from adapters.kaggle.kernels import Hours, Session

_VERIFY = "https://www.kaggle.com/settings"
_PHONE = re.compile(r"phone|verif|internet|accelerator|gpu", re.IGNORECASE)
_MEMORY = re.compile(r"memory", re.IGNORECASE)
_TIME = re.compile(r"time(?:d)?[ -]?(?:out|limit)|exceeded|too long|maximum.*time", re.IGNORECASE)
_TAIL = 20
_BAD = 400
_STOPPED = "CANCEL_ACKNOWLEDGED"


def page(handle: str) -> str:
    """Where a person looks at a run."""
    return f"https://www.kaggle.com/code/{handle}"


def not_taken(refused: Refused) -> MLTrainerError:
    """Why Kaggle did not take a kernel."""
    if refused.status != _BAD or not refused.said:
        return meant(refused, "runtime")
    cure = "Choose another place to train, or retry later."
    if _PHONE.search(refused.said):
        cure = f"GPU and internet need a verified phone number ({_VERIFY}); or train elsewhere."
    why = refused.said.rstrip(".")
    return PersonCanFix(f"Kaggle does not take the training: {why}.", cure, field="runtime")


def never_trained(session: "Session", told: Told) -> PersonCanFix | None:
    """What the person must know of a run whose steps never came to an end by themselves."""
    if session.status == _STOPPED:
        return PersonCanFix(
            "The training was stopped on Kaggle's page.",
            "Retry to train anew, or choose another place to train.",
            field="runtime",
        )
    if told.step == "environment":
        return PersonCanFix(
            f"Kaggle could not install the libraries of the training: {_last(session, told)}.",
            f"Its machines have internet once your phone number is verified ({_VERIFY}); then "
            "retry, or train elsewhere.",
            field="runtime",
        )
    if not told.step:
        return PersonCanFix(
            f"Kaggle could not run the training: {_last(session, told)}.",
            "Retry, or choose another place to train.",
            field="runtime",
        )
    return None


def result(session: "Session", told: Told, seconds: float) -> StepResult:
    """How the last step ended: as it said itself, else as Kaggle says of the whole session."""
    if told.result is not None and not told.result.ok:
        return told.result
    tail = (*told.lines[-_TAIL:], *((session.failure,) if session.failure else ()))
    return StepResult(_ending(session.failure), None, seconds, tail)


def too_few(hours: "Hours", seconds: float) -> PersonCanFix:
    """Less GPU time is left than the training may take."""
    left = hours.left.total_seconds() / 3600
    return PersonCanFix(
        f"Kaggle has {left:.1f} hours of GPU left for you {hours.until}; this training may take up "
        f"to {seconds / 3600:.1f}.",
        "Train without a GPU or somewhere else, or wait until then and retry.",
        field="runtime",
    )


def _last(session: "Session", told: Told) -> str:
    """What was said last, Kaggle's own word before that of the run."""
    said = (line for line in reversed(told.lines) if line.strip() and not line.startswith("{"))
    return (session.failure or plain(next(said, "no reason was given"))).rstrip(".")


def _ending(failure: str) -> Ending:
    if _MEMORY.search(failure):
        return "memory"
    return "timeout" if _TIME.search(failure) else "failed"
