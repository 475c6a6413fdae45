"""Make .venv from uv.lock: `python3 .ci/install.py`, which `make install` runs.

Needs nothing but Python 3.11 with venv. Files come from the indexes and folders that pip is set
up with, and each must have the hash that the lock names.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adapters.pip_settings import read_pip_settings  # noqa: E402  (found only from here on)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ROOMS = ("bot", "adapters", "pipeline")


def main() -> None:
    """Make the environment anew, or bring the one that is there in line with the lock."""
    make_venv()
    install_uv()
    install_locked()
    install_project()


def make_venv() -> None:
    """Create .venv, or refresh it in place."""
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode != 0:
        sys.exit("Python's venv module is missing: apt-get install python3-venv, then again.")


def install_uv() -> None:
    """Put the locked uv into .venv by pip, checked by its hash."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    uv = next(package for package in lock["package"] if package["name"] == "uv")
    hashes = " ".join(f"--hash={file['hash']}" for file in [uv["sdist"], *uv["wheels"]])
    wanted = VENV / "uv.txt"
    wanted.write_text(f"uv=={uv['version']} {hashes}\n", "utf-8")
    run(str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(wanted))


def install_locked() -> None:
    """Install exactly what the lock names, and compile it: a start then costs no compiling."""
    locked = str(VENV / "requirements.txt")
    export = ("export", "--quiet", "--frozen", "--no-emit-project", "--all-groups")
    run(uv(), *export, "--output-file", locked)
    sync = ("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", locked)
    run(uv(), *sync, "--python", str(PYTHON), **read_pip_settings().uv_variables())


def install_project() -> None:
    """Install the project itself, editable, by the locked build backend, and compile it."""
    alone = ("--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    run(uv(), "pip", "install", "--python", str(PYTHON), *alone)
    run(str(PYTHON), "-m", "compileall", "-q", *(str(ROOT / room) for room in ROOMS))


def uv() -> str:
    """Path of the uv inside .venv."""
    return str(VENV / "bin" / "uv")


def run(*command: str, **environment: str) -> None:
    """Run a command from the project's folder; it has said itself why it failed."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False)
    if done.returncode != 0:
        sys.exit(f"make install stopped at: {' '.join(command[:4])} …")


if __name__ == "__main__":
    main()
