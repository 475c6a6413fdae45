"""Files larger than memory are sampled and said so; bombs of every kind are refused at once."""

import bz2
import gzip
import itertools
import json
import lzma
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.recipe import HARNESS
from tests.unit.harness.modules import harness

gathering = harness("gathering")
delimited = harness("delimited")
sampling = harness("sampling")

MB = 1 << 20
_READ = """
import json, re, sys
sys.path.append(sys.argv[2])
from pathlib import Path
from progress import Problem
from reading import read_file
try:
    found = read_file(Path(sys.argv[1]))
    told = {"rows": len(found.table), "total": found.total, "notes": found.notes,
            "names": found.table.names, "first": found.table.rows[0], "last": found.table.rows[-1]}
except Problem as problem:
    told = {"problem": problem.message, "hint": problem.hint}
# ru_maxrss would begin with that of the process which started this one
told["memory"] = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10
print(json.dumps(told))
"""


def read_apart(file: Path, seconds: float) -> dict[str, Any]:
    """What a process of its own makes of a file, with the megabytes it needed."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _READ, file, HARNESS],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout.splitlines()[-1]), "seconds": time.monotonic() - start}


@pytest.mark.slow
def test_a_file_larger_than_its_memory_is_sampled(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    rows = write_large(file, 800 * MB)
    found = read_apart(file, 900)
    assert found["total"] == rows
    assert 100_000 < found["rows"] < rows
    assert f"has {rows:,} rows, more than fit in memory" in found["notes"][0]
    assert found["memory"] < 700


@pytest.mark.lab
def test_a_packed_large_file_is_sampled_too(tmp_path: Path) -> None:
    plain, packed = tmp_path / "large.csv", tmp_path / "large.csv.gz"
    rows = write_large(plain, 400 * MB)
    with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
        while chunk := source.read(MB):
            target.write(chunk)
    found = read_apart(packed, 900)
    assert found["total"] == rows
    assert found["memory"] < 1500


def write_large(file: Path, size: int) -> int:
    """Rows of numbers, words, quoted texts and dates up to that size; how many."""
    rng = random.Random(3)  # noqa: S311 - the same file each time
    rows = 0
    with file.open("w", encoding="utf-8") as target:
        target.write("id,value,colour,note,day,share\n")
        block = "".join(_row(rng) for _ in range(50_000))
        while target.tell() < size:
            target.write(block)
            rows += 50_000
        target.write('7,0.5,ü,"last, row",2021-01-01,0.25\n')
    return rows + 1


def _row(rng: random.Random) -> str:
    colour = rng.choice(["red", "green", "blue"])
    note = f'"note, {rng.randint(0, 999)}"'
    day = f"2021-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"
    return f"{rng.randint(1, 10**6)},{rng.gauss(0, 1):.5f},{colour},{note},{day},{rng.random()}\n"


@pytest.mark.parametrize("line", [b"0", b"1,2,3\n"])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_of_a_gigabyte_is_refused(
    tmp_path: Path, line: bytes, pack: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "bomb.csv"
    file.write_bytes(pack(line * (10 * MB // len(line))) * 100)
    refused(read_apart(file, 30))


def test_a_line_of_a_gigabyte_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "line.csv"
    with file.open("wb") as target:
        target.truncate(1)
        for _ in range(1000):
            target.write(b"abcdefg," * (MB // 8))
    refused(read_apart(file, 30), "has a line of more than")


@pytest.mark.parametrize("rows", [2, 20])
def test_a_million_columns_are_refused(tmp_path: Path, rows: int) -> None:
    file = tmp_path / "wide.csv"
    with file.open("w") as target:
        target.write(",".join(f"c{n}" for n in range(1_000_000)) + "\n")
        for _ in range(rows):
            target.write(",".join(itertools.repeat("1", 1_000_000)) + "\n")
    refused(read_apart(file, 30), "more than 50,000 columns")


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_json_without_a_bottom_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "deep.json"
    file.write_text(text)
    refused(read_apart(file, 30))


def test_a_file_packed_many_times_over_is_refused(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n"
    for _ in range(5):
        content = gzip.compress(content)
    file = tmp_path / "layers.gz"
    file.write_bytes(content)
    refused(read_apart(file, 30), "packed many times over")


def refused(found: dict[str, Any], said: str = "") -> None:
    assert found.get("hint"), found
    assert said in found["problem"]
    assert found["seconds"] < 5
    assert found["memory"] < 500


def test_rows_beyond_the_budget_are_an_even_sample_of_all() -> None:
    lines = ["n,word\n", *(f"{n},w{n % 7}\n" for n in range(60_000))]
    asked = gathering.Asked("big.csv", budget=1 << 20)
    found = gathering.gather(delimited.Records(lines, delimited.Dialect(",")), 2, asked)
    values = [int(row[0]) for row in found.table.rows]
    assert found.total == 60_000
    assert values == sorted(set(values))
    step = found.total / len(values)
    gaps = [after - before for before, after in itertools.pairwise(values)]
    assert max(gaps) < 4 * step
    assert abs(sum(value % 7 for value in values) / len(values) - 3) < 0.2


def test_the_same_rows_are_kept_each_time() -> None:
    kept = []
    for _ in range(2):
        sample = sampling.Sample(budget=1000)
        for n in range(5000):
            if not sample.skip(1):
                sample.add(n, 10)
        kept.append(sample.items)
    assert kept[0] == kept[1]
    assert 50 <= len(kept[0]) <= 100
