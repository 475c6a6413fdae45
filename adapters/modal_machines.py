"""Sandboxes and volumes at Modal by the name of their run: found, read, ended, removed."""

import asyncio
import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adapters.modal_client import USAGE_PAGE
from adapters.parcel.reading import MOST_BYTES
from pipeline.errors import PersonCanFix, TryAgain

if TYPE_CHECKING:
    import modal

Status = Literal["running", "done", "failed", "lost"]
APP = "mltrainer"
ENDED, NUMBER = "ended", "sandbox"  # on the volume: its exit code, its id
_NUMBER = re.compile(r"sb-[A-Za-z0-9-]{1,60}")
_KILLED_CODE = 137
_FIRST = 4


async def running(client: "modal.Client", name: str) -> "modal.Sandbox | None":
    """The sandbox that runs under a name now."""
    import modal  # noqa: PLC0415  (slow to import; the client has it)

    try:
        return await modal.Sandbox.from_name.aio(APP, name, client=client)
    except modal.exception.NotFoundError:
        return None


async def sandbox(client: "modal.Client", number: str) -> "modal.Sandbox | None":
    """A sandbox by its id, also one that is over; None when Modal knows it no more."""
    import modal  # noqa: PLC0415  (as above)

    try:
        return await modal.Sandbox.from_id.aio(number, client=client)
    except modal.exception.NotFoundError:
        return None


async def printed(machine: "modal.Sandbox", quiet: float, most: float) -> list[str]:
    """Its whole lines from the first on: until its end, or a pause of `quiet` seconds.

    What prints without a pause is left after `most` seconds.
    """
    lines: list[str] = []
    stream = machine.stdout
    patience = quiet * _FIRST  # the first line takes a connection longer
    with contextlib.suppress(StopAsyncIteration, TimeoutError):
        async with asyncio.timeout(most):
            while True:
                async with asyncio.timeout(patience):
                    line = await stream.__anext__()
                lines.append(line.removesuffix("\n"))
                patience = quiet
    await stream.aclose()  # type: ignore[no-untyped-call]
    return lines


async def why_cut_off(machine: "modal.Sandbox", code: int) -> PersonCanFix:
    """Why Modal ended a run that had not ended itself."""
    import modal  # noqa: PLC0415  (as above)

    cause, cure = "Modal ended this training before it was done.", "Retry"
    try:
        await machine.wait.aio()
    except modal.exception.SandboxTimeoutError:
        cause = "Modal ended this training at its time limit."
        cure = "Allow more time, choose a faster GPU"
    except modal.exception.SandboxTerminatedError:
        cause = "This training was stopped at Modal before it was done."
        cure = f"Somebody did, or the workspace may spend no more ({USAGE_PAGE}): retry"
    else:
        if code == _KILLED_CODE:
            cause = "This training needs more memory than its machine at Modal has."
            cure = "Choose a smaller model, a larger GPU"
    return PersonCanFix(cause, f"{cure}, or train somewhere else.", field="runtime")


async def over(machine: "modal.Sandbox") -> None:
    """Wait until it has ended, for whatever reason."""
    import modal  # noqa: PLC0415  (as above)

    with contextlib.suppress(modal.exception.SandboxTimeoutError):
        await machine.wait.aio(raise_on_termination=False)


async def volume_of(client: "modal.Client", name: str, *, create: bool = False) -> "modal.Volume":
    """The volume of a run."""
    import modal  # noqa: PLC0415  (as above)

    volume = modal.Volume.from_name(
        _named(name), create_if_missing=create, version=2, client=client
    )
    await volume.hydrate.aio(client)
    return volume


async def load(volume: "modal.Volume", files: Mapping[str, Path]) -> None:
    """Put these files onto a run's volume, and no word of an earlier run of its name.

    It is not made anew: another process may have begun the same run just now.
    """
    async with volume.batch_upload.aio(force=True) as batch:
        for file, path in files.items():
            batch.put_file(path, f"/{file}")
        for stale in (ENDED, NUMBER):
            batch.put_file(io.BytesIO(b"\n"), f"/{stale}")


async def forget(client: "modal.Client", name: str) -> None:
    """Remove the run's volume; safe to repeat."""
    import modal  # noqa: PLC0415  (as above)

    await modal.Volume.objects.delete.aio(_named(name), allow_missing=True, client=client)


async def text(client: "modal.Client", name: str, file: str) -> str:
    """A small file of the run's volume; empty where it or the volume is not there."""
    import modal  # noqa: PLC0415  (as above)

    content = io.BytesIO()
    with contextlib.suppress(modal.exception.NotFoundError, FileNotFoundError):
        volume = await volume_of(client, name)
        await volume.read_file_into_fileobj.aio(file, content)
    return content.getvalue().decode(errors="replace")


async def note(volume: "modal.Volume", file: str, content: str) -> None:
    """Put a small file onto a volume."""
    async with volume.batch_upload.aio(force=True) as batch:
        batch.put_file(io.BytesIO(content.encode()), f"/{file}")


async def found(client: "modal.Client", name: str) -> str | None:
    """What `submit` noted of a run that has ended well since; None for any other."""
    is_done = (await text(client, name, ENDED)).strip() == "0"
    number = (await text(client, name, NUMBER)).strip() if is_done else ""
    return (number if _NUMBER.fullmatch(number) else "") if is_done else None


async def left(client: "modal.Client", name: str, file: str) -> "tuple[modal.Volume, int]":
    """The run's volume and the size of a file there; TryAgain while it is not there."""
    import modal  # noqa: PLC0415  (as above)

    with contextlib.suppress(modal.exception.NotFoundError):
        volume = await volume_of(client, name)
        entries = await volume.listdir.aio("/")
        size = next((one.size for one in entries if one.path.lstrip("/") == file), None)
        if size is not None:
            return volume, size
    raise TryAgain("The results of the training are not at Modal yet.", "It is tried again.")


async def download(volume: "modal.Volume", file: str, size: int, into: Path) -> None:
    """Fetch a file anew; PersonCanFix for one that is too large, TryAgain when it comes damaged."""
    if size > MOST_BYTES:
        raise PersonCanFix(
            "The results of the training are too large to be kept here.",
            "Choose a smaller model or fewer outputs, then retry.",
        )
    with into.open("wb") as target:
        taken = await volume.read_file_into_fileobj.aio(file, target)
    if taken != size:
        raise TryAgain("The results of the training did not come whole.", "It is tried again.")


def _named(name: str) -> str:
    return f"{APP}-{name}"
