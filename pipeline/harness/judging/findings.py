"""What is found out about a model of rows beside its score: facts, doubts and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from absent import missing_of
from calibration import calibration_of
from config import BundleConfig, Json
from differences import differing, told
from figures import (
    Figure,
    calibration,
    confusion,
    importance,
    precision_recall,
    predicted,
    residuals,
    roc,
)
from heldout import Held, outcome_of
from importance import MOST_TOLD, shares_of
from judging import Reached, positive_of
from metrics import Classified, Codes, Measured
from next_steps import MATTERS, Known
from serving import Model
from tables import Table, is_missing, label_of
from thresholds import threshold_of

RARE = 0.15  # a positive class of a smaller share is better shown by its alarms than by ROC
LINEAR_TASKS = ("tabular_classification", "tabular_regression")
ENSEMBLES = "light_ensemble"  # how the backbones of many members begin
FEW_MEMBERS = 5  # of ten and more that were meant to be tried

Shares = Sequence[tuple[str, float]]


class _Weighed(Protocol):
    @property
    def weights(self) -> Mapping[str, float]:
        """The members that count, with their shares."""
        ...

    @property
    def losses(self) -> Mapping[str, float]:
        """All members that were learned."""
        ...


@runtime_checkable
class Blended(Protocol):
    """A model of several members."""

    @property
    def ensemble(self) -> _Weighed:
        """The members together."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The model with the rows that it learned from and those that it answered."""

    config: BundleConfig
    model: Model
    held: Held
    fit: Table
    heldout: Table
    outcome: Classified | Measured
    reached: Sequence[Reached]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Facts for metrics.json, warnings, figures, and what the next steps build on."""

    details: Mapping[str, Json]
    warnings: Sequence[str]
    figures: Sequence[Figure | None]
    known: Known


def findings_of(material: Material) -> Findings:
    """Everything that can be found out in a few seconds."""
    config, outcome = material.config, material.outcome
    shares = [] if material.model.reads_text else _shares(material)
    shifts = differing(config, material.fit, material.heldout)
    details: dict[str, Json] = {}
    warnings = told(config, shifts)
    if isinstance(outcome, Classified):
        sure = calibration_of(outcome, config.seed)
        details |= {"calibration": sure.details} if sure else {}
        warnings += sure.warnings if sure else []
        threshold = threshold_of(outcome, config.care)
        details |= {"threshold": threshold} if threshold else {}
    if shares:
        details["importance"] = [[name, share] for name, share in shares[:MOST_TOLD]]
    if isinstance(material.model, Blended):
        details["members"] = dict(material.model.ensemble.weights)
    if shifts:
        details["differences"] = [[shift.column, shift.size] for shift in shifts]
    return Findings(
        details=details,
        warnings=warnings,
        figures=_figures(config, outcome, shares),
        known=Known(
            target=config.column("target"),
            inputs=material.model.inputs,
            learned=[label_of(cell) for cell in material.fit.column(config.column("target"))],
            differing=[shift.column for shift in shifts],
            gaps=_gaps(material.fit, shares),
            linear=config.task_type in LINEAR_TASKS and config.backbone != "linear",
            cares=config.care is not None,
            hurried=_hurried(material),
        ),
    )


def blocks_of(config: BundleConfig, heldout: Table) -> Codes | None:
    """Held-out rows of one group are alike: a number for each group, None without groups."""
    groups = config.columns_of("group")
    if not groups or groups[0] not in heldout.names:
        return None
    cells = heldout.column(groups[0])
    missing = missing_of(cells)
    names = [
        f"row {at}" if is_missing(cell, missing) else f"group {label_of(cell)}"
        for at, cell in enumerate(cells)
    ]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _shares(material: Material) -> Shares:
    """How much each column matters; nothing where guessing does as well."""
    trivial = [one.value for one in material.reached if one.kind == "trivial"]
    best = max if material.config.better == "higher" else min
    truth, positive = np.array(material.held.truth, object), positive_of(material.outcome)

    def ask(rows: Table, places: Codes) -> Classified | Measured:
        return outcome_of(truth[places].tolist(), material.model.predict(rows), positive)

    rows = material.held.rows(material.model)
    metric, seed = material.config.metric, material.config.seed
    return shares_of(ask, rows, metric, best(trivial), seed)


def _hurried(material: Material) -> float:
    """The budget in seconds, where an ensemble got to few of its members."""
    config, model = material.config, material.model
    if not config.backbone.startswith(ENSEMBLES) or not isinstance(model, Blended):
        return 0.0
    return config.budget_seconds if len(model.ensemble.losses) < FEW_MEMBERS else 0.0


def _gaps(fit: Table, shares: Shares) -> list[tuple[str, float]]:
    """The share of empty cells of the columns that matter."""
    gaps = []
    for name, share in shares:
        if share >= MATTERS:
            cells = fit.column(name)
            missing = missing_of(cells)
            gaps.append((name, sum(is_missing(cell, missing) for cell in cells) / len(cells)))
    return gaps


def _figures(
    config: BundleConfig, outcome: Classified | Measured, shares: Shares
) -> list[Figure | None]:
    if isinstance(outcome, Measured):
        target = config.column("target")
        return [predicted(outcome, target), residuals(outcome, target), importance(shares)]
    rare = outcome.positive is not None and np.mean(outcome.truth == outcome.positive) < RARE
    curve = precision_recall(outcome) if rare else roc(outcome)
    return [confusion(outcome), curve, calibration(outcome), importance(shares)]
