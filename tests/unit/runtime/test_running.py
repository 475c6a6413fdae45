"""A step ends as it should, with everything it started."""

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.environments import Environments
from pipeline.errors import MLTrainerError
from pipeline.ports.runtime import Limits
from pipeline.scripts import core_requirements
from tests.unit.runtime.bench import Bench, survivors
from tests.unit.runtime.conftest import sandbox_or_skip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

_DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        # It names the folder in its command line, so that the test can look for it.
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", os.getcwd()])
    os._exit(0)
print("left a daemon", flush=True)
"""
_CHILDREN = """
import subprocess, sys, time, os
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", os.getcwd()])
print("ready", flush=True)
time.sleep(60)
"""


async def test_lines_arrive_as_they_are_printed_and_the_last_are_kept(bench: Bench) -> None:
    result = await bench.run(bench.step("for i in range(100): print('line', i)"))

    assert result.ok
    assert bench.lines == [f"line {i}" for i in range(100)]
    assert result.tail == tuple(bench.lines[-60:])


async def test_a_failing_script_keeps_its_last_words(bench: Bench) -> None:
    result = await bench.run(bench.step("print('one')\nraise ValueError('no such column')"))

    assert (result.ending, result.exit_code) == ("failed", 1)
    assert result.tail[0] == "one"
    assert result.tail[-1] == "ValueError: no such column"


async def test_the_exit_code_of_the_script_is_kept(bench: Bench) -> None:
    result = await bench.run(bench.step("raise SystemExit(3)"))

    assert (result.ending, result.exit_code) == ("failed", 3)


async def test_a_hanging_script_ends_at_its_time_limit(bench: Bench) -> None:
    bench.limits = dataclasses.replace(bench.limits, seconds=2)

    result = await bench.run(bench.step("import time\nprint('began')\ntime.sleep(60)"))

    assert result.ending == "timeout"
    assert result.tail == ("began",)


async def test_a_script_that_eats_memory_ends_so(bench: Bench) -> None:
    bench.limits = dataclasses.replace(bench.limits, memory=300 << 20)

    result = await bench.run(bench.step("rows = []\nwhile True: rows.append(bytearray(1 << 24))"))

    assert result.ending == "memory"


async def test_children_that_eat_memory_together_end_so(bench: Bench) -> None:
    bench.limits = dataclasses.replace(bench.limits, memory=300 << 20)
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        rows = b"x" * (120 << 20)
        time.sleep(60)
time.sleep(60)
"""
    result = await bench.run(bench.step(code))

    assert result.ending == "memory"
    assert not bench.survivors()


async def test_memory_that_children_share_counts_once(bench: Bench) -> None:
    bench.limits = dataclasses.replace(bench.limits, memory=300 << 20)
    code = """
import os, time
rows = b"x" * (150 << 20)
for _ in range(3):
    if os.fork() == 0:
        time.sleep(1.2)
        os._exit(0)
for _ in range(3): os.wait()
"""
    assert (await bench.run(bench.step(code))).ok


async def test_a_flood_of_empty_lines_ends_the_script(bench: Bench) -> None:
    bench.limits = Limits(seconds=30, output=1 << 20)

    result = await bench.run(bench.step("while True: print()"))

    assert result.ending == "output"


async def test_a_long_line_is_cut_and_control_codes_are_dropped(bench: Bench) -> None:
    result = await bench.run(bench.step(r"print('a' * 20000); print('\x1b[31mred\x1b[0m\x07')"))

    assert result.tail == ("a" * 8192 + " …", "red")


async def test_a_daemon_does_not_outlive_its_step(bench: Bench) -> None:
    result = await bench.run(bench.step(_DAEMON))

    assert result.tail == ("left a daemon",)
    assert not bench.survivors()


async def test_cancelling_ends_the_script_and_its_children(bench: Bench) -> None:
    ready = asyncio.Event()

    async def on_line(_line: str) -> None:
        ready.set()

    running = asyncio.create_task(bench.run(bench.step(_CHILDREN), on_line))
    await asyncio.wait_for(ready.wait(), 30)
    assert bench.survivors()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert not bench.survivors()


