"""The connection to Kaggle: its own library, with the credentials that were given and no others.

The library takes what is missing from the server's environment and files, and waits without end;
here it does neither.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from kagglesdk.kaggle_env import KaggleEnv
from kagglesdk.kaggle_http_client import KaggleHttpClient
from requests.adapters import HTTPAdapter

from adapters.kaggle import errors
from adapters.kaggle.errors import Refused
from adapters.proxies import proxy

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_TOKEN = "KGAT_"  # noqa: S105  (how a token begins)
_FAILING = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited: for a connection, for each part of an answer; `quiet` on a live log.

    A look at a live log takes at most `listen`, a whole file `transfer`; `pause` lies between
    tries. All in seconds.
    """

    connect: float = 15
    answer: float = 30
    quiet: float = 2
    listen: float = 10
    transfer: float = 3600
    pause: float = 1


class Line:
    """One person's connection, for one piece of work; `stop` is set when nobody waits for it."""

    def __init__(
        self, endpoint: str, values: Mapping[str, str] | None, patience: Patience, stop: Event
    ) -> None:
        self.patience = patience
        self.stop = stop
        self.endpoint = endpoint.rstrip("/")
        self.http = _Client(self.endpoint, _credentials(values), patience)

    def ask(self, method: Callable[[Any], T], request: Any, **fields: object) -> T:  # noqa: ANN401  (the library has no types)
        """One call of the library: a request of its own with these fields set."""
        for name, value in fields.items():
            setattr(request, name, value)
        with told():
            return method(request)

    @contextmanager
    def get(self, url: str, **how: Any) -> Iterator[requests.Response]:
        """Open an address of Kaggle's with the person's key; Refused for a failing status."""
        session = self.http.session
        headers = {"Content-Type": None, **how.pop("headers", {})}
        with told(), session.get(url, stream=True, headers=headers, **how) as response:
            check(response)
            yield response

    @contextmanager
    def bare(self) -> Iterator[requests.Session]:
        """Connections that carry no key: for addresses which are keys themselves."""
        with told(), _session(self.endpoint, self.patience) as session:
            yield session

    def checked(self, url: str) -> str:
        """An address that Kaggle named: over TLS, or on the machine where Kaggle itself is."""
        here, there = urlsplit(self.endpoint), urlsplit(url)
        if there.scheme != "https" and here.hostname != there.hostname:
            raise errors.odd()
        return url


@contextmanager
def opened(
    endpoint: str, values: Mapping[str, str] | None, patience: Patience, stop: Event
) -> Iterator[Line]:
    """A connection with these values of the account; None asks as nobody."""
    line = Line(endpoint, values, patience, stop)
    with line.http:
        yield line


@contextmanager
def told() -> Iterator[None]:
    """Raise what the library raises in words of our own: its texts may hold a key."""
    try:
        yield
    except requests.HTTPError as error:
        raise _refused(error.response) from None
    except requests.Timeout:
        raise errors.silent() from None
    except requests.ConnectionError as error:
        late = "timed out" in str(error).lower()  # that is how a body that stops coming is told
        raise (errors.silent() if late else errors.away()) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise errors.odd() from None  # the library could not read it
    except requests.RequestException:
        raise errors.away() from None


def check(response: requests.Response) -> None:
    """Refused for a failing status."""
    if response.status_code >= _FAILING:
        raise _refused(response)


def _refused(response: requests.Response | None) -> Refused:
    """The refusal in an answer: its status may stand in the body alone."""
    if response is None:
        return Refused(0)
    try:
        body = response.json()
        status, said = int(body.get("code", 0)), str(body.get("message", ""))
    except (ValueError, AttributeError, TypeError, requests.RequestException):
        status, said = 0, ""
    real = response.status_code if response.status_code >= _FAILING else status
    return Refused(real, said, response.headers.get("Retry-After", ""))


def _credentials(values: Mapping[str, str] | None) -> requests.auth.AuthBase | None:
    if values is None:
        return None
    user, key = values.get("username", "").strip(), values.get("key", "").strip()
    if not _VISIBLE.fullmatch(user) or not _VISIBLE.fullmatch(key):
        raise errors.wrong_key()
    if key.startswith(_TOKEN):
        return _Bearer(key)
    return requests.auth.HTTPBasicAuth(user, key)


def _session(endpoint: str, patience: Patience) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    if bundle := os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE"):
        session.verify = bundle  # certificates are all that is taken of the environment
    if (through := proxy(endpoint)) is not None:
        session.proxies = {"http": through, "https": through}
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Patient(patience))
    return session


class _Bearer(requests.auth.AuthBase):
    """A token of the new kind."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Patient(HTTPAdapter):
    """Never waits without end."""

    def __init__(self, patience: Patience) -> None:
        self._timeout = (patience.connect, patience.answer)
        super().__init__()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  (the library's)
        timeout: float | tuple[float | None, float | None] | None = None,
        *how: Any,
        **more: Any,
    ) -> requests.Response:
        """Send with a limit of time."""
        return super().send(request, stream, timeout or self._timeout, *how, **more)


class _Client(KaggleHttpClient):  # type: ignore[misc]  # the library has no types
    """The library's client without its search for credentials."""

    def __init__(
        self, endpoint: str, auth: requests.auth.AuthBase | None, patience: Patience
    ) -> None:
        super().__init__(env=KaggleEnv.PROD, user_agent="mltrainer")
        self._endpoint = endpoint
        self._given = auth
        self.session = _session(endpoint, patience)
        self.session.headers.update({"User-Agent": "mltrainer", "Content-Type": "application/json"})

    def _init_session(self) -> None:
        self._session = self.session
        self.session.auth = self._given

    def _try_fill_auth(self) -> None:
        """Nothing is looked for."""
