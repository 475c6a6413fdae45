"""Machines of the fake Kaggle: a pushed script really runs, with its data mounted."""

import asyncio
import contextlib
import io
import os
import re
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.fakes.kaggle.world import DataSet, Kernel, Style, World

_STYLES: dict[Style, Callable[[str], list[str]]] = {
    "lines": lambda text: [text],
    "bare": lambda text: [text.rstrip("\n")],
    "pieces": lambda text: [text[:9], text[9:]] if text[9:] else [text],
}
_PATHS = re.compile(r'"/(?:kaggle/)?(input|working|tmp)\b')


async def run(world: World, kernel: Kernel, mounted: list[DataSet]) -> None:
    """One session, from waiting for a machine to its end."""
    body = kernel.pushed[-1]
    while world.held and kernel.status == "QUEUED":
        await asyncio.sleep(0.01)
    if kernel.status != "QUEUED":
        return
    script = _prepare(world, kernel, [one for one in mounted if one.ref in world.datasets])
    kernel.status = "RUNNING"
    process = await asyncio.create_subprocess_exec(
        str(world.image or sys.executable),
        *("-u", str(script)),
        cwd=kernel.folder / "working",
        env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=1 << 24,
    )
    kernel.process = process
    if kernel.status != "RUNNING":  # it was ended while its machine started
        end(kernel, kernel.status, kernel.failure)
    began = time.monotonic()
    heard = [_hear(kernel, name, began, world.style) for name in ("stdout", "stderr")]
    limit = float(body.get("sessionTimeoutSeconds") or 43_200)
    try:
        async with asyncio.timeout(limit):
            await asyncio.gather(*heard)
            code = await process.wait()
    except TimeoutError:
        end(kernel, "ERROR", "Your notebook exceeded the maximum allowed execution time.")
        await process.wait()
        return
    if kernel.status == "RUNNING":
        kernel.status = "ERROR" if code else "COMPLETE"
        kernel.news.set()


def end(kernel: Kernel, status: str, failure: str = "") -> None:
    """The session ends, whatever its script does."""
    kernel.status, kernel.failure = status, failure
    if kernel.process is not None and kernel.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kernel.process.pid, signal.SIGKILL)
    kernel.news.set()


async def _hear(kernel: Kernel, name: str, began: float, style: Style) -> None:
    assert kernel.process is not None
    stream = getattr(kernel.process, name)
    while line := await stream.readline():
        seconds = round(time.monotonic() - began, 3)
        text = line.decode(errors="replace")
        for data in _STYLES[style](text):
            kernel.events.append({"stream_name": name, "time": seconds, "data": data})
        kernel.news.set()


def _prepare(world: World, kernel: Kernel, mounted: list[DataSet]) -> Path:
    """A clean machine: what it was given, and the script with this machine's paths."""
    shutil.rmtree(kernel.folder, ignore_errors=True)
    for name in ("input", "working", "tmp"):
        (kernel.folder / name).mkdir(parents=True)
    for one in mounted:
        deep = ("datasets", one.owner) if world.deep_mounts else ()
        _mount(one, kernel.folder.joinpath("input", *deep, one.slug))
    text = str(kernel.pushed[-1]["text"])
    text = _PATHS.sub(lambda there: f'"{kernel.folder / there[1]}', text)
    if world.image is not None:  # it has all that is ever asked for
        text = text.replace('"--install", ', "")
    script = kernel.folder / "script.py"
    script.write_text(text, "utf-8")
    return script


def _mount(dataset: DataSet, folder: Path) -> None:
    """Archives are unpacked when they are taken in, and then are folders."""
    for name, content in dataset.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                archive.extractall(path.with_suffix(""))
        else:
            path.write_bytes(content)
