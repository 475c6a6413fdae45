"""Every error of the library and the providers, as one of ours.

Their own words are never passed on: they repeat keys and questions.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from adapters.llm.line import Seen
from adapters.providers import Provider, seconds_of
from pipeline.errors import MLTrainerError, TryAgain
from pipeline.ports.model import ModelRefused, Whose


class Cause(StrEnum):
    """Why a call did not bring an answer."""

    KEY = "key"
    CREDIT = "credit"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    LONG = "long"
    WILL_NOT = "will_not"
    REQUEST = "request"
    LARGE = "large"
    SLOW_DOWN = "slow_down"
    LATE = "late"
    LOST = "lost"
    TROUBLE = "trouble"
    UNREADABLE = "unreadable"


# Every class of litellm.exceptions, its own name or that of a class above it.
BY_CLASS: Mapping[str, Cause] = MappingProxyType(
    {
        "AuthenticationError": Cause.KEY,
        "PaymentRequiredError": Cause.CREDIT,
        "PermissionDeniedError": Cause.FORBIDDEN,
        "NotFoundError": Cause.UNKNOWN,
        "LiteLLMUnknownProvider": Cause.UNKNOWN,
        "ModelNotMappedError": Cause.UNKNOWN,
        "ContextWindowExceededError": Cause.LONG,
        "ContentPolicyViolationError": Cause.WILL_NOT,
        "RejectedRequestError": Cause.WILL_NOT,
        "GuardrailRaisedException": Cause.WILL_NOT,
        "BlockedPiiEntityError": Cause.WILL_NOT,
        "ModifyResponseException": Cause.WILL_NOT,
        "SensitiveDataRouteException": Cause.WILL_NOT,
        "BudgetExceededError": Cause.CREDIT,
        "BadRequestError": Cause.REQUEST,
        "InvalidRequestError": Cause.REQUEST,
        "UnprocessableEntityError": Cause.REQUEST,
        "RateLimitError": Cause.SLOW_DOWN,
        "Timeout": Cause.LATE,
        "APIConnectionError": Cause.LOST,
        "InternalServerError": Cause.TROUBLE,
        "ServiceUnavailableError": Cause.TROUBLE,
        "BadGatewayError": Cause.TROUBLE,
        "MidStreamFallbackError": Cause.TROUBLE,
        "APIResponseValidationError": Cause.UNREADABLE,
        "APIError": Cause.TROUBLE,
        "OpenAIError": Cause.UNREADABLE,
    }
)
# The library has looked into the body for these, whatever the status was.
_BY_BODY = frozenset((Cause.KEY, Cause.CREDIT, Cause.LONG, Cause.WILL_NOT))
_BY_STATUS: Mapping[int, Cause] = MappingProxyType(
    {
        401: Cause.KEY,
        402: Cause.CREDIT,
        403: Cause.FORBIDDEN,
        404: Cause.UNKNOWN,
        408: Cause.LATE,
        413: Cause.LONG,
        429: Cause.SLOW_DOWN,
    }
)
_WAIT = "It is asked again later."
_ALLOW = "Allow it at {page}, or use another key."
_RULES = "The job goes on all the same."
_SAYS: Mapping[Cause, tuple[str, str]] = MappingProxyType(
    {
        Cause.KEY: ("{title} does not accept the key.", ""),
        Cause.CREDIT: (
            "{title} says that this account has no credit left.",
            "Add credit to it, or connect another provider.",
        ),
        Cause.FORBIDDEN: ("{title} does not let this key use {model}.", _ALLOW),
        Cause.UNKNOWN: ("{title} has no model {model} for this key.", _ALLOW),
        Cause.LONG: ("The question is longer than {model} takes.", _RULES),
        Cause.WILL_NOT: ("{model} will not answer this question.", _RULES),
        Cause.REQUEST: ("{title} does not take the question as it is{status}.", _RULES),
        Cause.LARGE: ("The answer of {model} is too large to be one.", _RULES),
        Cause.SLOW_DOWN: ("{title} asks to slow down.", _WAIT),
        Cause.LATE: ("{title} did not answer in time.", _WAIT),
        Cause.LOST: ("{title} is out of reach.", "Check this machine's connection. " + _WAIT),
        Cause.TROUBLE: ("{title} has trouble of its own{status}.", _WAIT),
        Cause.UNREADABLE: ("{title} answered something that is no reply.", _WAIT),
    }
)
_PASSES = frozenset((Cause.SLOW_DOWN, Cause.LATE, Cause.LOST, Cause.TROUBLE, Cause.UNREADABLE))
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing_hard_limit", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context_length|context window|prompt is too long|token count.{0,40}exceeds|reduce the length",
    re.IGNORECASE,
)
_SERVER_ERRORS = 500
_BAD_REQUESTS = 400


def cause_of(error: BaseException, seen: Seen) -> Cause:
    """What the line saw counts for more than the class, which providers differ in."""
    if seen.too_large:
        return Cause.LARGE
    if seen.late or isinstance(error, TimeoutError):
        return Cause.LATE
    if seen.lost:
        return Cause.LOST
    by_class = _by_class(error)
    if seen.status >= _BAD_REQUESTS:
        return _by_status(by_class, seen)
    if seen.status:
        return by_class if by_class in _BY_BODY else Cause.UNREADABLE
    return by_class


def _by_class(error: BaseException) -> Cause:
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((BY_CLASS[name] for name in names if name in BY_CLASS), Cause.UNREADABLE)


def _by_status(by_class: Cause, seen: Seen) -> Cause:
    if _NO_CREDIT.search(seen.told):
        return Cause.CREDIT
    if by_class in _BY_BODY:
        return by_class
    if seen.status in _BY_STATUS:
        return _BY_STATUS[seen.status]
    if seen.status >= _SERVER_ERRORS:
        return Cause.TROUBLE
    return Cause.LONG if _TOO_LONG.search(seen.told) else Cause.REQUEST


def translate(
    error: BaseException, seen: Seen, provider: Provider, model: str, whose: Whose
) -> MLTrainerError:
    """TryAgain or ModelRefused, with the cause and its cure."""
    cause = cause_of(error, seen)
    status = f" ({seen.status})" if seen.status >= _BAD_REQUESTS else ""
    says, cure = _SAYS[cause]
    told = says.format(title=provider.title, model=model, status=status)
    hint = cure.format(page=provider.page)
    if cause is Cause.KEY:
        hint = renew(provider, whose)
    if cause in _PASSES:
        return TryAgain(told, hint, after=pause(seen) if cause is Cause.SLOW_DOWN else None)
    return ModelRefused(told, hint)


def refused(model: str) -> ModelRefused:
    """The model itself will not."""
    says, cure = _SAYS[Cause.WILL_NOT]
    return ModelRefused(says.format(model=model), cure)


def renew(provider: Provider, whose: Whose) -> str:
    """What to do about a key that is no good."""
    if whose == "person":
        return f"Say “connect {provider.kind}” to give a new one."
    return f"Correct {provider.variable}."


def pause(seen: Seen) -> timedelta | None:
    """How long a provider asks to wait, in a header or, as Gemini does, in the body."""
    found = re.search(r'"retryDelay":\s*"([0-9.]{1,12})s"', seen.told)
    return seconds_of(seen.retry_after) or seconds_of(found[1] if found else "")
