"""Makes the environment of a training on whatever machine it was carried to.

    python install.py FOLDER --constraint FILE [--gpu] -- REQUIREMENT…

With uv where that is found, else with venv and pip. Whole or not at all: it is made beside and
renamed. Standard library only, Python 3.10.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

_TORCH_CPU = "https://download.pytorch.org/whl/cpu"
_PIP_FOR_OTHERS = (22, 3)  # since then pip installs for another Python
_PLAIN = ("--only-binary", ":all:")  # no package's own build code runs


def main() -> int:
    """Exit code 0 when FOLDER/bin/python is there with all requirements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--constraint", required=True)
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("requirements", nargs="+")
    asked = parser.parse_args()
    asked.folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=asked.folder.parent)) / "environment"
    try:
        code = _install(draft, asked.constraint, asked.requirements, gpu=asked.gpu)
        if code == 0:
            _offer_openmp(draft)
            _keep(draft, asked.folder)
    finally:
        shutil.rmtree(draft.parent, ignore_errors=True)
    return code


def _install(draft: Path, constraint: str, requirements: list[str], *, gpu: bool) -> int:
    """Run the commands until one fails; its exit code."""
    words = [*_PLAIN, "--constraint", constraint, *requirements]
    torch = not gpu and any(one.partition("=")[0].strip() == "torch" for one in requirements)
    python = str(draft / "bin" / "python")
    if uv := shutil.which("uv"):
        cpu = ["--torch-backend", "cpu"] if torch else []
        install = [uv, "pip", "install", "--no-progress", "--compile-bytecode", "--python", python]
        commands = [[uv, "venv", "--quiet", "--python", sys.executable, str(draft)]]
        commands.append([*install, *cpu, *words])
    else:
        cpu = ["--extra-index-url", _TORCH_CPU] if torch else []
        without, pip = _pip(python)
        commands = [[sys.executable, "-m", "venv", *without, str(draft)]]
        commands.append([*pip, "install", "--progress-bar", "off", *cpu, *words])
    return next((code for code in map(_run, commands) if code), 0)


def _pip(python: str) -> tuple[list[str], list[str]]:
    """How a venv is made, and its pip: ours where it can, as making another takes 10 seconds."""
    with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
        major, minor = metadata.version("pip").split(".")[:2]
        if (int(major), int(minor)) >= _PIP_FOR_OTHERS:
            return ["--without-pip"], [sys.executable, "-m", "pip", "--python", python]
    return [], [python, "-m", "pip"]


def _run(command: list[str]) -> int:
    print("installing:", *command[1:4], flush=True)  # noqa: T201  (what it prints is the log)
    return subprocess.run(command, check=False).returncode


def _offer_openmp(draft: Path) -> None:
    """Put the OpenMP library that scikit-learn carries where LightGBM finds it."""
    carried = sorted(draft.glob("lib/python*/site-packages/*.libs/libgomp*.so*"))
    if carried:
        folder = draft / "lib" / "native"
        folder.mkdir()
        (folder / "libgomp.so.1").symlink_to(os.path.relpath(carried[0], folder))


def _keep(draft: Path, folder: Path) -> None:
    """Give it its name; where another run was quicker, theirs stays."""
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / "bin" / "python").exists():
            raise


if __name__ == "__main__":
    sys.exit(main())
