"""Model folders of writers: what is common in model.json, the rest as each kind keeps it."""

import json
from pathlib import Path

from config import BundleConfig, Json
from writing_counting import load_counts, save_counts
from writing_mixture import CountWriter
from writing_model import LONGEST, TextWriter, Writer

TEMPERATURE = 0.7  # cooler than the text itself: fewer slips, and still not the same every time


def writer_for(config: BundleConfig, writer: Writer, *, ends: bool) -> TextWriter:
    """A writer as the config wants it to answer."""
    column = config.column("text")
    return TextWriter(
        columns=(column,),
        text=column,
        ends=ends,
        writer=writer,
        seed=config.seed,
        longest=config.setting("longest", LONGEST),
        temperature=config.setting("temperature", TEMPERATURE),
    )


def save_writer(model: TextWriter, folder: Path, facts: dict[str, Json] | None = None) -> None:
    """Write a model folder; a network's own files are there already."""
    counts = model.writer
    own = save_counts(counts, folder) if isinstance(counts, CountWriter) else {}
    told = {
        "kind": "counts" if own else "network",
        "columns": model.columns,
        "text": model.text,
        "ends": model.ends,
        "seed": model.seed,
        "longest": model.longest,
        "temperature": model.temperature,
        **own,
        "facts": facts or {},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(told, indent=1), "ascii")


def load_writer(folder: Path) -> TextWriter:
    """Read what save_writer wrote."""
    told = json.loads((folder / "model.json").read_text("ascii"))
    return TextWriter(
        columns=tuple(told["columns"]),
        text=told["text"],
        ends=told["ends"],
        writer=_writer(folder, told),
        seed=told["seed"],
        longest=told["longest"],
        temperature=told["temperature"],
    )


def facts_of(folder: Path) -> dict[str, Json]:
    """What is known of how a model was made."""
    found: dict[str, Json] = json.loads((folder / "model.json").read_text("ascii"))["facts"]
    return found


def _writer(folder: Path, told: dict[str, Json]) -> Writer:
    ends = bool(told["ends"])
    if told["kind"] == "network":
        from writing_network import load_network  # noqa: PLC0415 - counts need no torch

        network: Writer = load_network(folder / "network", ends=ends)
        return network
    names, order = told["counted"], told["order"]
    if not isinstance(names, list) or not isinstance(order, int):
        raise TypeError("model.json does not say what was counted")
    return load_counts(folder, ends=ends, order=order, names=[str(name) for name in names])