async def test_a_reader_that_fails_ends_the_script(bench: Bench) -> None:
    async def on_line(_line: str) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        await bench.run(bench.step(_CHILDREN), on_line)
    assert not bench.survivors()


_BOT = """
import asyncio, sys
from pathlib import Path
from adapters.sandbox.levels import choose
from tests.unit.runtime.bench import Bench

async def on_line(line):
    print(line, flush=True)

async def main():
    bench = Bench(await choose(sys.argv[1]), Path(sys.argv[2]))
    await bench.run(bench.step(sys.argv[3]), on_line)

asyncio.run(main())
"""


async def test_everything_ends_when_the_bot_is_killed(bench: Bench) -> None:
    root = Path(__file__).parents[3]
    code = _DAEMON + _CHILDREN
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _BOT, bench.sandbox.level, str(bench.folder), code),
        cwd=root,
        env={"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
    )
    assert bot.stdout is not None
    assert [await bot.stdout.readline() for _ in range(2)] == [b"left a daemon\n", b"ready\n"]
    assert bench.survivors()
    os.kill(bot.pid, signal.SIGKILL)
    await bot.wait()

    for _ in range(100):
        if not survivors(bench.folder):
            break
        await asyncio.sleep(0.05)
    assert not survivors(bench.folder)


async def test_a_pool_of_processes_works(bench: Bench) -> None:
    code = """
import multiprocessing
def square(x): return x * x
if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool: print(pool.map(square, range(4)))
"""
    result = await bench.run(bench.step(code))

    assert result.tail == ("[0, 1, 4, 9]",)


async def test_a_script_sees_what_it_may_read_and_its_siblings(bench: Bench) -> None:
    data = bench.folder / "data"
    data.mkdir(mode=0o700)
    (data / "rows.csv").write_text("a,b\n")
    (data / "rows.csv").chmod(0o600)
    alone = bench.folder / "alone.csv"
    alone.write_text("c,d\n")
    alone.chmod(0o600)
    code = "import sys, sibling\nfor path in sys.argv[1:]: print(open(path).read().strip())"
    step = bench.step(code, str(data / "rows.csv"), str(alone), reads=(data, alone))
    (step.script.parent / "sibling.py").write_text("")

    result = await bench.run(step)

    assert result.tail == ("a,b", "c,d")


async def test_results_are_written_for_the_owner_alone(bench: Bench) -> None:
    step = bench.step("open('model.json', 'w').write('{}')")

    await bench.run(step)

    assert (step.work / "model.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in step.work.iterdir()) == ["model.json"]


async def test_a_folder_within_the_work_folder_stays_read_only(tmp_path: Path) -> None:
    bench = Bench(await sandbox_or_skip("full"), tmp_path)
    step = bench.step("print('x')")
    kept = step.work / "kept"
    kept.mkdir()
    step = dataclasses.replace(step, reads=(kept,))
    step.script.write_text("open('kept/new', 'w')")

    assert (await bench.run(step)).ending == "failed"


async def test_a_model_is_fitted(bench: Bench, environments: Path) -> None:
    bench.limits = dataclasses.replace(bench.limits, memory=2 << 30)
    bench.python = await _core(environments)
    code = """
import numpy
from sklearn.linear_model import LogisticRegression
rows = numpy.random.default_rng(0).normal(size=(500, 4))
print(LogisticRegression().fit(rows, rows[:, 0] > 0).score(rows, rows[:, 0] > 0) > 0.9)
"""
    result = await bench.run(bench.step(code))

    assert result.tail == ("True",)


async def _core(cache: Path) -> Path:
    async def silent(_line: str) -> None:
        return None

    try:
        return await Environments(cache).prepare(core_requirements(), silent)
    except MLTrainerError as error:
        pytest.skip(f"no training environment: {error.message}")


async def test_a_file_of_the_person_is_as_it_was_after_a_step_read_it(bench: Bench) -> None:
    own = bench.folder / "own.csv"
    own.write_text("a,b\n")
    own.chmod(0o600)
    before = own.stat()

    result = await bench.run(
        bench.step("import sys; print(open(sys.argv[1]).read())", str(own), reads=(own,))
    )

    after = own.stat()
    assert result.tail == ("a,b",)
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        *(before.st_mode, before.st_uid, before.st_gid),
    )
