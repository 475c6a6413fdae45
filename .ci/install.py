"""Make .venv from uv.lock: `python3 .ci/install.py`, which `make install` runs.

Needs nothing but Python 3.11 with venv. Files come from the indexes and folders that pip is set
up with, and each must have the hash that the lock names.
"""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ROOMS = ("bot", "adapters", "pipeline")

# Under which name uv reads each of pip's settings, and what it puts between several values.
NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}


def main() -> None:
    """Make the environment anew, or bring the one that is there in line with the lock."""
    make_venv()
    install_uv()
    environment = os.environ | uv_settings(pip_settings())
    install_locked(environment)
    install_project(environment)


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


def pip_settings() -> dict[str, list[str]]:
    """What `pip config list` says, the strongest source last: files, then the environment."""
    listed = run(str(PYTHON), "-m", "pip", "config", "list", output=True)
    settings: dict[str, list[str]] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in {"global", "install", ":env:"}:
            settings[key] = str(ast.literal_eval(value)).split()
    return settings


def uv_settings(pip: Mapping[str, list[str]]) -> dict[str, str]:
    """Tell uv the same; a name of its own that is already set stays as it is."""
    told = {
        NAMES[key][0]: NAMES[key][1].join(values)
        for key, values in pip.items()
        if key in NAMES and values
    }
    return {name: value for name, value in told.items() if name not in os.environ}


def install_locked(environment: Mapping[str, str]) -> None:
    """Install exactly what the lock names, and compile it: a start then costs no compiling."""
    locked = VENV / "requirements.txt"
    export = ("export", "--quiet", "--frozen", "--no-emit-project", "--all-groups")
    run(uv(), *export, "--output-file", str(locked), environment=environment)
    sync = ("pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes")
    # As pip does, look into all indexes at once: the hashes leave no room for a wrong file.
    everywhere = ("--index-strategy", "unsafe-best-match", "--compile-bytecode")
    run(uv(), *sync, *everywhere, str(locked), environment=environment)


def install_project(environment: Mapping[str, str]) -> None:
    """Install the project itself, editable, by the locked build backend, and compile it."""
    install = ("pip", "install", "--quiet", "--python", str(PYTHON))
    alone = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    run(uv(), *install, *alone, environment=environment)
    run(str(PYTHON), "-m", "compileall", "-q", *(str(ROOT / room) for room in ROOMS))


def uv() -> str:
    """Path of the uv inside .venv."""
    return str(VENV / "bin" / "uv")


def run(*command: str, environment: Mapping[str, str] | None = None, output: bool = False) -> str:
    """Run a command from the project's folder; its failure is ours, and it has said why."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, text=True, capture_output=output
    )
    if done.returncode != 0:
        sys.exit(f"make install stopped at: {' '.join(command[:4])} …")
    return done.stdout or ""


if __name__ == "__main__":
    main()
