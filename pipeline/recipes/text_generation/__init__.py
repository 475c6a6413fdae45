"""Text generation: learns to write on in the manner of the texts it was given."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import roles
from pipeline.hearing.phrases import hear
from pipeline.recipe import Evidence, Role, Task, no_evidence

WORDS = (
    *("text generation", "generate", "generator", "generates", "write like", "writes like"),
    *("write more", "in the style of", "style of", "language model", "make it talk", "talk like"),
    *("sound like", "sounds like", "write new", "compose", "invent", "make up", "continue"),
    *("autocomplete", "gpt", "char rnn", "come up with", "more like these", "more like this"),
    *("write in", "writes in", "speak like", "new ones", "imitate", "mimic", "more verses", "more"),
    *("write me new", "like these", "same vein", "fresh", "make up new", "write another"),
)


def evidence(report: DataReport, words: str) -> Evidence:
    """Plain text, or one column of texts with nothing to predict."""
    asked = hear(words, WORDS).clearness
    if report.layout == "text":
        return _reading(report.columns[0], 0.95)
    if report.layout != "table":
        return no_evidence("There is no plain text.")
    texts = roles.texts(report) or tuple(_short_texts(report))
    if not texts:
        return no_evidence("There is no column of texts.")
    others = [one for one in report.columns if one not in texts[:1] and one.kind not in _SAY_LITTLE]
    if not others:
        return _reading(texts[0], 0.9)
    few = len(others) <= 3  # noqa: PLR2004 - a title, a date, an author
    return _reading(texts[0], 0.5 if asked and few else 0.05 if few else 0.0)


_SAY_LITTLE = frozenset(("id", "constant", "empty"))


def _short_texts(report: DataReport) -> list[ColumnReport]:
    return [
        one
        for one in report.columns
        if one.kind in {"category", "id"} and one.unique > report.rows / 2
    ]


def _reading(column: ColumnReport, score: float) -> Evidence:
    return Evidence(
        score=score,
        reason="text to go on with, and nothing to predict",
        roles={"text": column.name},
        doubts={},
    )


TASK = Task(
    title="Text generation",
    words=WORDS,
    hints=(
        "write",
        "text",
        "style",
        "poem",
        "poems",
        "story",
        "stories",
        "lyrics",
        "talk",
        "speak",
    ),
    roles=(Role(name="text", title="the text to learn from", kinds=("text", "category", "id")),),
    minimum_rows=10,
    evidence=evidence,
)
