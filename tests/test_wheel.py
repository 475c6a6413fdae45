"""What is shipped: the wheel holds the whole house, and runs with nothing but itself."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from adapters.pip_settings import read_pip_settings

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "adapters", "pipeline")
UV = str(Path(sys.executable).with_name("uv"))
PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the locked backend without a network."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs in an empty environment that holds the wheel and what it needs."""
    place = tmp_path_factory.mktemp("elsewhere")
    environment, locked = place / "environment", place / "locked.txt"
    python = environment / "bin" / "python"
    export = ("export", "--quiet", "--frozen", "--no-emit-project", "--no-dev", "--no-hashes")
    run(UV, *export, "-o", locked, cwd=ROOT)
    run(UV, "venv", "--quiet", "--python", sys.executable, environment, cwd=place)
    install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", python)
    index = read_pip_settings().uv_variables()
    run(UV, *install, "--constraint", locked, wheel, cwd=place, **index)
    return python.parent


def test_the_wheel_holds_every_file_of_the_rooms(wheel: Path) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        assert ours - set(archive.namelist()) == set()


def test_the_installed_wheel_explains_itself(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "mltrainer", "--help", cwd=tmp_path)

    assert "demo" in told


def test_the_installed_wheel_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "mltrainer", "demo", cwd=tmp_path, MLTRAINER_HOME=str(tmp_path / "home"))

    for line in ("Metric", "Baseline", "Verdict", "Model", "Prediction"):
        assert re.search(rf"^\W*{line}\b", told, re.MULTILINE), f"no line {line} in:\n{told}"


def test_the_lock_names_the_public_index_alone() -> None:
    lock = (ROOT / "uv.lock").read_text("utf-8")

    assert set(re.findall(r"\w+://[^/\"]*", lock)) == PUBLIC
