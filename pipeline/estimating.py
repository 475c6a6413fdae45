"""How long a training probably takes: what its rehearsal measured, times the rows there are.

A rehearsal is a start, which is the same for any number of rows, and work on a few rows. Trainings
of 320 to 7,200 texts took 0.9 to 1.9 times of what is foretold so: hence a range.
"""

from pipeline.context import JobContext
from pipeline.recipe import find_recipe

_MOST_TIMES = 100  # the rows of the rehearsal: beyond, a millisecond of it decides
_SPREAD = 2.0


def likely_seconds(context: JobContext) -> tuple[float, float] | None:
    """The least and the most that the training probably takes on a machine like this one.

    None where nothing is known, or where its time limit may well decide.
    """
    written, config, split = context.bundle, context.config, context.split
    few = _rehearsed_rows(context)
    if written is None or config is None or split is None or not few:
        return None
    rows = split.rows.get("train", 0) + split.rows.get("validation", 0)
    times = max(1.0, rows / few)
    if written.rehearsal_work is None or not rows or times > _MOST_TIMES:
        return None
    least = written.rehearsal_seconds + written.rehearsal_work * (times - 1)
    most = least * _SPREAD
    return (least, most) if most < config.budget_seconds else None


def _rehearsed_rows(context: JobContext) -> int:
    """Rows of the chosen model's rehearsal; 0 where it tells nothing of the training."""
    chosen, intent = context.architecture, context.intent
    if chosen is None or intent is None or intent.task_type is None:
        return 0
    known = find_recipe(intent.task_type).on_menu(chosen.backbone)
    return known.rehearsed_rows if known else 0
