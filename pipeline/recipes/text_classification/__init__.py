"""Text classification: one text in, one of a few labels out (spam, sentiment, intent, topic)."""

import re

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role

MOST_CLASSES = 200
LEAST_ROWS = 20
TYPICAL_TARGETS = frozenset(
    (
        *("label", "labels", "category", "class", "target", "sentiment", "intent", "topic"),
        *("tag", "type", "spam", "is_spam", "rating", "stars", "emotion", "language", "y"),
    )
)


class Settings(BaseModel):
    """Hyperparameters; what is not given is chosen by cross-validation or from the data's size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    regularization: float | None = Field(
        default=None, gt=0, description="C of the classifier; None: chosen among a few"
    )
    balance_classes: bool | None = Field(
        default=None, description="weigh rare classes up; None: chosen"
    )
    word_ngrams: int = Field(default=2, ge=1, le=3, description="longest run of words")
    char_ngrams: int = Field(
        default=5, ge=0, le=6, description="longest run of characters; 0: none"
    )
    min_rows_per_term: int | None = Field(
        default=None, ge=1, description="rarer terms are left out; None: from the number of rows"
    )
    folds: int = Field(default=5, ge=2, le=20, description="parts of the inner cross-validation")


def headline(classes: int) -> Metric:
    """F1 of the class that matters where there are two, else every class counting the same."""
    if classes == 2:  # noqa: PLR2004 - two classes
        return Metric(name="f1", better="higher")
    return Metric(name="macro_f1", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """A text column and a column of few values, and little else, make a text classification."""
    texts = _texts(report, words)
    targets = [column for column in _targets(report) if column not in texts[:1]]
    if not texts or not targets:
        lacking = "no column of free text" if not texts else "no column of labels"
        return Evidence(score=0.0, reason=f"There is {lacking}.", roles={}, doubts={})
    text, chosen = texts[0], _chosen(targets, words)
    others = [
        column
        for column in report.columns
        if column not in (text, chosen) and column.kind not in ("id", "constant", "empty", "text")
    ]
    doubts: dict[str, tuple[str, ...]] = {}
    if not _certain(chosen, targets, words):
        doubts["target"] = tuple(column.name for column in targets if column is not chosen)
    if len(texts) > 1 and not _named(text, words):
        doubts["text"] = tuple(column.name for column in texts[1:])
    return Evidence(
        score=_score(text, others),
        reason=_reason(text, chosen, others),
        roles={"text": text.name, "target": chosen.name},
        doubts=doubts,
    )


def _texts(report: DataReport, words: str) -> list[ColumnReport]:
    """Columns of free text, the named and the longest first; short varied texts if no other."""
    texts = [column for column in report.columns if column.kind == "text"]
    texts = texts or [
        column
        for column in report.columns
        if column.kind == "category" and column.unique > max(report.rows / 2, MOST_CLASSES / 4)
    ]
    return sorted(texts, key=lambda column: (not _named(column, words), -(column.mean_words or 0)))


def _targets(report: DataReport) -> list[ColumnReport]:
    """Columns of few values, each of them in several rows."""
    most = min(MOST_CLASSES, report.rows / 3)
    return [
        column
        for column in report.columns
        if column.kind in ("category", "boolean", "integer") and 2 <= column.unique <= most  # noqa: PLR2004
    ]


def _chosen(targets: list[ColumnReport], words: str) -> ColumnReport:
    """Named in the person's words, else called like a label, else words before numbers."""
    return min(
        targets,
        key=lambda column: (
            not _named(column, words),
            column.name.lower() not in TYPICAL_TARGETS,
            column.kind == "integer",
            column.unique,
        ),
    )


def _certain(chosen: ColumnReport, targets: list[ColumnReport], words: str) -> bool:
    if len(targets) == 1:
        return True
    if _named(chosen, words):
        return sum(_named(column, words) for column in targets) == 1
    typical = [column for column in targets if column.name.lower() in TYPICAL_TARGETS]
    return typical == [chosen]


def _named(column: ColumnReport, words: str) -> bool:
    """Whether the person's words hold the column's name, as it is or with spaces."""
    names = {column.name.lower(), re.sub(r"[_\W]+", " ", column.name.lower()).strip()}
    return any(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for name in names)


def _score(text: ColumnReport, others: list[ColumnReport]) -> float:
    """Every further column to learn from makes a table of it."""
    whole = 0.95 if text.kind == "text" else 0.6
    return round(whole / (1 + 0.5 * len(others)), 2)


def _reason(text: ColumnReport, target: ColumnReport, others: list[ColumnReport]) -> str:
    found = f"{text.name} is free text and {target.name} has {target.unique} different values"
    if not others:
        return f"{found}."
    return f"{found}, but {len(others)} more columns could be learned from."


RECIPE = Recipe(
    title="Text classification",
    words=(
        *("text classification", "classify text", "classify texts", "text classifier"),
        *("spam", "ham", "sentiment", "intent", "intents", "topic", "topics", "route", "routing"),
        *("triage", "tag messages", "label texts", "moderation", "toxic", "toxicity", "emotion"),
        *("reviews", "messages", "tickets", "emails", "questions", "tweets", "comments"),
        *("language detection", "categorize texts", "bucket"),
    ),
    roles=(
        Role(
            name="text",
            title="the text to read",
            kinds=("text", "category", "id"),
        ),
        Role(
            name="target",
            title="the label to predict",
            kinds=("category", "boolean", "integer"),
        ),
        Role(
            name="group",
            title="rows with the same value stay in the same part",
            kinds=("category", "id", "integer", "text"),
            required=False,
        ),
    ),
    headline=headline,
    metrics=(
        Metric(name="accuracy", better="higher"),
        Metric(name="macro_f1", better="higher"),
        Metric(name="f1", better="higher"),
        Metric(name="roc_auc", better="higher"),
        Metric(name="log_loss", better="lower"),
    ),
    backbones=(
        Backbone(
            name="tfidf_svc",
            title="words and character runs (TF-IDF) with a calibrated linear SVM",
            why="learns in seconds on a CPU and is hard to beat on a few thousand short texts",
            hardware="cpu",
        ),
    ),
    minimum_rows=LEAST_ROWS,
    budget_seconds=120,
    settings=Settings,
    evidence=evidence,
)
