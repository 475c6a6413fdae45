"""The Hub's own library, set up once for a bot that serves many people.

No telemetry, nobody's token, an end to each wait. Waiting and trying again is left to us: the
library would wait as long as a header says, in a thread that nobody can end.
"""

import importlib
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from types import ModuleType
from typing import Any

from adapters.providers import seconds_of

SECONDS: float = 30.0  # until something comes; sending may take four times as long
_CONNECT_SECONDS = 15.0
_SENDING = {"POST", "PUT"}
_TOO_MANY, _SERVER = 429, 500
_RESET = re.compile(r"(?:^|;)\s*t=(\d{1,6})")
_MOST_SECONDS = 3600


class Refused(Exception):
    """The Hub has no time or is broken. Raised at once: the library would wait, for hours even."""

    def __init__(self, status: int, after: timedelta | None) -> None:
        super().__init__(status)
        self.status = status
        self.after = after


class Silent(Exception):
    """Nothing came; `why` is our word. The library's own error may hold what was sent."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Abandoned(Exception):
    """Nobody waits for this any more."""


abandoned: ContextVar[threading.Event | None] = ContextVar("abandoned", default=None)


@cache
def library() -> ModuleType:
    """The library; the first call imports it."""
    found = importlib.import_module("huggingface_hub")
    importlib.import_module("huggingface_hub.errors")
    constants: Any = importlib.import_module("huggingface_hub.constants")
    utils = importlib.import_module("huggingface_hub.utils")
    constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = True
    constants.HF_HUB_DISABLE_TELEMETRY = True
    # Xet's transfers are not made by the client below: no end, no limit and no proxy would hold.
    constants.HF_HUB_DISABLE_XET = True
    utils.disable_progress_bars()
    utils.logging.set_verbosity_error()
    patient = _patient(_client_module(found))
    utils.set_client_factory(lambda: patient(follow_redirects=True))
    return found


def transport_error() -> type[Exception]:
    """The error of the HTTP library beneath for a body that breaks off."""
    found: type[Exception] = _client_module(library()).TransportError
    return found


def client_id() -> str:
    """The name under which the library logs people in with a link; empty for one that does not."""
    constants = importlib.import_module("huggingface_hub.constants")
    return str(getattr(constants, "DEVICE_CODE_OAUTH_CLIENT_ID", ""))


def _client_module(found: ModuleType) -> ModuleType:
    """The HTTP library beneath: one of two, by the Hub library's version."""
    above = found.errors.HfHubHTTPError.__mro__[1]
    return sys.modules[above.__module__.partition(".")[0]]


def _patient(module: Any) -> Any:  # noqa: ANN401  (a module and a class of it)
    """A client with an end to each wait, that leaves waiting and trying again to us."""

    class Patient(module.Client):  # type: ignore[misc]  # whichever library it is
        def build_request(self, method: str, url: Any, **more: Any) -> Any:  # noqa: ANN401  (as below)
            """The library passes open files in a way that its own client warns of."""
            if not isinstance(more.get("data"), Mapping | None):
                more["content"] = more.pop("data")
            return super().build_request(method, url, **more)

        def send(self, request: Any, **more: Any) -> Any:  # noqa: ANN401  (the library's)
            _go_on()
            request.extensions["timeout"] = _waits(request.method)
            response = _answered(module, super().send, request, more)
            _check(response)
            if more.get("stream"):
                response.stream = Watched(response.stream)
            return response

    class Watched(module.SyncByteStream):  # type: ignore[misc]  # as above
        """A body that ends when nobody waits for it."""

        def __init__(self, inner: Any) -> None:  # noqa: ANN401  (the library's)
            self._inner = inner

        def __iter__(self) -> Iterator[bytes]:
            for block in self._inner:
                _go_on()
                yield block

        def close(self) -> None:
            self._inner.close()

    return Patient


def _waits(method: str) -> dict[str, float]:
    """Seconds for each kind of waiting."""
    seconds = SECONDS * (4 if method in _SENDING else 1)
    waits = dict.fromkeys(("read", "write", "pool"), seconds)
    return {**waits, "connect": min(SECONDS, _CONNECT_SECONDS)}


def _answered(module: Any, send: Any, request: Any, more: Mapping[str, Any]) -> Any:  # noqa: ANN401  (the library's)
    try:
        return send(request, **more)
    except module.TimeoutException:
        raise Silent("did not answer in time") from None
    except module.TransportError as error:
        raise Silent(_why(module, error)) from None


def _check(response: Any) -> None:  # noqa: ANN401  (as above)
    status = response.status_code
    if status == _TOO_MANY or status >= _SERVER:
        response.close()
        raise Refused(status, _pause(response.headers))


def _go_on() -> None:
    given_up = abandoned.get()
    if given_up is not None and given_up.is_set():
        raise Abandoned


def _why(module: Any, error: Exception) -> str:  # noqa: ANN401  (a module)
    if isinstance(error, module.ConnectError):
        return "cannot be reached"
    if isinstance(error, module.LocalProtocolError):
        return "could not be asked with this token"
    return "broke the connection off"


def _pause(headers: Any) -> timedelta | None:  # noqa: ANN401  (the library's)
    """How long the Hub asks to be left alone."""
    told = seconds_of(headers.get("retry-after", ""))
    reset = _RESET.search(headers.get("ratelimit", ""))
    return told or (timedelta(seconds=min(int(reset[1]), _MOST_SECONDS)) if reset else None)
