"""What gets past the look at a model's code ends in the sandbox, in a process of its own."""

import pytest

from pipeline.codecheck import problems
from tests.unit.runtime.bench import Bench

pytestmark = pytest.mark.anyio
ANSWER = "row,answer,4711"

TRIES = {
    "held-out rows by halves": (
        "name = 'held' + 'out'\nwhere = base + name + slash + 'te' + 'st.jsonl'"
    ),
    "a path put together": "where = slash + 'etc' + slash + 'hostname'",
    "the home by steps": "where = slash + slash.join(['root', '.bashrc'])",
}
READING = """
import sys
slash = chr(47)
base = sys.argv[1][: -len('fit')]
{where}
try:
    print('read:', open(where).read())
except OSError:
    print('shut')
"""
WRITING = """
import sys
slash = chr(47)
base = sys.argv[1][: -len('prepared' + slash + 'fit')]
for name in ('bundle' + slash + 'script.py', 'prepared' + slash + 'fit' + slash + 'train.jsonl'):
    try:
        open(base + name, 'w').write('accuracy 1.0')
        print('written')
    except OSError:
        print('shut')
"""


def prepared(bench: Bench) -> str:
    """The parts beside each other, as a job has them; the folder to learn from."""
    for part in ("fit/train", "heldout/test"):
        path = bench.folder / "prepared" / f"{part}.jsonl"
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_text(ANSWER if part.startswith("heldout") else "row", "utf-8")
    return str(bench.folder / "prepared" / "fit")


@pytest.mark.parametrize("where", TRIES.values(), ids=TRIES)
async def test_a_script_that_got_past_reads_no_file_outside(bench: Bench, where: str) -> None:
    code = READING.format(where=where)
    assert problems("train.py", code, "", ["train.py"], ()) == []
    fit = prepared(bench)
    result = await bench.run(bench.step(code, fit, reads=(bench.folder / "prepared" / "fit",)))
    assert result.ok
    assert "shut" in bench.text
    assert ANSWER not in bench.text
    assert "read:" not in bench.text


async def test_a_script_that_got_past_changes_no_script_and_no_rows(bench: Bench) -> None:
    assert problems("train.py", WRITING, "", ["train.py"], ()) == []
    fit = prepared(bench)
    result = await bench.run(bench.step(WRITING, fit, reads=(bench.folder / "prepared" / "fit",)))
    assert result.ok
    assert bench.text.split() == ["shut", "shut"]
    assert (bench.folder / "prepared" / "fit" / "train.jsonl").read_text("utf-8") == "row"
