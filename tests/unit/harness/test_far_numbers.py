"""Numbers as large as a cell can hold."""

from collections.abc import Callable
from typing import Any

FAR = """
import json, warnings
import numpy as np
warnings.simplefilter("error")
from features import learn_encoder
from tables import Table
from views import learn_views
cells = [str(n) for n in range(30)] + ["1e308", "-1e308"] * 5
rows = Table(("size",), [(cell,) for cell in cells])
encoder = learn_encoder(rows, {"size": "number"})
matrix = encoder.transform(rows)
views = learn_views(matrix, encoder.categorical)
shown = [views.show(matrix, view) for view in ("filled", "scaled", "bent", "ranked")]
print(json.dumps([bool(np.isfinite(one @ one.T).all()) for one in shown]))
"""


def test_the_largest_numbers_stay_numbers_in_every_view(compute: Callable[[str], Any]) -> None:
    assert compute(FAR) == [True] * 4
