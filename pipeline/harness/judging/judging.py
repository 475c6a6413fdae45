"""From what model and baselines reached to metrics.json: number, interval, verdict, warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from comparing import SURE, USUAL, Gain, by_accident, gains_over
from config import BundleConfig, Json
from extremes import DECIDED, extremes_of, with_the_middle
from figures_form import rows_of
from intervals import interval_of
from metrics import Classified, Codes, Counted, Measured, Outcome, value_of
from next_steps import MOST_STEPS, Judged, Known, next_steps
from phrases import Found, figures_of, found_and_right, guess_of
from progress import Problem
from skill import little_of, skill_of
from verdict import Level, Score, judge

Kind = Literal["trivial", "simple"]
MOST_SHOWN_CLASSES = 20
FEW_ROWS = 100
SAID = ("accuracy", "f1", "macro_f1")  # metrics of what is said, whatever the probabilities are
ACCIDENT = 0.002  # stricter than SURE, as it is exact: of 20 models of noise none may pass


@dataclass(frozen=True, slots=True)
class Reached:
    """What a baseline reached in the headline metric; `outcome` where it answered the same rows."""

    kind: Kind
    title: str
    value: float
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What else is said of a model: reasons for doubt, warnings, facts, and what to do next.

    `verdict`, a level and a sentence, stands where something else than the score decides. `backed`
    says in words where else the model was surely better than guessing.
    """

    alarms: Sequence[str] = ()
    warnings: Sequence[str] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    steps: Sequence[str] = ()
    known: Known = field(default_factory=Known)
    verdict: tuple[Level, str] | None = None
    backed: str = ""


def judged(
    config: BundleConfig,
    outcome: Outcome,
    reached: Sequence[Reached],
    names: Sequence[str],
    *,
    told: Told,
    blocks: Codes | None = None,
) -> dict[str, object]:
    """The whole of metrics.json; Problem where the headline cannot be measured on these rows."""
    if not np.isfinite(value_of(config.metric, outcome)):
        raise _unmeasurable(config, outcome)
    score = replace(scored(config, outcome, reached, blocks), backed=told.backed)
    level, verdict = judge(score, told.alarms)
    between = interval_of(config.metric, outcome, config.seed, blocks)
    found = Judged(level, outcome, _width(between, score.trivial), matched=score.matched)
    steps = dict.fromkeys((*told.steps, *next_steps(told.known, found)))
    warnings = dict.fromkeys((*told.alarms, *told.warnings, *_warnings(config, outcome)))
    level, verdict = told.verdict or (level, verdict)
    return {
        "metric": {
            "name": config.metric,
            "value": score.value,
            "better": config.better,
            "split": "test",
            "n": len(outcome),
            "ci95": between,
            "positive": positive_of(outcome),
        },
        "metrics": _values(names, outcome),
        "baselines": [{"name": one.title, "value": one.value} for one in reached],
        "verdict": verdict,
        "verdict_level": level,
        "warnings": list(warnings),
        "next_steps": list(steps)[:MOST_STEPS],
        "details": {"skill": score.skill, **_details(outcome), **told.details},
    }


def scored(
    config: BundleConfig,
    outcome: Outcome,
    reached: Sequence[Reached],
    blocks: Codes | None = None,
) -> Score:
    """The headline number beside the baselines'; ValueError without a trivial one."""
    trivial = [one for one in reached if one.kind == "trivial"]
    simple = [one for one in reached if one.kind == "simple"]
    if not trivial:
        raise ValueError("nothing can be judged without a trivial baseline")
    best = max if config.better == "higher" else min
    floor = best(trivial, key=lambda one: one.value)
    gains = _gains(config, outcome, [*trivial, *simple], blocks)
    over, beside = gains[: len(trivial)], gains[len(trivial) :]
    surely = min(gain.least(SURE) for gain in over) > 0
    if surely and blocks is None:
        surely = by_accident(config.metric, outcome, config.seed) <= ACCIDENT
    guess, value = guess_of(outcome, floor.title), value_of(config.metric, outcome)
    found = Found(
        outcome=outcome,
        value=value,
        floor=floor.value,
        guess=guess,
        target=str(config.columns.get("target", "")),
    )
    return Score(
        value=value,
        trivial=floor.value,
        skill=skill_of(config.metric, value, floor.value),
        rows=len(outcome),
        surely=surely,
        likely=min(gain.least(USUAL) for gain in over) > 0,
        mostly=not surely and _mostly_better(config, outcome, blocks),
        ranked="" if surely else _ranked(config, outcome, blocks),
        matched=any(gain.least(USUAL) <= 0 for gain in beside),
        told=figures_of(config.metric, found),
        guessing=guess,
        little=little_of(config.metric, outcome),
    )


