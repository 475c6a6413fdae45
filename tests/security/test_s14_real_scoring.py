"""S14, with a real recipe: a training that boasts is scored like one that does not."""

import json
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import requirements
from tests.contracts.bundles import TestBundle, assemble, sample_files, training_python
from tests.security.test_s14_figures import FORGED, PRINTED

TASK = TaskType("tabular_classification")
FALSE_FILES = ("metrics.json", "verdict.json", "predictions.csv", "heldout.csv", "prepared.json")
BOAST = f"""
import runpy, sys
from pathlib import Path

out = Path(sys.argv[sys.argv.index("--out") + 1])
runpy.run_path(str(Path(__file__).with_name("train_own.py")), run_name="__main__")
for line in {PRINTED!r}:
    print(line, flush=True)
for name in {FALSE_FILES!r}:
    (out / name).write_text({FORGED!r}, "utf-8")
Path("metrics.json").write_text({FORGED!r}, "utf-8")
"""


@pytest.fixture
async def bundle(environments: Path, tmp_path: Path, anyio_backend: str) -> TestBundle:
    del anyio_backend
    made = assemble(TASK, tmp_path, await training_python(environments, requirements(TASK)))
    made.configure(made.report(*sample_files(TASK)))
    assert made.prepare().code == 0
    made.baseline()
    return made


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_training_that_boasts_is_scored_like_any(bundle: TestBundle) -> None:
    (bundle.folder / "train.py").rename(bundle.folder / "train_own.py")
    (bundle.folder / "train.py").write_text(BOAST, "utf-8")
    model = bundle.folder / "model"
    assert FORGED in bundle.train(model).output
    boasted = bundle.score("boasted")
    for name in FALSE_FILES:
        (model / name).unlink()
    plain = bundle.score("plain")

    assert boasted == plain
    assert boasted.metric.n == unseen_rows(bundle)
    assert boasted.metric.value != 1.0
    assert boasted.verdict != json.loads(FORGED)["verdict"]


def unseen_rows(bundle: TestBundle) -> int:
    """The rows that the training never saw, below a line of names."""
    held = bundle.work / "prepared" / "heldout" / "test.jsonl"
    return len(held.read_text("ascii").splitlines()) - 1
