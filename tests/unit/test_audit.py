"""The audit of dependencies: what it finds in a lock and beside it."""

import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GOOD = "sha256:" + "a" * 64


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = load()


def package(name: str, version: str = "1.0", **more: Any) -> Mapping[str, Any]:
    source = {"registry": "https://pypi.org/simple"}
    wheels = [{"url": f"https://x/{name}.whl", "hash": GOOD}]
    return {"name": name, "version": version, "source": source, "wheels": wheels, **more}


def test_a_whole_lock_has_no_fault() -> None:
    lock = [package("numpy"), {"name": "mltrainer", "version": "0.1", "source": {"editable": "."}}]
    assert list(audit.without_hash(lock)) == []
    there = {"numpy": "1.0", "mltrainer": "0.1", "pip": "25"}
    assert list(audit.beside_the_lock(lock, there)) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"wheels": [{"url": "https://x/a.whl"}]}, "has no sha256"),
        ({"wheels": [{"url": "https://x/a.whl", "hash": "md5:" + "a" * 32}]}, "has no sha256"),
        ({"sdist": {"url": "https://x/a.tar.gz", "hash": ""}}, "has no sha256"),
        ({"wheels": []}, "comes from no index"),
        ({"source": {"git": "https://evil.example/a"}}, "comes from no index"),
        ({"source": {"url": "https://evil.example/a.whl"}}, "comes from no index"),
    ],
)
def test_a_file_that_could_be_exchanged_is_a_fault(more: dict[str, Any], said: str) -> None:
    (fault,) = audit.without_hash([package("a", **more)])
    assert said in fault


def test_what_is_not_as_the_lock_has_it_is_a_fault() -> None:
    faults = list(audit.beside_the_lock([package("Num.Py")], {"num-py": "2.0", "evil": "9"}))
    assert faults == [
        "evil 9 is installed and not in the lock",
        "num-py 2.0 is installed, the lock has 1.0",
    ]


def test_the_lock_of_this_house_has_a_hash_for_every_file() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    assert list(audit.without_hash(lock)) == []


@pytest.mark.parametrize(
    ("code", "errors", "found"),
    [(0, "", False), (1, "Found 2 known vulnerabilities", True), (1, "ConnectionError", False)],
)
def test_only_what_is_known_ends_the_audit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    errors: str,
    *,
    found: bool,
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.stderr.write({errors!r})\nsys.exit({code})\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert audit.known_weaknesses() is found
