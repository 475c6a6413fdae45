"""Text classification: one text in, one of a few labels out (spam, sentiment, intent, topic)."""

from pydantic import ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import DEEP, DeepSettings
from pipeline.hearing import roles
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

MOST_CLASSES = 200
LEAST_ROWS = 20
LEAST_TO_TUNE = 300  # of fewer texts a network learns less than counting words does
TYPICAL_TARGETS = frozenset(
    (
        *("label", "labels", "category", "class", "target", "sentiment", "intent", "topic"),
        *("tag", "type", "spam", "is_spam", "rating", "stars", "emotion", "language", "y"),
    )
)
_SAY_LITTLE = frozenset(("id", "constant", "empty", "text", "date"))


class Settings(DeepSettings):
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
    max_length: int | None = Field(
        default=None,
        ge=16,
        le=8192,
        description="pieces of words that a network reads of a text; None: 512 or as it can",
    )


def headline(classes: int) -> Metric:
    """F1 of the class that matters where there are two, else every class counting the same."""
    if classes == 2:  # noqa: PLR2004 - two classes
        return Metric(name="f1", better="higher")
    return Metric(name="macro_f1", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """A text column and a column of few values, and little else, make a text classification."""
    texts = _texts(report, words) if report.layout == "table" else []
    if not texts:
        return no_evidence("There is no column of free text.")
    text = texts[0]
    choice = roles.choose(report, words, lambda one: _is_label(one, report), besides=[text.name])
    if choice is None:
        return no_evidence("There is no column of labels.")
    if not _is_label(choice.target, report):
        return no_evidence(f"You ask for {choice.target.name}, which is no label.", score=0.02)
    target = choice.target
    others = [
        column
        for column in report.columns
        if column not in (text, target) and column.kind not in _SAY_LITTLE
    ]
    about_text = roles.is_said(text, words) or roles.about_text(report, words)
    return Evidence(
        score=_score(text, others, about_text=about_text),
        reason=_reason(text, target, others),
        roles={"text": text.name, "target": target.name},
        doubts=_doubts(words, texts, choice),
        supported=roles.is_supported(choice, words),
    )


def _doubts(
    words: str, texts: list[ColumnReport], choice: roles.Choice
) -> dict[str, tuple[str, ...]]:
    """Other labels that are as likely, and other texts of about the same length."""
    doubts: dict[str, tuple[str, ...]] = {}
    if choice.rivals:
        called = [name for name in choice.rivals if name.lower() in TYPICAL_TARGETS]
        if called != [choice.target.name]:
            doubts["target"] = choice.rivals
    rivals = texts[1:] if not roles.is_said(texts[0], words) else []
    if rivals and all(one.kind == "text" for one in rivals):
        doubts["text"] = tuple(one.name for one in rivals)
    return doubts


def _texts(report: DataReport, words: str) -> list[ColumnReport]:
    """Columns of free text, the named and the longest first; short varied texts if no other."""
    texts = list(roles.texts(report)) or [
        column
        for column in report.columns
        if column.kind == "category" and column.unique > max(report.rows / 2, MOST_CLASSES / 4)
    ]
    return sorted(texts, key=lambda one: (not roles.is_said(one, words), -(one.mean_words or 0)))


def _is_label(column: ColumnReport, report: DataReport) -> bool:
    """Few values, each of them in several rows."""
    most = min(MOST_CLASSES, report.rows / 3)
    return column.kind in ("category", "boolean", "integer") and 2 <= column.unique <= most  # noqa: PLR2004


def _score(text: ColumnReport, others: list[ColumnReport], *, about_text: bool) -> float:
    """Every further column to learn from makes a table of it, unless the words are of the text."""
    whole = 0.95 if text.kind == "text" else 0.6
    return round(whole / (1 + (0.1 if about_text else 0.5) * len(others)), 3)


def _reason(text: ColumnReport, target: ColumnReport, others: list[ColumnReport]) -> str:
    found = f"{text.name} is free text and {target.name} has {target.unique} different values"
    if not others:
        return f"{found}."
    return f"{found}, but {len(others)} more columns could be learned from."


RECIPE = Recipe(
    title="Text classification",
    asks="Give the same columns as in training, or a text with --text.",
    answers="For each row a column prediction and a probability for each class.",
    formats=(
        "CSV, TSV, Excel or Parquet tables",
        "JSON and JSONL",
        "a folder or a file of texts for each class",
    ),
    baselines=("always one class", "naive Bayes on single words"),
    words=(
        *("text classification", "classify text", "classify texts", "text classifier", "spam"),
        *("sentiment", "intent", "intents", "topic", "topics", "route", "routing", "triage"),
        *("tag messages", "label texts", "moderation", "toxic", "toxicity", "emotion", "emotions"),
        *("language detection", "categorize texts", "tone", "positive or negative", "angry"),
    ),
    hints=(
        *("reviews", "messages", "tickets", "emails", "questions", "tweets", "comments", "texts"),
        *("ham", "bucket", "classify", "classifier", "category", "categorize", "sort", "flag"),
        *(
            "mail",
            "mails",
            "posts",
            "articles",
            "complaints",
            "feedback",
            "which",
            "filter",
            "news",
        ),
        *("detect", "label", "text", "happy", "negative", "read", "tag", "notes", "requests"),
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
            least_values=2,
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
            name="modernbert",
            title="ModernBERT, fine-tuned",
            why="has read much English; it is kept where it beats counting words, tried beside it",
            hardware="gpu",
            requirements=DEEP,
            least_seconds=60,
            least_rows=LEAST_TO_TUNE,
            hub="answerdotai/ModernBERT-base",
            license="apache-2.0",
            called=("modern bert", "bert", "transformer"),
        ),
        Backbone(
            name="xlm_roberta",
            title="XLM-RoBERTa, fine-tuned",
            why="has read a hundred languages; it is kept where it beats counting words",
            hardware="gpu",
            requirements=DEEP,
            least_seconds=60,
            least_rows=LEAST_TO_TUNE,
            hub="FacebookAI/xlm-roberta-base",
            license="mit",
            called=("xlm roberta", "roberta", "multilingual"),
        ),
        Backbone(
            name="tfidf_svc",
            title="words and character runs (TF-IDF) with a calibrated linear SVM",
            why="learns in seconds on a CPU and is hard to beat on a few thousand short texts",
            hardware="cpu",
            called=("svm", "svc", "linear svm", "tf-idf"),
            rehearsed_rows=200,
        ),
    ),
    minimum_rows=LEAST_ROWS,
    budget_seconds=120,
    settings=Settings,
    evidence=evidence,
)
