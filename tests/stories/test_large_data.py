"""Gigabytes become a model, and neither the bot nor the machine runs out of memory."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.stories.shell import Shell, last_object

pytestmark = pytest.mark.slow
GIGABYTE = 1 << 30
BOT_MOST = 150 << 20
ALL_MOST = 4 << 30
LONGEST = 1800


@pytest.fixture
def shell(tmp_path: Path, environments: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path, environments)
    yield shell
    shell.end()


def write_large(path: Path, size: int) -> int:
    """Orders whose return depends on price and speed; returns the number of rows."""
    draw = random.Random(7)  # noqa: S311 - only data
    lines = []
    for _ in range(100_000):
        price, days = draw.randint(5, 500), draw.randint(1, 20)
        late = days + draw.gauss(0, 4) > 11
        shop = draw.choice(("north", "south", "east", "west"))
        lines.append(f"{price}.@@@,{days},{shop},{draw.randint(1, 9)},{'yes' if late else 'no'}\n")
    block = "".join(lines).encode()
    rows = 0
    with path.open("wb") as file:
        file.write(b"price,days,shop,items,returned\n")
        while file.tell() < size:
            file.write(block.replace(b"@@@", f"{rows // 100_000:03}".encode()))
            rows += 100_000
    return rows


@pytest.mark.parametrize("gigabytes", [0.5, pytest.param(2, marks=pytest.mark.lab)])
def test_gigabytes_train_in_little_memory(shell: Shell, tmp_path: Path, gigabytes: float) -> None:
    data = tmp_path / "orders.csv"
    rows = write_large(data, int(gigabytes * GIGABYTE))
    arguments = ("run", "will it be returned?", "--data", str(data), "--budget-minutes", "1")
    process = shell.start(*arguments, "--json")
    bot, everything = watch(psutil.Process(process.pid))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err[-2000:]
    found = last_object(out)
    assert found["status"] == "done"
    assert f"{rows:,} rows" in err
    assert any("stand for the rest" in warning for warning in found["warnings"])
    assert found["metric"]["value"] > 0.6
    assert bot < BOT_MOST, f"the bot took {bot >> 20} MB"
    assert everything < ALL_MOST, f"all processes took {everything >> 20} MB"
    print(f"{rows:,} rows; bot {bot >> 20} MB, all {everything >> 20} MB")  # noqa: T201


def watch(process: psutil.Process) -> tuple[int, int]:
    """Peak memory of the bot, and of it and all that it starts, until it ends."""
    bot = everything = 0
    end = time.monotonic() + LONGEST
    while time.monotonic() < end and process.is_running():
        if process.status() == psutil.STATUS_ZOMBIE:
            break
        sizes = [size for one in (process, *process.children(recursive=True)) if (size := rss(one))]
        bot = max(bot, rss(process))
        everything = max(everything, sum(sizes))
        time.sleep(0.2)
    return bot, everything


def rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
