"""Audit the dependencies: `make audit`. Exit code 0 when nothing stands against them, else 1.

Where pip-audit and its database can be had, known weaknesses are asked for. Everywhere the lock is
checked: each file has a hash, what is installed is what the lock names, and nothing beside it.
"""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180
OWN = "mltrainer"
WITH_VENV = {"pip", "setuptools"}  # `venv` brings them, the lock does not
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_FOUND = 1  # pip-audit's own code for weaknesses; others mean that it could not ask

Package = Mapping[str, Any]


def main() -> None:
    """Check the lock, ask for known weaknesses, and say what was found."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    faults = [*without_hash(lock), *beside_the_lock(lock, installed())]
    for fault in faults:
        say(f"fault: {fault}")
    files = sum(len(files_of(package)) for package in lock)
    say(f"lock: {len(lock)} packages, {files} files; faults: {len(faults)}")
    weak = known_weaknesses()
    sys.exit(1 if faults or weak else 0)


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(line + "\n")


def files_of(package: Package) -> list[Package]:
    """The files that the lock names for a package."""
    return [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]


def without_hash(lock: Iterable[Package]) -> Iterator[str]:
    """Files of the lock that could be exchanged unseen, and packages from elsewhere."""
    for package in lock:
        if package["name"] == OWN:
            continue
        name = f"{package['name']} {package['version']}"
        if "registry" not in package["source"] or not files_of(package):
            yield f"{name} comes from no index: {dict(package['source'])}"
        for file in files_of(package):
            if not _HASH.fullmatch(file.get("hash", "")):
                yield f"{file.get('url', name)} has no sha256 in the lock"


def beside_the_lock(lock: Iterable[Package], there: Mapping[str, str]) -> Iterator[str]:
    """What is installed and not locked, or in another version."""
    locked: dict[str, set[str]] = {}
    for package in lock:
        locked.setdefault(normal(package["name"]), set()).add(package["version"])
    for name, version in sorted(there.items()):
        if name not in locked:
            if name not in WITH_VENV:
                yield f"{name} {version} is installed and not in the lock"
        elif name != OWN and version not in locked[name]:
            yield f"{name} {version} is installed, the lock has {', '.join(sorted(locked[name]))}"


def installed() -> dict[str, str]:
    """The packages of this environment and their versions."""
    found = importlib.metadata.distributions()
    return {normal(one.metadata["Name"]): one.version for one in found}


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def known_weaknesses() -> bool:
    """Whether pip-audit knows any; that it cannot be asked is said, and is no fault."""
    program = shutil.which("pip-audit")
    if program is None:
        say("weaknesses: not asked for, pip-audit is not installed; the lock's hashes hold")
        return False
    command = (program, "--local", "--progress-spinner", "off")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        say("weaknesses: not asked for, the database did not answer; the lock's hashes hold")
        return False
    say(done.stdout.strip())
    if done.returncode == _FOUND and "Found" in done.stderr:
        say("weaknesses: found; take the versions that mend them, then `make lock`")
        return True
    asked = done.returncode == 0
    say("weaknesses: none known" if asked else "weaknesses: not asked for, no way to the database")
    return False


if __name__ == "__main__":
    main()
