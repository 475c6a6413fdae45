"""Translation: a text in one language in, the same in another out."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import pairing
from pipeline.hearing.phrases import hear
from pipeline.recipe import Evidence, Role, Task, no_evidence

WORDS = (
    *("translation", "translate", "translates", "translator", "translating", "translations"),
    *("parallel corpus", "parallel text", "bilingual", "machine translation"),
)


def evidence(report: DataReport, words: str) -> Evidence:
    """Two texts that say the same in two languages, line by line."""
    columns = pairing.two_languages(report)
    if columns is None:
        return no_evidence("There are no texts in two languages.")
    way = pairing.direction(columns, words)
    source, target = way or columns
    known = pairing.tongue(source) != pairing.tongue(target)
    asked = hear(words, WORDS).clearness > 0 or way is not None
    return Evidence(
        score=0.95 if known or report.layout == "pairs" else 0.5 * asked,
        reason=f"{source.name} and {target.name} say the same in two languages",
        roles={"source": source.name, "target": target.name},
        doubts={} if way else {"target": _names(columns)},
    )


def _names(columns: tuple[ColumnReport, ColumnReport]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


TASK = Task(
    title="Translation",
    words=WORDS,
    hints=(*pairing.LANGUAGE_NAMES, "languages", "language", "into", "lines match"),
    roles=(
        Role(name="source", title="the text to translate", kinds=("text", "category", "id")),
        Role(
            name="target",
            title="the text in the language to translate into",
            kinds=("text", "category", "id"),
        ),
    ),
    minimum_rows=10,
    evidence=evidence,
)
