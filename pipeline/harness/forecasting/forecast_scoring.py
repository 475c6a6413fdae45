"""A forecaster measured on its held-out rows: files, errors by series, coverage and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
from bands import LEVEL
from config import Json
from figures import Figure, ForecastSeries, forecast, series_errors
from forecast_serving import read_rows
from forecasting import ForecastModel, Forecasts
from metrics import Codes, Floats, Measured
from panels import Line
from serving import TRUTH
from tables import Table, write_csv

MOST_SERIES = 50  # that are listed one by one
MANY_SERIES = 10  # enough to tell from their differences alone
PAST = 4  # horizons of history in a picture
SEASONS = 4  # whole ones, from which on a pattern is well seen
MANY = 20  # rows from which on the coverage says something


@dataclass(frozen=True, slots=True)
class Measurement:
    """Answers for the held-out rows, with what was true and the unit of each row's error."""

    answers: Forecasts
    outcome: Measured

    @property
    def series(self) -> dict[str, list[int]]:
        """Rows of each series."""
        found: dict[str, list[int]] = {}
        for at, name in enumerate(self.answers.series):
            found.setdefault(name, []).append(at)
        return found

    @property
    def coverage(self) -> float:
        """Share of the true values inside their band."""
        truth = self.outcome.truth
        inside = (self.answers.lower <= truth) & (truth <= self.answers.upper)
        return float(inside.mean())


def write_heldout(heldout: Table, model: ForecastModel, path: Path) -> bytes:
    """Write the inputs as they were given and the truth; returns what is in the file now."""
    inputs = heldout.select(model.inputs).rows
    truth = heldout.column(model.outline.shape.value)
    file = StringIO(newline="")
    rows = ((*row, cell) for row, cell in zip(inputs, truth, strict=True))
    write_csv(file, [*model.inputs, TRUTH], rows)
    content = file.getvalue().encode()
    path.write_bytes(content)
    return content


def measure(model: ForecastModel, content: bytes, heldout: Table) -> Measurement:
    """Ask predict.py's code for heldout.csv, and measure the answers in usual moves of a series."""
    answers = model.predict(read_rows(model, content, "heldout.csv"))
    truth = np.array([float(cell or "nan") for cell in heldout.column(heldout.names[-1])])
    units = {line.name: line.unit for line in model.lines}
    scale = np.array([units[name] for name in answers.series])
    return Measurement(answers, Measured(truth, answers.said, scale))


def blocks_of(model: ForecastModel, measured: Measurement) -> Codes:
    """Rows that stand or fall together: those of a series, or each half of a single one.

    One stretch of time may be foretold well by luck, from its first step to its last. Only where
    the trial on many stretches of the history was better than guessing does each row of few series
    count for itself.
    """
    series = measured.series
    if model.trial.get("surely_better") and len(series) < MANY_SERIES:
        return np.arange(len(measured.outcome))
    blocks = np.zeros(len(measured.outcome), dtype=np.int64)
    for number, rows in enumerate(series.values()):
        blocks[rows] = number if len(series) > 1 else np.arange(len(rows)) * 2 // len(rows)
    return blocks


def backed_by(model: ForecastModel) -> str:
    """Where else the mix was surely better than repeating the past; empty where it was not."""
    trial = model.trial
    if not trial.get("surely_better"):
        return ""
    return f"here and on {int(str(trial['windows'])):,} earlier stretches of the history"


def details_of(model: ForecastModel, measured: Measurement) -> dict[str, Json]:
    """What metrics.json tells beside the score."""
    outline = model.outline
    units = {line.name: line.unit for line in model.lines}
    shown = list(measured.series)[:MOST_SERIES]
    shares = sorted(model.shares().items(), key=lambda pair: -pair[1])
    return {
        "horizon": outline.horizon,
        "season": outline.season,
        "step": outline.grid.name,
        "mase_scale": {name: units[name] for name in shown},
        "interval": "lower and upper are meant to hold 90 % of the values",
        "coverage": measured.coverage,
        "backtest": dict(model.trial),
        "members": {name: share for name, share in shares if share >= 0.005},  # noqa: PLR2004 - half a percent
        "series": [{"series": name, **told} for name, told in errors_of(measured)[:MOST_SERIES]],
    }


