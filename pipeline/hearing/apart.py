"""Which rows a split has to keep together: those of one person or thing, or the latest ones."""

import re

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import ahead

_ENOUGH = 20  # groups of which a fifth can be held out; fewer say more as a feature
_SMALL = 5  # rows of a group: with more, a name that comes back is worth learning
_ROWS_EACH = 1.3  # below this hardly any row has a sister
_FEWEST_TIMES = 10
# Of these, others will come: a model is of use only if it holds for them as well.
_OTHERS_COME = re.compile(
    r"(^|[_\W])(patient|subject|user|customer|client|person|participant|student|pupil|employee"
    r"|member|player|session|visitor|visit|household|family|account|device|speaker|author|writer"
    r"|driver|rider|donor|animal|owner|applicant|respondent|case|order|kunde|nutzer|cliente|usuario"
    r"|paciente|proband|utilisateur)(_?\s?(id|no|nr|key|code|number|name))?$",
    re.IGNORECASE,
)


def keeping(report: DataReport, words: str, target: str) -> dict[str, str]:
    """Columns for the roles `group` and `time`, where the data clearly asks for it."""
    found: dict[str, str] = {}
    time = _time(report, words)
    if time is not None and time != target:
        found["time"] = time
        return found
    groups = [column for column in report.columns if _is_group(column, report)]
    groups = [column for column in groups if column.name != target]
    if groups:
        found["group"] = min(groups, key=lambda column: column.unique).name
    return found


def _is_group(column: ColumnReport, report: DataReport) -> bool:
    """Names of things of which there are many, and of which others will come."""
    if column.name not in report.groups or column.unique < _ENOUGH:
        return False
    each = (report.rows - column.missing) / column.unique
    if each < _ROWS_EACH:
        return False
    unlearnable = column.kind == "id" or bool(column.personal)
    return unlearnable or each <= _SMALL or _OTHERS_COME.search(column.name) is not None


def _time(report: DataReport, words: str) -> str | None:
    """The date that orders the rows, where they lie in its order or the words look ahead."""
    column = report.column(report.time) if report.time else None
    if column is None or column.unique < _FEWEST_TIMES:
        return None
    return column.name if column.ordered or ahead.looks_ahead(words) else None
