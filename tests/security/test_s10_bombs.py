"""S10: files that are small and would become huge are refused soon, and memory stays small.

Each goes the whole way of a person's file: it is unpacked where it is an archive, then read, by the
programs that a job runs, here without the limits of the sandbox that hold them as well. Counted is
the time of the processor: a busy machine makes nobody fail. More of archives:
tests/unit/harness/test_unpack.py and tests/stories/test_hostile_files.py.
"""

import asyncio
import bz2
import gzip
import io
import json
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.recipe import HARNESS
from pipeline.scripts import core_requirements
from tests.contracts.bundles import training_python

MOST_SECONDS = 5.0
MOST_MEMORY = 500 << 20
PROBLEM = 3
# Where a defence is missing, this machine must not suffer.
# A process between: ru_maxrss would begin with that of pytest, which may have grown large.
WEIGHING = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
cost = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    seconds = cost.ru_utime + cost.ru_stime
    json.dump({"code": code, "seconds": seconds, "memory": cost.ru_maxrss * 1024}, file)
"""
BOUNDED = ("sh", "-c", 'ulimit -d 3000000 -t 60 2>/dev/null; exec "$@"', "sh")
ZEROS = bytes(64 << 20)
READERS = ("pyarrow==26.0.1", "python-calamine==0.9.1", "pillow==13.0.0")
PARQUET = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
many, cell = int(sys.argv[2]), "x" * int(sys.argv[3])
column = pa.DictionaryArray.from_arrays(pa.array([0] * many, pa.int32()), pa.array([cell]))
pq.write_table(pa.table({"a": column}), sys.argv[1], compression="zstd", write_statistics=False)
"""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await training_python(environments, tuple(sorted((*core_requirements(), *READERS))))


