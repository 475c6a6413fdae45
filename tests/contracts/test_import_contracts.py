"""The walls stand, and each of them fails when somebody climbs it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "adapters", "pipeline")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]

# Each wall with a way over it: the files that do it, and the line written into each. The new files
# stand behind the same walls without being listed anywhere.
TRESPASSES: list[tuple[str, dict[str, str]]] = [
    (
        "bot stands on adapters, adapters on pipeline",
        {"pipeline/jobs.py": "import adapters.hosts"},
    ),
    (
        "only bot.wiring plugs adapters in",
        {"bot/cli/new_command.py": "import adapters.hosts"},
    ),
    (
        "the layers of pipeline",
        {"pipeline/events.py": "import pipeline.context"},
    ),
    (
        "the layers of pipeline",
        {"pipeline/orchestrator.py": "import pipeline.recipes"},
    ),
    (
        "the layers of pipeline",
        {"pipeline/placed_in_no_layer.py": ""},
    ),
    (
        "SDKs stay in adapters",
        {"bot/cli/new_command.py": "from sqlalchemy import select"},
    ),
    (
        "only the terminal and the command line draw",
        {"adapters/hosts/new_host.py": "import rich"},
    ),
    (
        "only the vault encrypts",
        {"adapters/hosts/new_host.py": "from cryptography.fernet import Fernet"},
    ),
    (
        "only one library asks language models",
        {"adapters/hosts/new_host.py": "import litellm"},
    ),
    (
        "recipes are independent",
        {
            "pipeline/recipes/new_task/__init__.py": "import pipeline.recipes.other_task",
            "pipeline/recipes/other_task/__init__.py": "",
        },
    ),
    (
        "agents are independent",
        {
            "pipeline/agents/new_stage.py": "import pipeline.agents.other_stage",
            "pipeline/agents/other_stage.py": "",
        },
    ),
    (
        "the files of the adapter shelves are independent",
        {
            "adapters/runtimes/new_runtime.py": "import adapters.sources.new_source",
            "adapters/sources/new_source.py": "",
        },
    ),
    (
        "accounts are independent",
        {
            "adapters/accounts/__init__.py": "",
            "adapters/accounts/new_account.py": "import adapters.accounts.other_account",
            "adapters/accounts/other_account.py": "",
        },
    ),
    (
        "no cycles",
        {
            "adapters/first.py": "import adapters.second",
            "adapters/second.py": "import adapters.first",
        },
    ),
]


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """The rooms and their contracts, free to be broken."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def write(tree: Path, name: str, line: str) -> None:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_breaks_no_contract(copied_tree: Path) -> None:
    linted = lint(copied_tree)

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in linted.stdout


@pytest.mark.parametrize(("contract", "trespass"), TRESPASSES)
def test_a_trespass_breaks_the_contract_of_its_wall(
    copied_tree: Path, contract: str, trespass: dict[str, str]
) -> None:
    for name, line in trespass.items():
        write(copied_tree, name, line)

    linted = lint(copied_tree)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert f"{contract} BROKEN" in linted.stdout


def test_every_contract_is_broken_once_on_purpose() -> None:
    assert {contract for contract, _ in TRESPASSES} == {each["name"] for each in CONTRACTS}
