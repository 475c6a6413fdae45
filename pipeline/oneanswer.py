"""One job gives one answer a row: what is said where more are wanted."""

from pipeline.artifacts import ColumnReport
from pipeline.errors import PersonCanFix
from pipeline.hearing.several import labels_in
from pipeline.outcomes import Ask

CLASSIFYING = frozenset(("tabular_classification", "text_classification", "image_classification"))
_SHOWN = 3


def one_of(columns: tuple[str, ...]) -> Ask:
    """Asks which of several wanted columns this job is to predict."""
    named = f"{', '.join(columns[:-1])} and {columns[-1]}"
    return Ask(
        f"You ask for {named}, but a job predicts one column. Which should this one predict? "
        "A job for each column gives you all of them.",
        "target",
        columns,
    )


def check_one_label(column: ColumnReport) -> None:
    """PersonCanFix where the cells of a target hold several labels each."""
    labels = labels_in(column)
    if not labels:
        return
    example = next((value for value, _ in column.top if _holds_two(value, labels)), "")
    like = f", as “{example}”" if example else ""
    raise PersonCanFix(
        f"The cells of '{column.name}' hold several labels each{like}: that is multi-label "
        "classification, which I cannot train.",
        f"Make one yes-or-no column for each label ({', '.join(labels[:_SHOWN])}, …) and run a job "
        "for each, or keep only the main label of each row.",
        field="target",
    )


def _holds_two(value: str, labels: tuple[str, ...]) -> bool:
    return sum(label in value for label in labels) > 1
