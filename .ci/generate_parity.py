"""Write docs/parity.md from the stories: `make docs`; with `--check` only compare it.

A row is a story that the suite tells on every platform where it can be told.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.stories.story import PLATFORMS, Story, stories_of  # noqa: E402

PAGE = ROOT / "docs" / "parity.md"
SHELF = ROOT / "tests" / "stories"
HEAD = """\
# What works where

Slack, Discord and the terminal are served by the same core. Each row is a story of the test suite
(`tests/stories`), told with the real client on every platform that has a ✓; Slack's column stands
for both of its modes, HTTP and Socket Mode. A number leads to how it is done there; a number
without a ✓, to what takes the place of something that does not exist there.

This page is written by `make docs`.
"""
TITLES = {"slack": "Slack", "discord": "Discord", "terminal": "Terminal"}


def main() -> None:
    """Rewrite the page, or fail when it is not what the stories say."""
    text = page(list(stories()))
    if "--check" in sys.argv[1:]:
        same = PAGE.exists() and PAGE.read_text("utf-8") == text
        sys.exit(0 if same else "docs/parity.md says something else than the stories: make docs")
    PAGE.write_text(text, "utf-8")


def stories() -> Iterator[Story]:
    """All stories, in the order of their files."""
    for path in sorted(SHELF.glob("test_*.py")):
        if "@story(" in path.read_text("utf-8"):
            yield from stories_of(import_module(f"tests.stories.{path.stem}"))


def page(told: Iterable[Story]) -> str:
    """The table with its footnotes, each written once."""
    notes: list[str] = []
    rows = [f"| {' | '.join(['story', *TITLES.values()])} |", "| --- | --- | --- | --- |"]
    rows += [row(story, notes) for story in told]
    listed = [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join([HEAD, *rows, "", *listed, ""])


def row(story: Story, notes: list[str]) -> str:
    """One story's line; new notes are added."""
    cells = [story.sentence]
    for platform in PLATFORMS:
        note = story.without.get(platform) or story.otherwise.get(platform)
        mark = "" if platform in story.without else "✓"
        cells.append(f"{mark} {number(TITLES[platform], note, notes) if note else ''}".strip())
    return f"| {' | '.join(cells)} |"


def number(title: str, note: str, notes: list[str]) -> str:
    """The note's place in the list."""
    text = f"{title}: {note}."
    if text not in notes:
        notes.append(text)
    return f"({notes.index(text) + 1})"


if __name__ == "__main__":
    main()
