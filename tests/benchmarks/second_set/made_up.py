"""Writes the made-up datasets that the requests in PROMPTS.jsonl talk about."""

from pathlib import Path

from . import groups, pictures, sentences, series, tables, talks


def write(folder: Path) -> None:
    """Write every dataset into a folder of its own name; the same bytes each time."""
    for part in (tables, groups, series, sentences, talks, pictures):
        for name, make in part.DATASETS.items():
            home = folder / name
            home.mkdir(parents=True, exist_ok=True)
            make(home)
