"""The process that talks to the Hub, as the bot sees it: started, watched, ended."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.proxies import proxy
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain

_ROOT = Path(__file__).parents[2]
_MODULE = ("-E", "-s", "-B", "-m", "adapters.weights.hub")
_PROXIES = re.compile(r"(https?|all|no)_proxy", re.IGNORECASE)
_CERTIFICATES = re.compile(r"SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE")
_FIELD = "architecture.backbone"

Watch = Callable[[], Awaitable[str]]


async def ask(plan: Mapping[str, Any], home: Path, watch: Watch) -> dict[str, Any]:
    """The answer to a plan of hub.py; the error that it tells of is raised.

    `watch` returns only when the process must end, and says why. Cancelling ends it as well.
    """
    async with _started(plan, home) as process:
        reader = asyncio.create_task(_printed(process))
        watcher = asyncio.ensure_future(watch())
        try:
            await asyncio.wait({reader, watcher}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watcher.cancel()
            reader.cancel()
        if not reader.done():
            raise TryAgain(watcher.result(), "Check the network.")
        return _read(reader.result())


async def _printed(process: asyncio.subprocess.Process) -> bytes:
    """All that it prints until it ends by itself."""
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    printed = await process.stdout.read()
    await process.wait()
    return printed


@asynccontextmanager
async def _started(
    plan: Mapping[str, Any], home: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *_MODULE,
        json.dumps(plan),
        cwd=_ROOT,
        env=_environment(plan["endpoint"], home),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _environment(endpoint: str, home: Path) -> dict[str, str]:
    """Nobody's token and nobody's cache; a proxy only where the endpoint is behind one."""
    passed = {name: value for name, value in os.environ.items() if _CERTIFICATES.fullmatch(name)}
    if proxy(endpoint) is not None:
        passed |= {name: value for name, value in os.environ.items() if _PROXIES.fullmatch(name)}
    return {
        **passed,
        "HOME": str(home),
        "HF_HOME": str(home),
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",  # its downloads cannot be bounded in time
        "HF_HUB_ETAG_TIMEOUT": "10",
        "HF_HUB_DOWNLOAD_TIMEOUT": "20",
    }


def _read(printed: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(printed)
    except ValueError as error:
        raise Bug("The process that asks the Hub ended without an answer.") from error
    if "error" in answer:
        raise _raised(**answer["error"])
    return answer


def _raised(kind: str, message: str, hint: str) -> MLTrainerError:
    if kind == "person":
        return PersonCanFix(message, hint, field=_FIELD)
    return TryAgain(message, hint)
