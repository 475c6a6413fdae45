"""The README tells the truth: its generated blocks, its commands and its links."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.app import app
from pipeline.jobs import Stage

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
GUIDES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/*/ADDING.md")})
COMMANDS = {
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback
} | {group.name for group in app.registered_groups}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_generated_blocks_say_what_the_code_says() -> None:
    checked = subprocess.run(
        [sys.executable, ".ci/generate_docs.py", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("guide", ["models.md", "outside.md"])
def test_what_a_guide_explains_is_said_somewhere(guide: str) -> None:
    trouble = (ROOT / "docs" / guide).read_text("utf-8").partition("## When something")[2]
    rows = [line.split(" | ")[0] for line in trouble.splitlines() if line.startswith("| `")]
    phrases = [
        part for row in rows for one in re.findall(r"`([^`]+)`", row) for part in one.split("…")
    ]
    files = [path for room in ("adapters", "pipeline") for path in (ROOT / room).rglob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in files)
    joined = re.sub(r'"\s*\n\s*f?"', "", code)  # of a text over two lines

    assert len(rows) > 9
    assert [phrase for phrase in phrases if phrase.strip() not in joined] == []


def test_the_transcript_shows_a_whole_job() -> None:
    transcript = README.partition("<!-- transcript: generated -->")[2].partition("<!-- end")[0]

    assert [stage for stage in Stage if stage not in transcript] == []
    for line in ("Metric", "Baseline", "Verdict", "Model", "Prediction"):
        assert re.search(rf"^\W*{line}\b", transcript, re.MULTILINE)


def test_every_make_target_it_names_exists() -> None:
    named = set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_command_it_names_exists(guide: Path) -> None:
    named = set(re.findall(r"(?:`|bin/|\$ )mltrainer ([a-z]+)", guide.read_text("utf-8")))

    assert named - COMMANDS == set()


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_link_leads_somewhere(guide: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", guide.read_text("utf-8"))
    local = [target for target in targets if not target.startswith("https://")]

    assert [target for target in local if not (guide.parent / target).exists()] == []
