"""What a training takes along to a Ray cluster, in packages that its dashboard takes.

Ray unpacks each package on the machine that runs the job: the scripts as its folder, the others on
the module path, where `begin.py` finds the parts of the parcel.
"""

import shlex
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import JsonValue

from adapters.parcel.packing import CARRY, pack
from adapters.ray.cluster import resources
from pipeline.errors import PersonCanFix
from pipeline.ports.runtime import RunRequest

PART = 90 << 20  # bytes; the dashboard takes no upload of more than 100 MiB
_MOST_PARTS = 24  # they lie in the memory of the cluster's head
_INSTALL_SECONDS = 1800  # for the packages, on top of the steps' own limits
_BEGIN = Path(__file__).with_name("begin.py")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1 << 20


def results(job: str) -> str:
    """The file that a job leaves among Ray's logs."""
    return f"{job}.zip"


def packed(request: RunRequest, job: str, folder: Path, part: int = PART) -> list[Path]:
    """The scripts, and the parcel in parts of at most `part` bytes; PersonCanFix for too many."""
    parcel = pack(request, folder)
    parts = -(-parcel.stat().st_size // part)
    if parts > _MOST_PARTS:
        most = _MOST_PARTS * part / 1e9
        raise PersonCanFix(
            f"Data and weights are too large for a Ray cluster: at most {most:.1f} GB, packed.",
            "Use less data or a smaller model, or choose another place to train.",
            field="runtime",
        )
    scripts = folder / "scripts.zip"
    with zipfile.ZipFile(scripts, "w") as archive:
        for file in (CARRY, _BEGIN):
            archive.writestr(zipfile.ZipInfo(file.name, _EPOCH), file.read_bytes())
    pieces = [_piece(parcel, f"{job}.{number}", number * part, part) for number in range(parts)]
    parcel.unlink()
    return [scripts, *pieces]


def wanted(request: RunRequest, job: str, addresses: Sequence[str]) -> dict[str, JsonValue]:
    """The job that runs the training with these packages."""
    scripts, *parts = addresses
    seconds = request.seconds + (_INSTALL_SECONDS if request.requirements else 0)
    words = ["python", _BEGIN.name, job, f"{seconds:.0f}", str(len(parts))]
    return {
        "entrypoint": shlex.join(words),
        "runtime_env": {"working_dir": scripts, "py_modules": list(parts)},
        "metadata": {"run": request.name},
        "entrypoint_num_cpus": 1,
        **resources(request.gpu),
    }


def _piece(parcel: Path, name: str, begin: int, size: int) -> Path:
    """A package with one file: a part of the parcel."""
    package = parcel.with_name(f"{name}.zip")
    with parcel.open("rb") as whole, zipfile.ZipFile(package, "w") as archive:
        whole.seek(begin)
        with archive.open(zipfile.ZipInfo(name, _EPOCH), "w") as target:
            for block in _blocks(size):
                target.write(whole.read(block))
    return package


def _blocks(size: int) -> Iterator[int]:
    """Sizes of at most one block that add up to `size`."""
    while size > 0:
        yield min(size, _BLOCK)
        size -= _BLOCK
