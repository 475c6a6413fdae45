"""Small pictures without any library, and what layouts.read_parts makes of a folder of them."""

import json
import os
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.jobs import TaskType
from pipeline.recipe import HARNESS, harness_shelves, requirements
from tests.contracts.bundles import training_python

_READ = """
import json, re, resource, sys
from pathlib import Path
from layouts import Source, read_parts
from progress import Problem
sources = [Source(Path(path), name, split) for path, name, split in json.load(sys.stdin)]
try:
    parts, notes = read_parts(sources)
    told = {
        "parts": [
            [part.layout, part.split, part.reading.format, part.reading.table.names,
             part.reading.table.rows]
            for part in parts
        ],
        "notes": [*notes, *(note for part in parts for note in part.reading.notes)],
    }
except Problem as problem:
    told = {"problem": problem.message}
used = resource.getrusage(resource.RUSAGE_SELF)
# ru_maxrss would begin with that of the process which started this one
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps(told | {"mb": int(peak[1]) / 1024, "cpu": used.ru_utime + used.ru_stime}))
"""


@dataclass(frozen=True)
class Laid:
    """What came of a folder: parts by split, each [layout, split, format, names, rows]."""

    told: dict[str, Any]

    @property
    def layout(self) -> str:
        (layout,) = {part[0] for part in self.told["parts"]}
        return str(layout)

    @property
    def form(self) -> str:
        return str(self.told["parts"][0][2])

    @property
    def names(self) -> list[str]:
        return list(self.told["parts"][0][3])

    @property
    def notes(self) -> list[str]:
        return list(self.told["notes"])

    def rows(self, split: str | None = None) -> list[list[str | None]]:
        return [row for part in self.told["parts"] if part[1] == split for row in part[4]]

    def counts(self) -> dict[str | None, int]:
        return {part[1]: len(self.rows(part[1])) for part in self.told["parts"]}


async def picture_python(environments: Path) -> Path:
    """The training environment with the library that opens pictures."""
    lines = (HARNESS / "readers.txt").read_text("utf-8").splitlines()
    pins = [line.split()[1] for line in lines if line.startswith("picture ")]
    return await training_python(
        environments, (*requirements(TaskType("text_classification")), *pins)
    )


def lay(python: Path, *sources: tuple[Path, str, str | None]) -> Laid:
    """Read sources in that environment."""
    done = subprocess.run(
        [python, "-c", _READ],
        capture_output=True,
        check=False,
        encoding="utf-8",
        input=json.dumps([(str(path), name, split) for path, name, split in sources]),
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, harness_shelves()))},
    )
    assert done.returncode == 0, done.stderr
    return Laid(json.loads(done.stdout.splitlines()[-1]))


def png(path: Path, wide: int = 20, high: int = 10) -> None:
    """Write a grey picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = zlib.compress((b"\x00" + b"\x80" * wide) * high)
    size = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", size), _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def pngs(folder: Path, *names: str) -> None:
    """Write several."""
    for name in names:
        png(folder / name)


def write(folder: Path, **files: str) -> None:
    """Write text files; __ in a name is its point, and a / stays one."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc
