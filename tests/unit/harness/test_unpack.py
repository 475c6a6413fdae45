"""Strangers' archives: what is safe comes out, nothing lands elsewhere, and bombs stay packed."""

import bz2
import gzip
import io
import json
import lzma
import os
import stat
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.archives import is_archive
from pipeline.recipe import HARNESS
from tests.unit.harness.modules import harness

Zip = zipfile.ZipFile

_AIM = Path("/tmp/evil_absolute.txt")  # noqa: S108 - where a case aims
_ROWS = b"a,b\n" + b"1,2\n" * 100
# The script, and afterwards the most memory it ever held, in bytes.
_RUN = """
import atexit, runpy, sys
def peak():
    lines = open("/proc/self/status").read().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    open("../peak", "w").write(str(int(kib) * 1024))
atexit.register(peak)
sys.path.insert(0, sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True)
class Unpacked:
    """What a run left: the files below `out`, its record, or the problem it ended with."""

    files: dict[str, bytes]
    told: dict[str, Any]
    problem: str

    @property
    def notes(self) -> str:
        return " ".join(self.told["notes"])


class Yard:
    """A folder of its own for each run; whatever changes outside `work` is an escape."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "given" / "data.bin"
        self.archive.parent.mkdir()

    def unpack(self, *options: str, seconds: float = 5) -> Unpacked:
        work = self.folder / "work"
        work.mkdir()
        before = self._outside()
        began = time.monotonic()
        done = subprocess.run(
            [
                *(sys.executable, "-c", _RUN, str(HARNESS), str(HARNESS / "unpack.py")),
                *("--archive", str(self.archive), "--out", "out", *options),
            ],
            cwd=work,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        assert time.monotonic() - began < seconds
        assert int((self.folder / "peak").read_text()) < 500 << 20
        (self.folder / "peak").unlink()
        assert self._outside() == before
        return self._left(work, done)

    def _left(self, work: Path, done: subprocess.CompletedProcess[str]) -> Unpacked:
        assert done.stderr == ""
        out = work / "out"
        paths = list(out.rglob("*"))
        assert all(stat.S_IMODE(p.lstat().st_mode) in {0o600, 0o700} for p in paths)
        assert not any(path.is_symlink() for path in paths)
        files = {str(p.relative_to(out)): p.read_bytes() for p in paths if p.is_file()}
        if done.returncode == 0:
            assert {path.name for path in work.iterdir()} <= {"out", "unpacked.json"}
            return Unpacked(files, json.loads((work / "unpacked.json").read_text()), "")
        assert done.returncode == 3, done.stdout
        assert list(work.iterdir()) == []
        problem = json.loads(done.stdout.splitlines()[-1])["problem"]
        assert problem["hint"]
        assert problem["field"] == "data"
        return Unpacked(files, {}, problem["message"])

    def _outside(self) -> list[str]:
        work = self.folder / "work"
        return sorted(str(p) for p in self.folder.rglob("*") if not p.is_relative_to(work))


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    yield Yard(tmp_path)
    assert not _AIM.exists()


def tar_of(*members: tuple[tarfile.TarInfo | str, bytes], mode: str = "w") -> bytes:
    """A tar with these members; a name stands for a plain file."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode=mode) as tar:  # type: ignore[call-overload]
        for member, content in members:
            entry = tarfile.TarInfo(member) if isinstance(member, str) else member
            entry.size = len(content) if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(content))
    return raw.getvalue()


def zip_of(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    raw = io.BytesIO()
    with Zip(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return raw.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def zip_link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "packed",
    [
        zip_of(("data/rows.csv", _ROWS), ("data/", b"")),
        tar_of(("./data/rows.csv", _ROWS)),
        tar_of(("data/rows.csv", _ROWS), mode="w:gz"),
        tar_of(("data/rows.csv", _ROWS), mode="w:bz2"),
        tar_of(("data/rows.csv", _ROWS), mode="w:xz"),
        zip_of(("data\\rows.csv", _ROWS)),
    ],
    ids=["zip", "tar", "gz", "bz2", "xz", "zip from Windows"],
)
def test_an_archive_is_known_by_its_content(packed: bytes, yard: Yard) -> None:
    yard.archive.write_bytes(packed)

    assert is_archive(yard.archive)
    unpacked = yard.unpack()
    assert unpacked.files == {"data/rows.csv": _ROWS}
    assert unpacked.told == {"archive": True, "files": 1, "bytes": len(_ROWS), "notes": []}


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(_ROWS, mtime=0),
        bz2.compress(_ROWS * 9999),
        lzma.compress(_ROWS),
        gzip.compress(_ROWS, mtime=0)[:20],
        lzma.compress(b"x" * 1000, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]),
        zip_of(("xl/workbook.xml", b"<x/>"), ("[Content_Types].xml", b"<x/>")),
        zip_of(("mimetype", b"application/epub+zip"), ("content.opf", b"<x/>")),
        zip_of(("META-INF/MANIFEST.MF", b"x"), ("A.class", b"x")),
    ],
    ids=["csv.gz", "csv.bz2", "csv.xz", "cut gz", "greedy xz", "xlsx", "epub", "jar"],
)
def test_packed_tables_and_documents_are_left_alone(content: bytes, yard: Yard) -> None:
    yard.archive.write_bytes(content)

    assert is_archive(yard.archive)
    assert yard.unpack().told == {"archive": False, "files": 0, "bytes": 0, "notes": []}
    assert not (yard.folder / "work" / "out").exists()


@pytest.mark.parametrize("content", [_ROWS, b"", b"PAR1" + b"\0" * 600, b"\0" * 2000])
def test_plain_files_are_no_archives(content: bytes, yard: Yard) -> None:
    yard.archive.write_bytes(content)

    assert not is_archive(yard.archive)
    assert not yard.unpack().told["archive"]
    assert not is_archive(yard.archive.parent)


def test_a_zip_that_expands_900_times_is_refused_before_anything_is_written(yard: Yard) -> None:
    with Zip(yard.archive, "w", zipfile.ZIP_DEFLATED) as zipped, zipped.open("a.csv", "w") as file:
        for _ in range(900):
            file.write(b"0" * 1_000_000)
    assert yard.archive.stat().st_size < 1_000_000

    unpacked = yard.unpack(seconds=1)

    assert "data.bin expands to 900 MB, the limit is 175 MB" in unpacked.problem


def test_the_total_is_limited_whatever_the_ratio(yard: Yard) -> None:
    yard.archive.write_bytes(zip_of(("a.csv", os.urandom(9000)), ("b.csv", os.urandom(9000))))

    assert "expands to" in yard.unpack("--most-bytes", "10000").problem


def test_a_tar_that_expands_too_far_leaves_nothing(yard: Yard) -> None:
    with tarfile.open(yard.archive, "w:gz") as tar:
        for number in range(3):
            entry = tarfile.TarInfo(f"{number}.csv")
            entry.size = 40_000_000
            tar.addfile(entry, io.BytesIO(bytes(entry.size)))

    assert "expands to 80 MB, the limit is 67 MB" in yard.unpack().problem


def test_a_sparse_file_counts_what_it_would_become(yard: Yard) -> None:
    (yard.folder / "hole").touch()
    os.truncate(yard.folder / "hole", 1 << 40)
    subprocess.run(
        ["tar", "-S", "-cf", str(yard.archive), "-C", str(yard.folder), "hole"], check=True
    )

    assert "expands to 1,099.5 GB" in yard.unpack().problem


def test_sizes_that_a_zip_lies_about_are_not_believed(yard: Yard) -> None:
    raw = bytearray(zip_of(("rows.csv", b"0" * 10_000_000), ("good.csv", _ROWS)))
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = struct.pack("<L", 100)
    yard.archive.write_bytes(raw)

    unpacked = yard.unpack()

    assert unpacked.files == {"good.csv": _ROWS}
    assert "left out 1 damaged entry." in unpacked.notes


def test_a_zip64_size_beyond_all_disks_is_refused(yard: Yard) -> None:
    raw = bytearray(zip_of(("rows.csv", _ROWS)))
    at = raw.index(b"PK\x01\x02")
    extra = struct.pack("<HHQ", 1, 8, 1 << 62)
    raw[at + 24 : at + 28] = b"\xff" * 4
    raw[at + 30 : at + 32] = struct.pack("<H", len(extra))
    raw[at + 46 + 8 : at + 46 + 8] = extra
    end = raw.index(b"PK\x05\x06")
    size = struct.unpack("<L", raw[end + 12 : end + 16])[0]
    raw[end + 12 : end + 16] = struct.pack("<L", size + len(extra))
    yard.archive.write_bytes(raw)

    assert "expands to 4,611,686,018.4 GB" in yard.unpack().problem


def test_a_directory_of_endless_entries_is_not_even_read(yard: Yard) -> None:
    record = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 1, 0, 0) + bytes(12) + b"a"
    size = len(record) * 3_000_000
    with yard.archive.open("wb") as file:
        file.write(b"PK\x03\x04" + bytes(26))
        for _ in range(30):
            file.write(record * 100_000)
        file.write(b"PK\x05\x06" + bytes(8) + struct.pack("<LLH", size, 30, 0))

    assert "more than 100,000 entries" in yard.unpack().problem


def test_ten_thousand_small_files_come_out(yard: Yard) -> None:
    with Zip(yard.archive, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number % 100}/{number}.txt", "x")

    assert len(yard.unpack(seconds=10).files) == 10_001


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_more_entries_than_the_limit_are_refused(pack: Callable[..., bytes], yard: Yard) -> None:
    yard.archive.write_bytes(pack(*((f"{number}.txt", b"x") for number in range(101))))

    assert "more than 100 entries" in yard.unpack("--most-entries", "100").problem


_ELSEWHERE = (
    *("../../evil.txt", str(_AIM), "..\\..\\evil.txt", "data/../../../evil2.txt"),
    *("C:\\evil3.txt", "c:evil.txt", "\\\\host\\share\\evil.txt", "a/" * 40 + "evil.txt", ".."),
)


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_paths_that_lead_elsewhere_are_left_out(pack: Callable[..., bytes], yard: Yard) -> None:
    bad = [(name, b"evil") for name in _ELSEWHERE]
    yard.archive.write_bytes(pack(*bad, ("data/train.csv", _ROWS)))

    unpacked = yard.unpack()

    assert unpacked.files == {"data/train.csv": _ROWS}
    assert f"left out {len(bad)} entries whose paths lead elsewhere." in unpacked.notes


def test_links_of_a_zip_are_neither_made_nor_followed(yard: Yard) -> None:
    aimed = (zip_link("data"), b"/etc"), (zip_link("passwd"), b"/etc/passwd")
    yard.archive.write_bytes(zip_of(*aimed, ("data/hosts", b"evil"), ("rows.csv", _ROWS)))

    unpacked = yard.unpack()

    assert unpacked.files == {"data/hosts": b"evil", "rows.csv": _ROWS}
    assert "2 links or devices" in unpacked.notes


def test_links_and_devices_of_a_tar_are_left_out(yard: Yard) -> None:
    yard.archive.write_bytes(
        tar_of(
            (link("out", ".."), b""),
            (link("hosts", "/etc/hosts"), b""),
            (link("hard", "/etc/hosts", tarfile.LNKTYPE), b""),
            (link("hard.csv", "rows.csv", tarfile.LNKTYPE), b""),
            (link("pipe", "", tarfile.FIFOTYPE), b""),
            (link("null", "", tarfile.CHRTYPE), b""),
            (link("disk", "", tarfile.BLKTYPE), b""),
            ("out/rows.csv", _ROWS),
        )
    )
    unpacked = yard.unpack()

    assert unpacked.files == {"out/rows.csv": _ROWS}
    assert "7 links or devices" in unpacked.notes


def test_names_that_differ_by_case_are_taken_once(yard: Yard) -> None:
    yard.archive.write_bytes(
        tar_of(("A.csv", b"1"), ("a.csv", b"2"), ("a.CSV/b", b"3"), ("d/e", b"4"), ("D", b"5"))
    )
    unpacked = yard.unpack()

    assert unpacked.files == {"A.csv": b"1", "d/e": b"4"}
    assert "3 entries whose names are there twice" in unpacked.notes


def test_names_are_cleaned_and_litter_is_left_out_silently(yard: Yard) -> None:
    yard.archive.write_bytes(
        zip_of(
            ("__MACOSX/._rows.csv", b"x"),
            (".git/config", b"x"),
            ("a/.DS_Store", b"x"),
            ("-rf\n\u202e.csv", _ROWS),
            ("é" * 200 + ".csv", _ROWS),
        )
    )
    unpacked = yard.unpack()

    assert sorted(unpacked.files) == ["_rf__.csv", "é" * 73 + ".csv"]
    assert unpacked.notes == ""


def test_an_archive_inside_is_unpacked_into_a_folder_of_its_name(yard: Yard) -> None:
    inner = zip_of(("1.csv", _ROWS))
    workbook = zip_of(("[Content_Types].xml", b"<x/>"))
    packed = tar_of(("2.csv", _ROWS), mode="w:gz")
    yard.archive.write_bytes(
        zip_of(("train.zip", inner), ("test.tar.gz", packed), ("train", b"x"), ("b.xlsx", workbook))
    )
    unpacked = yard.unpack()

    assert unpacked.files == {
        "train-2/1.csv": _ROWS,
        "test/2.csv": _ROWS,
        "train": b"x",
        "b.xlsx": workbook,
    }
    assert unpacked.told["files"] == 4


def nested(levels: int) -> bytes:
    packed = zip_of(("rows.csv", _ROWS))
    for level in range(levels - 1):
        packed = zip_of((f"level{level}.zip", packed))
    return packed


def test_archives_in_archives_stop_at_a_depth(yard: Yard) -> None:
    yard.archive.write_bytes(nested(7))

    assert "holds archives inside archives. 2 levels are unpacked" in yard.unpack().problem


def test_what_lies_beside_a_deep_archive_is_used(yard: Yard) -> None:
    yard.archive.write_bytes(zip_of(("deep.zip", nested(5)), ("rows.csv", _ROWS)))

    unpacked = yard.unpack()

    assert unpacked.files == {"rows.csv": _ROWS}
    assert "1 archive inside an archive inside it" in unpacked.notes


def test_archives_inside_share_one_limit(yard: Yard) -> None:
    inner = zip_of(("zeros.csv", bytes(30_000_000)))
    yard.archive.write_bytes(zip_of(*((f"{number}.zip", inner) for number in range(5))))

    assert "expands to 90 MB, the limit is 67 MB" in yard.unpack().problem


def test_a_broken_archive_inside_costs_only_itself(yard: Yard) -> None:
    locked = bytearray(zip_of(("rows.csv", _ROWS)))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    yard.archive.write_bytes(
        zip_of(
            ("cut.zip", zip_of(("a", _ROWS))[:60]), ("b.zip", bytes(locked)), ("rows.csv", _ROWS)
        )
    )
    unpacked = yard.unpack()

    assert unpacked.files == {"rows.csv": _ROWS}
    assert "2 damaged entries" in unpacked.notes


def test_a_locked_zip_says_so(yard: Yard) -> None:
    raw = bytearray(zip_of(("rows.csv", _ROWS)))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    yard.archive.write_bytes(raw)

    assert "protected by a password" in yard.unpack().problem


def _huge_header(kind: bytes) -> bytes:
    """A tar in gz whose header says that its own name or notes are 400 MB long."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = kind, 400 << 20
    return gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(8 << 20))


def _negative_size() -> bytes:
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 8 + struct.pack(">l", -512)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(2048)


@pytest.mark.parametrize(
    "content",
    [
        zip_of(("rows.csv", os.urandom(5000)))[:3000],
        zip_of(("rows.csv", _ROWS))[:-10],
        b"PK\x03\x04" + b"\0" * 40,
        b"PK\x03\x04" + os.urandom(5000),
        tar_of(("rows.csv", os.urandom(5000)))[:3000],
        tar_of(("a.csv", _ROWS), ("b.csv", _ROWS))[:1100],
        tar_of(("a.csv", _ROWS)).replace(b"\0" * 1024, b"\1" * 1024, 1),
        tar_of(("rows.csv", os.urandom(50000)), mode="w:gz")[:30000],
        tar_of(("rows.csv", os.urandom(2 << 20)), mode="w:bz2")[: 3 << 19],
        tar_of(("rows.csv", os.urandom(50000)), mode="w:xz")[:30000],
        _huge_header(tarfile.GNUTYPE_LONGNAME),
        _huge_header(tarfile.XHDTYPE),
        _negative_size(),
    ],
    ids=[
        *("zip", "end of a zip", "start of a zip", "noise", "tar", "cut header", "bad end"),
        *("gz", "bz2", "xz", "endless name", "endless notes", "negative size"),
    ],
)
def test_a_damaged_archive_is_named_so(content: bytes, yard: Yard) -> None:
    yard.archive.write_bytes(content)

    problem = yard.unpack().problem

    assert problem.startswith("data.bin")
    assert "damaged" in problem


