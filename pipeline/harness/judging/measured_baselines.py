"""What the baselines that baseline.py wrote reach, measured as the model itself is."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from judging import Kind, Reached
from metrics import Outcome, value_of


def baselines_in(folder: Path, metric: str, measured: Callable[[Path], Outcome]) -> list[Reached]:
    """Each baseline of a folder; `measured` answers with its model folder and measures that."""
    titles: Mapping[str, str] = json.loads((folder / "baselines.json").read_text("utf-8"))
    reached = []
    for name, title in titles.items():
        outcome = measured(folder / name)
        kind: Kind = "trivial" if name.startswith("trivial") else "simple"
        reached.append(Reached(kind, title, value_of(metric, outcome), outcome))
    return reached
