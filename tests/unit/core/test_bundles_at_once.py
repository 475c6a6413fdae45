"""Several jobs put their bundles together at the same time, in threads of one process."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import bundle

JOBS, THREADS = 30, 8


class Litter:
    """A ring that only the garbage collector takes away, running Python as it does."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns all the time, and a garbage collector that is always about."""
    turns, collecting = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(turns)
    gc.set_threshold(*collecting)


@pytest.mark.usefixtures("restless")
def test_bundles_that_are_put_together_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    lines = [f"def f{n}(a, b={n}): return [a + one * {n} for one in range(b)]" for n in range(250)]
    (tmp_path / "train.py").write_text("\n".join(["import other", *lines]))
    (tmp_path / "other.py").write_text("\n".join(lines))

    def assemble(_: int) -> list[str]:
        for _ in range(20):
            Litter()
        return list(bundle.needed(["train.py"], [tmp_path]))

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(assemble, range(JOBS)))

    assert found == [["other.py", "train.py"]] * JOBS