@pytest.mark.parametrize(
    "content",
    [zip_of(), zip_of(("folder/", b"")), zip_of(("../a", b"1")), tar_of((link("a", "b"), b""))],
    ids=["nothing", "a folder", "elsewhere", "a link"],
)
def test_an_archive_without_a_usable_file_says_so(content: bytes, yard: Yard) -> None:
    yard.archive.write_bytes(content)

    assert "holds no file that can be used" in yard.unpack().problem


def test_a_way_of_packing_nobody_reads_costs_only_that_entry(yard: Yard) -> None:
    raw = bytearray(zip_of(("a.csv", _ROWS), ("b.csv", _ROWS)))
    at = raw.index(b"PK\x01\x02")
    raw[8:10] = raw[at + 10 : at + 12] = struct.pack("<H", 98)
    yard.archive.write_bytes(raw)

    assert yard.unpack().files == {"b.csv": _ROWS}


def test_no_mutation_of_an_archive_ends_in_a_traceback(tmp_path: Path) -> None:
    packed = harness("packed")
    allowance, problem = harness("allowance").Allowance, harness("progress").Problem
    path = tmp_path / "data.bin"
    good = [
        zip_of(("a", _ROWS), ("b/c", _ROWS)),
        tar_of(("a", _ROWS)),
        tar_of(("a", b"1"), mode="w:gz"),
    ]
    for seed in range(600):
        raw = bytearray(good[seed % 3])
        for step in range(1 + seed % 4):
            raw[(seed * 7919 + step * 104_729) % len(raw)] = (seed * 31 + step * 17) % 256
        path.write_bytes(raw)
        kind = packed.packing_of(path)
        if kind is None:
            continue
        limits = allowance("data.bin", 1 << 30, 1000)
        with suppress(problem), packed.entries_of(path, kind, limits) as entries:
            for entry in entries:
                _read(entry, packed.BROKEN)


def _read(entry: Any, broken: tuple[type[Exception], ...]) -> None:  # noqa: ANN401 - of the harness
    with suppress(*broken, OSError), entry.open() as content:
        content.read(1 << 20)