def zipped(*entries: tuple[str, bytes], times: int = 1) -> bytes:
    """A zip; with `times` each entry's bytes follow one another so often."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(times):
                    file.write(content)
    return raw.getvalue()


def nested() -> bytes:
    """A zip in a zip, eight deep; and sixteen of them in each."""
    inner = zipped(("a.csv", bytes(8 << 20)))
    for _ in range(8):
        inner = zipped(*((f"{number}.zip", inner) for number in range(4)))
    return inner


def overlapping() -> bytes:
    """A zip whose many entries all mean the same bytes: 65,000 files of 4 MB out of 4 kB."""
    whole = zipped(("a.csv", bytes(4 << 20)))
    start = whole.index(b"PK\x01\x02")
    end = whole.rindex(b"PK\x05\x06")
    record = whole[start:end]
    count = 60_000
    directory = record * count
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return whole[:start] + directory + tail


def tar_bomb() -> bytes:
    """A tar in gz with 6 GB of zeros."""
    head = tarfile.TarInfo("a.csv")
    head.size = 96 * len(ZEROS)
    return gzip.compress(head.tobuf()) + gzip.compress(ZEROS, 1) * 96


def xz_dictionary() -> bytes:
    """An xz that asks for a window of 1.5 GB before its first byte."""
    packed = bytearray(lzma.compress(tarfile.TarInfo("a.csv").tobuf() + bytes(4 << 20)))
    block = 12  # behind the header of the stream
    size = (packed[block] + 1) * 4
    at = packed.index(b"\x21\x01", block) + 2  # the filter's id, and the length of its settings
    packed[at] = 37
    head = bytes(packed[block : block + size - 4])
    packed[block + size - 4 : block + size] = struct.pack("<I", zlib.crc32(head))
    return bytes(packed)


def picture() -> bytes:
    """A PNG of 40,000 by 40,000 pixels in 5 kB."""

    def part(kind: bytes, body: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checked

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(4 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def workbook() -> bytes:
    """An xlsx whose one sheet unfolds to 700 MB."""
    book = (
        b'<workbook xmlns="x"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    kinds = ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", book)
    sheet = zipped(("xl/worksheets/sheet1.xml", ZEROS), times=12)
    raw = io.BytesIO(sheet)
    with zipfile.ZipFile(raw, "a") as archive:
        for name, text in kinds:
            archive.writestr(name, text)
    return raw.getvalue()


def columns() -> bytes:
    """A table of a million columns."""
    names = ",".join(f"c{number}" for number in range(1_000_000))
    return f"{names}\n{','.join('1' * 1_000_000)}\n".encode()


Bomb = Callable[[], bytes]
BOMBS: dict[str, Bomb] = {
    "bomb.zip": lambda: zipped(("a.csv", ZEROS), times=24),
    "nested.zip": nested,
    "overlapping.zip": overlapping,
    "entries.zip": lambda: zipped(*((f"{number}.csv", b"") for number in range(120_000))),
    "zeros.tar.gz": tar_bomb,
    "zeros.tar.bz2": lambda: bz2.compress(tarfile.TarInfo("a").tobuf()) + bz2.compress(ZEROS) * 96,
    "window.tar.xz": xz_dictionary,
    "rows.csv.gz": lambda: gzip.compress(b"a,b\n") + gzip.compress(b"x" * len(ZEROS), 1) * 96,
    "picture.png": picture,
    "pictures.zip": lambda: zipped(("cat/1.png", picture()), ("dog/1.png", picture())),
    "sheet.xlsx": workbook,
    "columns.csv": columns,
    "deep.json": lambda: b'{"a":' * 2_000_000,
}


class Ended:
    """How a program ended, and what it cost."""

    def __init__(self, python: Path, folder: Path, script: str, *arguments: str) -> None:
        folder.mkdir(exist_ok=True)
        with (folder / "said").open("wb") as said:
            program = [*BOUNDED, str(python), str(HARNESS / script), *arguments]
            command = [sys.executable, "-c", WEIGHING, "cost.json", *program]
            env = {**os.environ, "OMP_NUM_THREADS": "1"}
            subprocess.run(command, cwd=folder, stdout=said, stderr=said, env=env, check=True)
        cost = json.loads((folder / "cost.json").read_text("utf-8"))
        self.code, self.seconds, self.memory = cost["code"], cost["seconds"], cost["memory"]
        self.said = (folder / "said").read_text("utf-8", "replace")


def whole_way(python: Path, folder: Path, name: str) -> Iterator[Ended]:
    """What a job does with a file: unpack it where it is an archive, then read what there is."""
    given = folder / "data"
    unpack = Ended(
        python, folder / "work", "unpack.py", "--archive", str(given / name), "--out", "files"
    )
    yield unpack
    if unpack.code:
        return
    told = json.loads((folder / "work" / "unpacked.json").read_text("utf-8"))
    data, named = (folder / "work", "files") if told["archive"] else (given, name)
    report = folder / "report"
    report.mkdir()
    (report / "files.json").write_text(json.dumps([{"name": named, "split": None}]), "utf-8")
    where = ("--data", str(data), "--files", "files.json", "--out", "report.json", "--tables", "t")
    yield Ended(python, report, "report.py", *where)


def check(python: Path, folder: Path, name: str) -> None:
    """Refused in a sentence, soon and small; and nothing large lies anywhere."""
    began = sum(path.stat().st_size for path in folder.rglob("*"))
    ends = list(whole_way(python, folder, name))
    for one in ends:
        assert one.memory < MOST_MEMORY, f"{name}: {one.memory >> 20} MB"
    assert sum(one.seconds for one in ends) < MOST_SECONDS, name
    assert ends[-1].code == PROBLEM, ends[-1].said
    assert "Traceback" not in ends[-1].said
    assert json.loads(ends[-1].said.splitlines()[-1])["problem"]["hint"]
    assert sum(path.stat().st_size for path in folder.rglob("*")) < began + (80 << 20)


@pytest.mark.anyio
@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_refused_soon_and_small(python: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(BOMBS[name]())
    check(python, tmp_path, name)


@pytest.mark.anyio
@pytest.mark.parametrize("quote", ["", '"'])
async def test_a_line_of_a_gigabyte_is_refused_soon_and_small(
    python: Path, tmp_path: Path, quote: str
) -> None:
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "line.csv").open("wb") as file:
        file.write(f"a,b\n1,{quote}".encode())
        for _ in range(16):
            file.write(b"x" * len(ZEROS))
    check(python, tmp_path, "line.csv")


@pytest.mark.anyio
@pytest.mark.parametrize(("rows", "signs"), [(4096, 16 << 20), (40_000_000, 1)])
async def test_a_parquet_file_of_one_value_again_and_again_is_refused_soon_and_small(
    python: Path, tmp_path: Path, rows: int, signs: int
) -> None:
    (tmp_path / "data").mkdir()
    bomb = tmp_path / "data" / "cells.parquet"
    command = [str(python), "-c", PARQUET, str(bomb), str(rows), str(signs)]
    await asyncio.to_thread(lambda: subprocess.run(command, check=True))
    assert bomb.stat().st_size < 1 << 20
    check(python, tmp_path, "cells.parquet")
