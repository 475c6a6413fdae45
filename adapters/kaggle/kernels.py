"""Code that runs at Kaggle ("kernels"): push, state, log, output, and the hours of GPU left.

Nothing there can be stopped from here; a session is bounded when it is pushed.
"""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from kagglesdk.kernels.services.kernels_api_service import KernelsApiClient
from kagglesdk.kernels.types import kernels_api_service as api

from adapters.kaggle import errors, transfers
from adapters.kaggle.errors import Refused, plain
from adapters.kaggle.line import Line
from pipeline.errors import TryAgain

_MOST_PAGES, _PAGE = 200, 100
_MOST_LOG = 64 << 20  # bytes; what a run prints is bounded far below
_END = "END_OF_LOG"
_BAD = 400


@dataclass(frozen=True, slots=True)
class Kernel:
    """A script to push, private and with internet. `accelerator` is Kaggle's name, or empty."""

    owner: str
    slug: str
    text: str
    data: str
    accelerator: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Session:
    """Where the newest run of a kernel is, in the words of Kaggle (RUNNING, ERROR and so on)."""

    status: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What a session printed: its whole lines, and the seconds from its start to the last one."""

    lines: tuple[str, ...] = ()
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """GPU time left this week, and when the next week begins."""

    left: timedelta
    anew: datetime | None = None

    @property
    def until(self) -> str:
        """Up to which day, in words."""
        return f"until {self.anew:%A, %d %B}" if self.anew else "this week"


class Kernels:
    """One person's kernels; each is named as `owner/slug`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._client = KernelsApiClient(line.http)

    def push(self, kernel: Kernel) -> str:
        """Save and run a script; returns `owner/slug`. Refused with what Kaggle says of it.

        TryAgain when it would have run without its data.
        """
        answer = self._line.ask(
            self._client.save_kernel,
            api.ApiSaveKernelRequest(),
            slug=f"{kernel.owner}/{kernel.slug}",
            new_title=kernel.slug,
            text=kernel.text,
            language="python",
            kernel_type="script",
            is_private=True,
            enable_gpu=bool(kernel.accelerator),
            enable_internet=True,
            **({"machine_shape": kernel.accelerator} if kernel.accelerator else {}),
            dataset_data_sources=[kernel.data],
            session_timeout_seconds=kernel.seconds,
        )
        if answer.error:  # the status is 200
            raise Refused(_BAD, answer.error)
        ref = "/".join((answer.ref or "").strip("/").split("/")[-2:])
        pushed = ref if ref.count("/") == 1 else f"{kernel.owner}/{kernel.slug}"
        if answer.invalid_dataset_sources:  # it runs nevertheless, and would find nothing
            self.delete(pushed)
            raise errors.waiting("Kaggle does not know the data of the training yet.", 20)
        return pushed

    def session(self, ref: str) -> Session:
        """The state of a kernel's newest run; Refused where there is none of the person's."""
        answer = self._line.ask(
            self._client.get_kernel_session_status,
            api.ApiGetKernelSessionStatusRequest(),
            **_named(ref),
        )
        return Session(answer.status.name, plain(answer.failure_message or ""))

    def delete(self, ref: str) -> None:
        """Remove a kernel with all it left."""
        self._line.ask(self._client.delete_kernel, api.ApiDeleteKernelRequest(), **_named(ref))

    def hours(self) -> Hours | None:
        """GPU time left; None where Kaggle does not say."""
        answer = self._line.ask(
            self._client.get_accelerator_quota_statistics,
            api.ApiGetAcceleratorQuotaStatisticsRequest(),
        )
        quota = answer.gpu_quota
        if quota is None or quota.total_time_allowed is None:
            return None
        none = timedelta(0)
        spent = (quota.time_used or none) + (quota.time_reserved or none)
        anew = answer.quota_refresh_time
        return Hours(
            max(none, quota.total_time_allowed - spent), anew.replace(tzinfo=UTC) if anew else None
        )

    def fetch(self, ref: str, name: str, into: Path, most: int) -> Path | None:
        """Copy one file that the newest run left, of at most `most` bytes; None when it is not."""
        for answer in self._pages(ref):
            for file in answer.files or ():
                if file.file_name == name:
                    what = "What the training left"
                    return transfers.fetch(
                        self._line, file.url, into, what=what, most=most, field="runtime"
                    )
        return None

    def log(self, ref: str) -> Log:
        """All that a run printed which has ended."""
        for answer in self._pages(ref):
            return _read(_parsed(answer.log or ""), whole=True)
        return Log()

    def live_log(self, ref: str) -> Log:
        """What a run has printed that goes on, from its first line on, of whole lines.

        The stream tells all of it once more and then goes on without an end: silence ends a look.
        """
        events: list[object] = []
        with suppress(TryAgain, Refused), self._stream(ref) as response:
            if "event-stream" not in response.headers.get("Content-Type", ""):
                return _read(_parsed(_text(response)), whole=True)
            ends = time.monotonic() + self._line.patience.listen
            for text in _data(response):
                if text == _END:
                    break
                with suppress(ValueError):
                    events.append(json.loads(text))
                if self._line.stop.is_set() or time.monotonic() > ends:
                    break
        return _read(events, whole=False)

    def _stream(self, ref: str) -> AbstractContextManager[requests.Response]:
        patience = self._line.patience
        return self._line.get(
            f"{self._line.endpoint}/v1/kernels/logs/stream/{ref}",
            headers={"Accept": "text/event-stream, */*"},
            timeout=(patience.connect, patience.quiet),
        )

    def _pages(self, ref: str) -> Iterator[Any]:
        token = ""
        for _ in range(_MOST_PAGES):
            answer = self._line.ask(
                self._client.list_kernel_session_output,
                api.ApiListKernelSessionOutputRequest(),
                **_named(ref),
                page_size=_PAGE,
                **({"page_token": token} if token else {}),
            )
            yield answer
            token = answer.next_page_token
            if not token:
                return


def _data(response: requests.Response) -> Iterator[str]:
    """The data lines of a stream of events."""
    size = 0
    for raw in response.iter_lines():
        size += len(raw)
        if size > _MOST_LOG:
            return
        if raw.startswith(b"data:"):
            yield raw[5:].strip().decode(errors="replace")


def _text(response: requests.Response) -> str:
    body = bytearray()
    for block in response.iter_content(1 << 16):
        body += block
        if len(body) > _MOST_LOG:
            break
    return body.decode(errors="replace")


def _parsed(text: str) -> list[object]:
    """The events of a log as it is kept after a run; TryAgain for one that is cut off."""
    try:
        events = json.loads(text or "[]")
    except ValueError:
        if text.startswith("["):
            raise errors.odd() from None
        return [{"stream_name": "stdout", "data": text}]
    return events if isinstance(events, list) else [events]


def _read(events: list[object], *, whole: bool) -> Log:
    """The lines of standard output; the other stream holds Kaggle's own noise."""
    said = [one for one in events if isinstance(one, dict) and isinstance(one.get("data"), str)]
    parts = [str(one["data"]) for one in said if one.get("stream_name", "stdout") == "stdout"]
    if not any(part.endswith("\n") for part in parts):  # each is a line then
        parts = [f"{part}\n" for part in parts]
    *lines, rest = "".join(parts).split("\n")
    times = (float(one["time"]) for one in said if isinstance(one.get("time"), int | float))
    return Log((*lines, rest) if whole and rest else tuple(lines), max(times, default=0.0))


def _named(ref: str) -> dict[str, str]:
    owner, _, slug = ref.partition("/")
    return {"user_name": owner, "kernel_slug": slug}
