"""The figures of a result: made here from outcomes, drawn later by draw.py in its own place.

Each builder returns a Figure, or None where there is nothing to show.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from figures_bars import cluster_sizes, importance, series_errors
from figures_chances import calibration, precision_recall, roc
from figures_classes import confusion
from figures_form import Figure
from figures_groups import clusters, scan
from figures_numbers import predicted, residuals
from figures_series import ForecastSeries, forecast

__all__ = [
    "Figure",
    "ForecastSeries",
    "calibration",
    "cluster_sizes",
    "clusters",
    "confusion",
    "forecast",
    "importance",
    "precision_recall",
    "predicted",
    "residuals",
    "roc",
    "scan",
    "series_errors",
    "write_figures",
]


def write_figures(figures: Iterable[Figure | None], path: Path) -> None:
    """Write figures.json; None is left out, and of one name only the first is kept."""
    named: dict[str, Figure] = {}
    for figure in figures:
        if figure is not None:
            named.setdefault(figure.name, figure)
    told = [asdict(figure) for figure in named.values()]
    path.write_text(json.dumps(told, allow_nan=False), "utf-8")
