"""Puts the person's series on a regular grid and holds out the end of each.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from config import BundleConfig
from ending import Ending, cut, wanted_horizon
from observed import Given, Observed, learn_quantities, observe
from outline import Outline
from preparing import arguments, read_given, write_parts
from progress import Problem, run
from quantities import Driver, learn_driver
from seasonality import guessed_season, seasons_of
from series_shape import Shape, shape_of
from splits import Parts
from tables import Table
from timeline import learn_clock

MUCH = 0.3  # share of a grid that is empty
UNNEEDED = "not needed for this task"
NOT_AHEAD = "not said to be known ahead of its time"


def main() -> None:
    """Read, put in order, cut, write."""
    config, folder, out = arguments()
    given, shape = read_given(config, folder), shape_of(config)
    _check_columns(given, shape)
    clock = learn_clock([cell for table in given.values() for cell in table.column(shape.time)])
    quantities = learn_quantities(given, shape)
    observed = observe(given, shape, clock, quantities)
    seasons = _seasons(observed)
    horizon, doubts = wanted_horizon(config, observed, seasons)
    ending = cut(observed, horizon)
    outline = Outline(
        shape=shape,
        clock=clock,
        grid=observed.grid,
        seasons=seasons,
        horizon=max(horizon, ending.longest),
        typical=observed.typical,
        quantities=quantities,
        drivers=_drivers(observed.table.take(ending.fit), shape),
    )
    _write(config, outline, observed, ending, doubts=doubts, out=out)


def _check_columns(given: Given, shape: Shape) -> None:
    """Problem where the data is not what the settings say."""
    names = next(iter(given.values())).names
    wanted = (shape.time, *shape.keys, *shape.known, *shape.targets)
    lacking = [name for name in wanted if name not in names]
    if lacking:
        raise Problem(
            f"The data lacks {', '.join(lacking[:10])}.",
            f"Its columns are {', '.join(names[:10])}: name those to use.",
            field="target" if set(lacking) & set(shape.targets) else "data",
        )
    if len(set(wanted)) < len(wanted):
        twice = next(name for name in wanted if wanted.count(name) > 1)
        raise Problem(
            f"The column {twice} cannot play two parts at once.",
            "Name another column for the time, the series or the number to forecast.",
            field="target",
        )


def _seasons(observed: Observed) -> tuple[int, ...]:
    """By the dates, else what the values show."""
    seasons = seasons_of(observed.grid, observed.typical)
    if seasons or observed.grid.dated:
        return seasons
    values = observed.values()
    return guessed_season([values[observed.rows_of(at)] for at in range(len(observed.names))])


def _drivers(fit: Table, shape: Shape) -> tuple[Driver, ...]:
    return tuple(learn_driver(name, fit.column(name)) for name in shape.known)


def _write(
    config: BundleConfig,
    outline: Outline,
    observed: Observed,
    ending: Ending,
    *,
    doubts: Sequence[str],
    out: Path,
) -> None:
    fit, test = observed.table.take(ending.fit), observed.table.take(ending.test)
    parts = Parts(
        train=fit,
        validation=Table(fit.names, []),
        test=test,
        strategy=ending.words,
        dropped=ending.dropped,
    )
    warnings = [*observed.warnings, *doubts, *ending.warnings, *_shaped(outline, observed)]
    write_parts(
        out,
        parts,
        config.seed,
        repeats=observed.repeats,
        steps=[*_steps(outline, observed), *_ignored(config, outline.shape)],
        warnings=warnings,
    )
    outline.save(out / "fit")


def _shaped(outline: Outline, observed: Observed) -> list[str]:
    """Warnings about the times and about how little there is."""
    told = []
    if observed.found.irregular:
        told.append(
            "The values were measured at irregular times; they are forecast at regular ones, every"
            f" {observed.grid.name}, each the mean of what lies nearest."
        )
    empty = observed.gaps / max(observed.gaps + len(observed), 1)
    if empty > MUCH:
        told.append(
            f"{empty:.0%} of the steps have no value: those between are filled in to learn from."
        )
    absurd = observed.absurd(outline.season)
    if absurd:
        told.append(
            f"{absurd:,} values lie absurdly far from all around them: they are taken for mistakes"
            " and not learned from, but measured on where they are held out."
        )
    if len(np.unique(observed.values())) == 1:
        told.append("The value never changes, so there is nothing to foresee.")
    return told


def _steps(outline: Outline, observed: Observed) -> list[str]:
    """What was decided, in words."""
    seasons = ", ".join(f"{length:,}" for length in outline.seasons)
    told = [
        f"{len(observed.names):,} series, one value every {outline.grid.name}",
        f"patterns that may repeat every {seasons} steps" if seasons else "no season looked for",
        f"the next {outline.horizon:,} are forecast",
    ]
    if outline.shape.wide:
        told.append(f"{len(outline.shape.targets)} columns became a series each")
    if observed.gaps:
        told.append(f"{observed.gaps:,} gaps filled between their neighbours, not measured on")
    if outline.drivers:
        told.append(f"known ahead: {', '.join(driver.name for driver in outline.drivers)}")
    return told


def _ignored(config: BundleConfig, shape: Shape) -> list[str]:
    """Why each other column is not used: it would have to be known before its time."""
    used = {shape.time, *shape.keys, *shape.known, *shape.targets}
    told = {name: NOT_AHEAD for name in config.kinds if name not in used} | dict(config.ignored)
    return [
        f"{name} left out: {NOT_AHEAD if why == UNNEEDED else why}" for name, why in told.items()
    ]


if __name__ == "__main__":
    run(main)
