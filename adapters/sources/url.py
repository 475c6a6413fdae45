"""Files on the web, downloaded into the job's own folder under limits of size and time."""

import asyncio
import errno
import os
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import httpx

from adapters.addresses import (
    CheckedTransport,
    Guard,
    allowed_pairs,
    pair_of,
    read_address,
    shown,
)
from adapters.file_names import clean, free
from adapters.share_links import DRIVE, download_form
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.jobs import Actor

MOST_BYTES = 5 << 30
TOTAL_SECONDS = 3600.0
IDLE_SECONDS = 30.0
CONNECT_SECONDS = 15.0
MOST_REDIRECTS = 5
_ADDRESS = re.compile(r"\s*https?:", re.IGNORECASE)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 1 << 20
_LONGEST_PAUSE = 600
_HEADERS = MappingProxyType(
    {
        "User-Agent": "mltrainer",
        "Accept": "*/*",
        "Accept-Encoding": "identity",  # sizes are then what will be written
    }
)
# Of others, and of several at once, a few bytes could unfold to gigabytes before they are counted.
_ENCODINGS = {"", "identity", "gzip", "deflate"}
_SUFFIXES = MappingProxyType(
    {
        "text/csv": ".csv",
        "text/tab-separated-values": ".tsv",
        "application/json": ".json",
        "application/x-ndjson": ".jsonl",
        "application/zip": ".zip",
        "text/plain": ".txt",
        "text/html": ".html",
    }
)


