"""Environments of trainings that were carried elsewhere: made once, whole or not at all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.parcel.packing import CARRY, pack
from adapters.parcel.reading import ENVIRONMENT, Told, told
from pipeline.ports.runtime import RunRequest, Step

# Makes an environment out of the Python it is told, and notes what it was asked for.
_UV = """#!{python}
import json, os, pathlib, sys
words = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(words) + "\\n")
if words[0] == "venv":
    folder = pathlib.Path(words[-1])
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(words[words.index("--python") + 1])
    libs = folder / "lib" / "python3.11" / "site-packages" / "scikit_learn.libs"
    libs.mkdir(parents=True)
    (libs / "libgomp-1.so").touch()
elif "missing" in words:
    print("error: there is no package 'missing'")
    sys.exit(2)
"""
_STEP = "import os, sys; print(sys.executable); print(os.environ.get('LD_LIBRARY_PATH'))"


class Elsewhere:
    """A machine with a uv of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "uv.log"
        self.cache = folder / "cache"
        tools = folder / "tools"
        tools.mkdir()
        (tools / "uv").write_text(_UV.format(python=sys.executable, log=str(self.log)))
        (tools / "uv").chmod(0o755)

    def carried(self, *requirements: str, gpu: str = "") -> Told:
        """What is told of a training with these requirements."""
        script = self.folder / "bundle" / "train.py"
        script.parent.mkdir(exist_ok=True)
        script.write_text(_STEP)
        run = self.folder / "run"
        step = Step("train", script, (), run / "model")
        parcel = pack(RunRequest("j-1-0", run, requirements, (step,), gpu=gpu), self.folder)
        words = [sys.executable, str(CARRY), str(parcel), str(self.folder / "work"), "--install"]
        done = subprocess.run(
            [*words, "--cache", str(self.cache)],
            env={
                "PATH": str(self.folder / "tools"),
                "HOME": str(self.folder),
                "LD_LIBRARY_PATH": "/of/the/driver",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return told(done.stdout.splitlines())

    def asked(self) -> list[list[str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path)


def test_an_environment_is_made_once_in_the_versions_that_were_tried(
    elsewhere: Elsewhere,
) -> None:
    first, second = (elsewhere.carried("numpy") for _ in range(2))

    (made,) = elsewhere.cache.iterdir()
    native = made / "lib" / "native"
    assert list(second.lines[:2]) == [str(made / "bin" / "python"), f"{native}:/of/the/driver"]
    assert first.lines[-3:-1] == second.lines[:2]
    assert (native / "libgomp.so.1").is_file()
    venv, install = elsewhere.asked()
    assert venv[0] == "venv"
    assert install[-1] == "numpy"
    constraints = Path(install[install.index("--constraint") + 1])
    assert "numpy==" in constraints.read_text()
    assert install[install.index("--only-binary") + 1] == ":all:"


@pytest.mark.parametrize(("gpu", "asked"), [("", ["--torch-backend", "cpu"]), ("T4", [])])
def test_torch_is_the_small_build_where_there_is_no_gpu(
    elsewhere: Elsewhere, gpu: str, asked: list[str]
) -> None:
    elsewhere.carried("torch==2.13.0", gpu=gpu)

    words = elsewhere.asked()[-1]
    assert words[words.index("--python") + 2 : words.index("--only-binary")] == asked


def test_what_cannot_be_installed_ends_the_run_and_leaves_no_half_environment(
    elsewhere: Elsewhere,
) -> None:
    said = elsewhere.carried("missing")

    assert said.step == ENVIRONMENT
    assert said.result is not None
    assert (said.result.ending, said.result.exit_code) == ("failed", 2)
    assert "error: there is no package 'missing'" in said.result.tail
    assert not list(elsewhere.cache.iterdir())


def test_a_training_without_requirements_needs_no_environment(elsewhere: Elsewhere) -> None:
    said = elsewhere.carried()

    assert said.lines[0] == sys.executable
    assert not elsewhere.log.exists()
