"""The way to a provider: one connection pool for all, and for each call a line of its own.

A line lets through one request, to the provider that is meant and with the key that is meant, and
no header beside those that every call has; it follows no redirect and hangs up on what is too
large. What it saw explains an error better than the library does.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

LARGEST = 2**20  # bytes of a body; an answer of 8,000 tokens has about 40,000
_LONGEST_ERROR = 4096
_ERRORS_FROM = 400
_LET_THROUGH = frozenset(
    (
        *("host", "accept", "content-type", "content-length", "user-agent"),
        *("authorization", "x-api-key", "x-goog-api-key"),
        *("anthropic-version", "anthropic-beta"),
    )
)
_KEYS = ("authorization", "x-api-key", "x-goog-api-key")


class Stopped(httpx.TransportError):
    """A line does not carry everything."""


@dataclass(slots=True)
class Seen:
    """What came back over a line; `told` is the beginning of an error's body, for its codes."""

    status: int = 0
    retry_after: str = ""
    told: str = ""
    too_large: bool = False
    late: bool = False
    lost: bool = False


class Pool:
    """The connections of a house, shared by all its lines."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it is; the body of the response is not read yet."""
        if self._client is None:
            self._client = httpx.AsyncClient(follow_redirects=False)
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)

    async def close(self) -> None:
        """Hang up everywhere."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


class Nobody(Pool):
    """Nobody is ever reached."""

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Refuse."""
        raise httpx.ConnectError("nobody is asked", request=request)


class Line(httpx.AsyncBaseTransport):
    """The line of one call, to `base` with `key`; without a key, none is shown."""

    def __init__(self, pool: Pool, base: str, key: str, largest: int = LARGEST) -> None:
        self._pool = pool
        self._to = _place(httpx.URL(base))
        self._key = key
        self._largest = largest
        self._used = False
        self.seen = Seen()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry the one request of this line."""
        if self._used or _place(request.url) != self._to:
            raise Stopped("one question, to one provider")
        self._used = True
        bare = _bare(request, keyed=bool(self._key))
        shown = {bare.headers[name] for name in _KEYS if name in bare.headers}
        if shown - {self._key, f"Bearer {self._key}"}:
            raise Stopped("another key than the one that is meant")
        try:
            response = await self._pool.send(bare)
        except httpx.HTTPError as error:
            self._note(error)
            raise
        self.seen.status = response.status_code
        self.seen.retry_after = response.headers.get("retry-after", "")
        return httpx.Response(
            response.status_code,
            headers=[pair for pair in response.headers.multi_items() if pair[0] == "content-type"],
            stream=_Body(self, response),
        )

    async def read(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The body, as far as it may go."""
        size = 0
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Stopped("packed, though nobody asked for that")
            async for part in response.aiter_raw():
                size += len(part)
                if size > self._largest:
                    self.seen.too_large = True
                    raise Stopped("too large")
                if response.status_code >= _ERRORS_FROM and len(self.seen.told) < _LONGEST_ERROR:
                    self.seen.told += part[:_LONGEST_ERROR].decode("utf-8", "replace")
                yield part
        except httpx.HTTPError as error:
            self._note(error)
            raise

    def _note(self, error: httpx.HTTPError) -> None:
        self.seen.late = isinstance(error, httpx.TimeoutException)
        self.seen.lost = not self.seen.late and not isinstance(error, Stopped)


class _Body(httpx.AsyncByteStream):
    """The body of a response, read through its line."""

    def __init__(self, line: Line, response: httpx.Response) -> None:
        self._line = line
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._line.read(self._response):
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def _place(url: httpx.URL) -> tuple[str, bytes]:
    return url.scheme, url.netloc


def _bare(request: httpx.Request, *, keyed: bool) -> httpx.Request:
    """The request without what a library adds of its own: whose machine and whose house this is."""
    passing = _LET_THROUGH if keyed else _LET_THROUGH - set(_KEYS)
    kept = [pair for pair in request.headers.multi_items() if pair[0] in passing]
    return httpx.Request(
        request.method,
        request.url,
        headers=[*kept, ("accept-encoding", "identity")],  # what is packed may unfold to anything
        stream=request.stream,
        extensions=request.extensions,
    )
