"""Where a grouping puts the held-out rows: python distances.py, in the folder of a model.

Runs in the training environment, because only the model knows in which space it tells groups
apart. Writes how far any two rows are from each other, shape (n, n), for again.py to measure by.
"""

import sys
from pathlib import Path

sys.path[:1] = [str(Path.cwd())]

import numpy as np  # noqa: E402
from predict import load  # noqa: E402
from serving import read_input  # noqa: E402

HELD = Path("heldout.csv")


def main() -> None:
    """Write distances.npy."""
    model = load(Path("model"))
    points = model.space.points(model.read(read_input(model, HELD.read_bytes(), HELD.name)))
    if model.facts.get("bent"):
        np.save("distances.npy", model.grouper.steps(points))
        return
    np.save("distances.npy", np.linalg.norm(points[:, None] - points[None], axis=2))


if __name__ == "__main__":
    main()
