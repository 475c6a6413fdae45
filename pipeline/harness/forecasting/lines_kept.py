"""Histories in a model folder: names as JSON, numbers as plain arrays."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from panels import Line


def save_lines(lines: Sequence[Line], folder: Path) -> None:
    """Write series.json and history.npz."""
    names = [line.name for line in lines]
    (folder / "series.json").write_text(json.dumps(names), "utf-8")
    np.savez(
        folder / "history.npz",
        starts=np.array([line.start for line in lines], dtype=np.int64),
        lengths=np.array([len(line) for line in lines], dtype=np.int64),
        reaches=np.array([len(line.drivers) for line in lines], dtype=np.int64),
        units=np.array([line.unit for line in lines], dtype=np.float64),
        values=np.concatenate([line.values for line in lines]),
        seen=np.concatenate([line.seen for line in lines]),
        drivers=np.concatenate([line.drivers for line in lines]),
    )


def load_lines(folder: Path) -> tuple[Line, ...]:
    """Read what save_lines wrote."""
    names = json.loads((folder / "series.json").read_text("utf-8"))
    with np.load(folder / "history.npz") as arrays:
        lengths, reaches = arrays["lengths"], arrays["reaches"]
        values = np.split(arrays["values"], np.cumsum(lengths)[:-1])
        seen = np.split(arrays["seen"], np.cumsum(lengths)[:-1])
        drivers = np.split(arrays["drivers"], np.cumsum(reaches)[:-1])
        starts, units = arrays["starts"].tolist(), arrays["units"].tolist()
    parts = zip(names, starts, values, seen, drivers, units, strict=True)
    return tuple(Line(str(name), start, *rest) for name, start, *rest in parts)