def errors_of(measured: Measurement) -> list[tuple[str, dict[str, Json]]]:
    """Mase, smape, mae and rows of each series, the worst first."""
    found: list[tuple[str, dict[str, Json]]] = []
    outcome, scale = measured.outcome, measured.outcome.scale
    for name, rows in measured.series.items():
        truth, said = outcome.truth[rows], outcome.said[rows]
        away = np.abs(truth - said)
        size = np.maximum(np.abs(truth) + np.abs(said), 1e-300)
        unit = scale[rows] if scale is not None else np.ones(len(rows))
        told: dict[str, Json] = {
            "mase": float((away / unit).mean()),
            "smape": float((2 * away / size).mean()),
            "mae": float(away.mean()),
            "rows": len(rows),
        }
        found.append((name, told))
    return sorted(found, key=lambda pair: -float(str(pair[1]["mase"])))


def figures_of(model: ForecastModel, measured: Measurement, target: str) -> list[Figure | None]:
    """The forecasts with their past, and the errors by series where there are several."""
    lines = {line.name: line for line in model.lines}
    shown = [
        _shown(model, lines[name], measured, rows)
        for name, rows in list(measured.series.items())[:MOST_SERIES]
    ]
    errors = [(name, float(str(told["mase"]))) for name, told in errors_of(measured)]
    several = series_errors(errors, "mase") if len(errors) > 1 else None
    return [forecast(shown, target), several]


def _shown(
    model: ForecastModel, line: Line, measured: Measurement, rows: Sequence[int]
) -> ForecastSeries:
    answers = measured.answers
    past = min(len(line), max(PAST * model.outline.horizon, 2 * model.outline.season))
    places = line.start + np.arange(len(line) - past, len(line))
    at = model.outline.grid.axis(places)
    return ForecastSeries(
        name=line.name if len(model.lines) > 1 else "",
        history_at=[model.outline.clock.write(float(one)) for one in at],
        history=line.values[len(line) - past :].tolist(),
        at=[str(answers.times[row] or "") for row in rows],
        truth=_listed(measured.outcome.truth, rows),
        said=_listed(answers.said, rows),
        lower=_listed(answers.lower, rows),
        upper=_listed(answers.upper, rows),
    )


def _listed(values: Floats, rows: Sequence[int]) -> list[float]:
    return [float(values[row]) for row in rows]


def steps_of(model: ForecastModel, measured: Measurement) -> list[str]:
    """What to do next: newer values first, then what would make the forecast better."""
    shape, outline = model.outline.shape, model.outline
    unused = [name for name in model.columns if name not in {*shape.names, *shape.targets}]
    steps = []
    if unused and not shape.known:
        shown = ", ".join(unused[:3])
        steps.append(
            f"If any of {shown} is known ahead of its time, say so and it is used:"
            f" --set known_columns={unused[0]}."
        )
    if outline.typical < SEASONS * outline.season:
        steps.append(
            f"Bring a longer history: {outline.typical:,} steps are fewer than {SEASONS} whole"
            " seasons, too few to tell a pattern from chance."
        )
    if measured.coverage < LEVEL - 0.1 and len(measured.outcome) >= MANY:
        steps.append("Take lower and upper as too narrow: fewer values lay inside than they say.")
    what = ", ".join(shape.targets[:2])
    steps.append(
        f"When new values are there, send them with the times to forecast: rows with a value in"
        f" {what} go on with the history, without training anew."
    )
    steps.append(
        f"It was measured up to {outline.horizon:,} steps ahead; for another reach say"
        " --set horizon=N."
    )
    return steps[:3]