@dataclass(frozen=True)
class UrlSource:
    """Implements pipeline.ports.source.Source for https addresses; Google Drive is at `drive`."""

    guard: Guard
    most_bytes: int = MOST_BYTES
    total_seconds: float = TOTAL_SECONDS
    idle_seconds: float = IDLE_SECONDS
    drive: str = DRIVE
    name: str = "url"

    def takes(self, location: str) -> bool:
        """Every web address, also one that `fetch` will refuse."""
        return _ADDRESS.match(location) is not None

    async def fetch(self, location: str, into: Path, owner: Actor) -> tuple[Path, ...]:  # noqa: ARG002  (an address is nobody's account)
        """Download one file into `into`; what is cut off, refused or cancelled leaves nothing.

        PersonCanFix (field "data") when the address leads to no file or to a private network,
        TryAgain when the server may answer later.
        """
        page = read_address(location)
        url = download_form(page, self.drive)
        try:
            async with (
                asyncio.timeout(self.total_seconds),
                self._client() as client,
                client.stream("GET", url, headers=_HEADERS) as response,
            ):
                _check_answer(page, response)
                if url != page and _is_page(response):
                    raise _not_shared(page)
                return (await self._save(page, response, into),)
        except httpx.TimeoutException as error:
            raise _slow(page) from error
        except TimeoutError as error:
            raise _refused(
                f"{shown(page)} took longer than {self.total_seconds / 60:.0f} minutes.",
                "Download the file yourself and give its path, or give a smaller part of it.",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translated(page, error) from error

    def _client(self) -> httpx.AsyncClient:
        """A client that takes no proxy from the environment: it would connect where it likes."""
        return httpx.AsyncClient(
            transport=CheckedTransport(self.guard),
            trust_env=False,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            timeout=httpx.Timeout(
                self.idle_seconds, connect=min(CONNECT_SECONDS, self.idle_seconds)
            ),
        )

    async def _save(self, page: httpx.URL, response: httpx.Response, into: Path) -> Path:
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self.most_bytes:
            raise self._too_large(page, f"{int(announced) / 1e9:,.1f} GB")
        target = free(into, _file_name(page, response))
        with ExitStack() as until_whole:
            until_whole.callback(target.unlink, missing_ok=True)
            try:
                with _opened(target) as file:
                    await self._copy(page, response, file)
            except OSError as error:
                raise _disk(error) from error
            until_whole.pop_all()
        return target

    async def _copy(self, page: httpx.URL, response: httpx.Response, file: BinaryIO) -> None:
        size = 0
        async for block in response.aiter_bytes(_BLOCK):
            size += len(block)
            if size > self.most_bytes:
                raise self._too_large(page, "more than that")
            await asyncio.to_thread(file.write, block)
        if not size:
            raise _refused(f"{shown(page)} is empty.", "Give an address with data behind it.")

    def _too_large(self, page: httpx.URL, size: str) -> PersonCanFix:
        most = f"{self.most_bytes / 1e9:,.1f} GB"
        return _refused(
            f"{shown(page)} is too large: at most {most} can be fetched, it has {size}.",
            "Give a smaller part of it, or download it and give its path.",
        )


def _opened(target: Path) -> BinaryIO:
    return os.fdopen(os.open(target, _NEW, 0o600), "wb")


def _file_name(page: httpx.URL, response: httpx.Response) -> str:
    """The name the server gives, else the end of the address; only a plain name is left of it."""
    given = Message()
    given["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    try:
        named = given.get_filename() or ""
    except (ValueError, LookupError):
        named = ""
    ends = (named, response.url.path, page.path)
    last = next((end for path in ends if (end := re.split(r"[/\\]", path)[-1].strip())), page.host)
    name = clean(last)
    return name if Path(name).suffix else name + _SUFFIXES.get(_content_type(response), "")


def _content_type(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _is_page(response: httpx.Response) -> bool:
    return _content_type(response) == "text/html"


def _check_answer(page: httpx.URL, response: httpx.Response) -> None:
    """Raise what a status other than 200 means for the person."""
    code = response.status_code
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if code == httpx.codes.OK and encoding in _ENCODINGS:
        return
    match code:
        case httpx.codes.OK:
            raise _refused(
                f"{shown(page)} is sent in a form I cannot unpack ({clean(encoding)[:20]}).",
                "Download the file and give its path.",
            )
        case 401 | 403 | 407:
            raise _refused(
                f"{shown(page)} may not be read without signing in (status {code}).",
                "Share it with everybody who has the link, or download it and give its path.",
            )
        case 404 | 410:
            raise _refused(
                f"There is no file at {shown(page)} (status {code}).", "Check the address."
            )
        case 408 | 425 | 429 | 500 | 502 | 503 | 504:
            raise TryAgain(
                f"{shown(page)} does not answer properly now (status {code}).",
                "Retry later, or give another address.",
                after=_pause(response),
            )
        case _:
            raise _refused(
                f"{shown(page)} sent no file (status {code}).",
                "Check the address in a browser, or download the file and give its path.",
            )


def _pause(response: httpx.Response) -> timedelta | None:
    told = response.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(told), _LONGEST_PAUSE)) if told.isdecimal() else None


def _translated(page: httpx.URL, error: httpx.HTTPError | httpx.InvalidURL) -> MLTrainerError:
    """What a failed request means for the person."""
    if isinstance(error, httpx.TooManyRedirects):
        return _refused(
            f"{shown(page)} redirects more than {MOST_REDIRECTS} times.",
            "Give the address of the file itself.",
        )
    certificate = next((e for e in _causes(error) if isinstance(e, ssl.SSLError)), None)
    if certificate is not None:
        why = getattr(certificate, "verify_message", "") or "it speaks no proper TLS"
        return _refused(
            f"{shown(page)} could not prove who it is: {why}.",
            "Check the address, or download the file and give its path.",
        )
    if isinstance(error, httpx.ConnectError):
        return TryAgain(f"No connection to {shown(page)}.", "Check the address, or retry later.")
    if isinstance(error, httpx.TransportError):
        return TryAgain(
            f"The download of {shown(page)} was cut off before its end.", "Retry, or give its path."
        )
    return _refused(f"{shown(page)} sent an answer that makes no sense.", "Check the address.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _slow(page: httpx.URL) -> TryAgain:
    return TryAgain(
        f"{shown(page)} did not answer in time.",
        "Retry later, or download the file and give its path.",
    )


def _not_shared(page: httpx.URL) -> PersonCanFix:
    return _refused(
        f"{shown(page)} shows a web page instead of the file: it is not shared with everybody.",
        "Share it with everybody who has the link, or download it and give its path.",
    )


def _disk(error: OSError) -> PersonCanFix:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    what = "The disk is full" if full else f"The disk refused ({error.strerror or 'no reason'})"
    return PersonCanFix(f"{what}: the data could not be saved.", "Free some space, then retry.")


def _refused(message: str, hint: str) -> PersonCanFix:
    return PersonCanFix(message, hint, field="data")


def adapter(*, allow_private_urls: Iterable[str] = (), gdrive_url: str = DRIVE) -> UrlSource:
    """The source of web addresses; `allow_private_urls` are the setting's `host:port` entries.

    Another address of Google Drive is the operator's own word, and may be private.
    """
    drive = gdrive_url.rstrip("/")
    own = () if drive == DRIVE else (pair_of(drive),)
    return UrlSource(Guard(allowed_pairs(allow_private_urls) | {*own}), drive=drive)