def fitting(names: Sequence[str], outcome: Outcome) -> list[str]:
    """Metrics that exist for these rows: F1 of one class needs a positive class."""
    if isinstance(outcome, Counted):
        return [name for name in names if name in outcome.by]
    single = isinstance(outcome, Classified) and outcome.positive is not None
    return [name for name in names if name != "f1" or single]


def positive_of(outcome: Outcome) -> str | None:
    """The positive of two classes."""
    if not isinstance(outcome, Classified) or outcome.positive is None:
        return None
    return outcome.classes[outcome.positive]


def _gains(
    config: BundleConfig, outcome: Outcome, others: Sequence[Reached], blocks: Codes | None
) -> list[Gain]:
    """What the model has over each of the others."""
    theirs = [one.value if one.outcome is None else one.outcome for one in others]
    return gains_over(config.metric, outcome, theirs, config.seed, blocks)


def _mostly_better(config: BundleConfig, outcome: Outcome, blocks: Codes | None) -> bool:
    """Whether the mean error, which a few rows do not decide, is surely better than any guess's."""
    if config.metric not in DECIDED or not isinstance(outcome, Measured):
        return False
    if extremes_of(outcome) is None:
        return False
    (gain,) = gains_over("mae", outcome, [with_the_middle(outcome)], config.seed, blocks)
    by_luck = blocks is None and by_accident("mae", outcome, config.seed) > ACCIDENT
    return gain.least(SURE) > 0 and not by_luck


def _ranked(config: BundleConfig, outcome: Outcome, blocks: Codes | None) -> str:
    """How well the probabilities rank the rows; nothing where that is no better than guessing.

    Stricter than for the headline, as it is a second chance.
    """
    if config.metric not in SAID or not isinstance(outcome, Classified):
        return ""
    area = value_of("roc_auc", outcome)
    (gain,) = gains_over("roc_auc", outcome, [0.5], config.seed, blocks)
    by_luck = blocks is None and by_accident("roc_auc", outcome, config.seed) > ACCIDENT / 2
    if not gain.least(SURE) > 0 or by_luck:
        return ""
    found = Found(outcome=outcome, value=area, floor=0.5, guess="guessing", target="")
    return figures_of("roc_auc", found)


def _unmeasurable(config: BundleConfig, outcome: Outcome) -> Problem:
    name = config.metric.replace("_", " ")
    if isinstance(outcome, Counted):
        return Problem(
            f"The {rows_of(len(outcome))} held out hold nothing to count, so {name} cannot be"
            " measured.",
            "Send more data, or a test file that has what is to be found.",
        )
    same = "of one class" if isinstance(outcome, Classified) else "alike"
    return Problem(
        f"The {rows_of(len(outcome))} held out are all {same}, so {name} cannot be measured.",
        "Send a test file with other rows as well, or none, so that rows are held out at random.",
    )


def _values(names: Sequence[str], outcome: Outcome) -> dict[str, float]:
    values = {name: value_of(name, outcome) for name in fitting(names, outcome)}
    return {name: value for name, value in values.items() if np.isfinite(value)}


def _width(between: tuple[float, float] | None, trivial: float) -> float:
    """The interval as a share of the way from guessing to its better end."""
    if between is None:
        return 1.0
    way = max(abs(end - trivial) for end in between)
    return (between[1] - between[0]) / way if way else 1.0


def _warnings(config: BundleConfig, outcome: Outcome) -> list[str]:
    rows, told = len(outcome), []
    if rows < FEW_ROWS:
        told.append(f"Only {rows_of(rows)} held out: the score is uncertain; see its interval.")
    if config.metric in DECIDED and isinstance(outcome, Measured):
        found = extremes_of(outcome)
        told += [found.told] if found else []
    return told


def _details(outcome: Outcome) -> dict[str, Json]:
    """Which class is taken for which: rows are true classes, columns answers."""
    if not isinstance(outcome, Classified) or len(outcome.classes) > MOST_SHOWN_CLASSES:
        return {}
    size = len(outcome.classes)
    counts = np.bincount(outcome.truth * size + outcome.said, minlength=size * size)
    each: dict[str, Json] = {}
    for at, name in enumerate(outcome.classes):
        recall, precision = found_and_right(outcome, at)
        each[name] = {
            "found": None if np.isnan(recall) else recall,
            "right": None if np.isnan(precision) else precision,
            "rows": int(np.sum(outcome.truth == at)),
        }
    return {
        "classes": list(outcome.classes),
        "confusion": [list(row) for row in counts.reshape(size, size).tolist()],
        "by_class": each,
    }
