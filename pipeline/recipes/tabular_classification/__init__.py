"""Tabular classification: a row of numbers and categories in, one of a few classes out."""

import re
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role

MOST_CLASSES = 50
LEAST_ROWS = 20
MOST_COUNTS = 12  # an integer with more values is a quantity rather than a class
TYPICAL_TARGETS = frozenset(
    (
        *("target", "label", "labels", "class", "y", "outcome", "result", "response", "category"),
        *("churn", "churned", "fraud", "default", "approved", "converted", "status", "diagnosis"),
    )
)
# What follows these is given, what follows those is asked for.
_GIVEN = frozenset(("from", "using", "given", "based", "with", "by", "on", "via"))
_ASKED = frozenset(
    (
        *("predict", "predicts", "predicting", "classify", "guess", "tell", "find", "detect"),
        *("who", "which", "whether", "if", "know", "is", "will", "for"),
    )
)
# Before another word these only lead to it, even where a column is called so.
_LEADS_ON = frozenset(("a", "an", "i", "me", "my", "of", "to", "in", "it", "or", "as", "us", "we"))
_SAYS_NOTHING = frozenset(
    (
        *("the", "and", "for", "this", "that", "these", "with", "from", "file", "data", "csv"),
        *("train", "model", "build", "make", "makes", "need", "want", "please", "can", "you"),
        *("table", "column", "row", "rows", "using", "not", "yes", "who", "what", "whether"),
        *("will", "would", "more", "than", "less", "have", "has", "are", "was", "any", "all"),
        *("predict", "predicts", "prediction", "classifier", "classify", "which", "good", "out"),
    )
)
_NAMED, _VALUE, _TYPICAL, _LAST, _FIRST = 1.0, 0.8, 0.6, 0.35, 0.3
_A_TIE = 0.06


class Settings(BaseModel):
    """Hyperparameters; what is not given follows from the number of rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folds: int = Field(
        default=5, ge=2, le=20, description="parts of the cross-validation: each model sees 80 %"
    )
    early_stopping_patience: int = Field(
        default=50, ge=1, le=1000, description="boosting rounds without gain before it stops"
    )
    learning_rate: float | None = Field(
        default=None, gt=0, le=1, description="step of boosting; None: smaller for fewer rows"
    )


def headline(classes: int) -> Metric:
    """How well two classes are ranked; with more, every class counts the same."""
    if classes == 2:  # noqa: PLR2004 - two classes
        return Metric(name="roc_auc", better="higher")
    return Metric(name="macro_f1", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """A column of few values that the words ask for, and others to tell it from."""
    asked = {name: strength for name in report.names if (strength := _asked(report, name, words))}
    candidates = [column for column in report.columns if _is_class(column, report)]
    if (useless := _asked_but_useless(report, asked)) is not None:
        reason = f"You ask for {useless}, which tells no rows apart."
        return Evidence(score=0.5, reason=reason, roles={"target": useless}, doubts={})
    if not candidates:
        return Evidence(score=0.0, reason="No column has few values.", roles={}, doubts={})
    scores = {column.name: _score(report, column, asked, words) for column in candidates}
    ranked = sorted(candidates, key=lambda column: -scores[column.name])
    target, best = ranked[0], scores[ranked[0].name]
    quantity = next((name for name in asked if name not in scores), None)
    if quantity is not None and best < _NAMED:
        reason = f"You ask for {quantity}, which has too many values to be a class."
        return Evidence(score=0.05, reason=reason, roles={}, doubts={})
    equal = _equally_good([(column.name, scores[column.name]) for column in ranked])
    features = [name for name in _features(report) if name != target.name]
    fits = 0.5 if len(equal) > 1 else 0.55 + 0.4 * best if best else 0.3
    return Evidence(
        score=round(fits * _tabularity(report, features), 2),
        reason=_reason(target, best, len(features), doubtful=len(equal) > 1),
        roles={"target": target.name, "features": tuple(features)},
        doubts={"target": tuple(equal)} if len(equal) > 1 else {},
    )


def _asked_but_useless(report: DataReport, asked: dict[str, float]) -> str | None:
    """The column the words ask for when it is empty or always the same: not one to replace."""
    best = max(asked, key=lambda name: asked[name], default=None)
    column = report.column(best) if best is not None else None
    return best if column is not None and column.unique < 2 else None  # noqa: PLR2004 - two classes


def _equally_good(ranked: list[tuple[str, float]]) -> list[str]:
    """The columns that nothing tells apart; a place in the table alone tells nothing."""
    best = ranked[0][1]
    if best < _TYPICAL:
        return [name for name, _ in ranked]
    return [name for name, score in ranked if best - score <= _A_TIE]


def _is_class(column: ColumnReport, report: DataReport) -> bool:
    """Few values, each of them in several rows."""
    if not 2 <= column.unique <= min(MOST_CLASSES, max(report.rows / 3, 2)):  # noqa: PLR2004
        return False
    if column.kind in {"number", "integer"}:
        return column.unique <= MOST_COUNTS
    return column.kind in {"category", "boolean"}


def _score(report: DataReport, column: ColumnReport, asked: dict[str, float], words: str) -> float:
    """How much speaks for a column as the target: the words, its name, its place."""
    names = report.names
    place = {names[0]: _FIRST, names[-1]: _LAST}.get(column.name, 0.0)
    typical = column.name.lower().strip() in TYPICAL_TARGETS
    value = _VALUE if _value_named(column, words) else 0.0
    return max(asked.get(column.name, 0.0), value, _TYPICAL if typical else 0.0, place)


def _asked(report: DataReport, name: str, words: str) -> float:
    """How clearly the words ask for a column; 0 where they only give it as an input."""
    column = report.column(name)
    if column is None or column.kind == "id":
        return 0.0
    wanted, spoken = _tokens(name), _asked_words(words)
    if not wanted:
        return 0.0
    best = [max((_likeness(token, word) for word in spoken), default=0.0) for token in wanted]
    return _NAMED * sum(best) / len(best) if min(best) > 0 else 0.9 * max(best) / len(best)


def _asked_words(words: str) -> list[str]:
    """The words but those that name inputs: "predict a from b and c" asks for a alone."""
    kept, asking = [], True
    spoken = words.split()
    for word, after in zip(spoken, [*spoken[1:], ""], strict=False):
        leads_on = word in _LEADS_ON and after and after not in _GIVEN
        if word in _GIVEN or word in _ASKED:
            asking = word in _ASKED
        elif asking and word not in _SAYS_NOTHING and not leads_on:
            kept.append(word)
    return kept


def _tokens(name: str) -> list[str]:
    """Words of a column's name: `HasChurned`, `has_churned` → has, churned."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.findall(r"[^\W_]+", apart.lower()) if word not in _SAYS_NOTHING]


def _likeness(token: str, word: str) -> float:
    """1 for the same word, less for another form of it or a slip of the pen, 0 for others."""
    if token == word:
        return 1.0
    shorter, longer = sorted((token, word), key=len)
    if len(shorter) < 4:  # noqa: PLR2004 - short words are alike by chance
        return 0.0
    shared = next(
        (at for at, pair in enumerate(zip(token, word, strict=False)) if pair[0] != pair[1]),
        len(shorter),
    )
    if shared >= max(4, 0.7 * len(shorter)) and len(longer) - shared <= 5:  # noqa: PLR2004
        return 0.95
    return 0.9 if SequenceMatcher(None, token, word).ratio() >= 0.82 else 0.0  # noqa: PLR2004


def _value_named(column: ColumnReport, words: str) -> bool:
    """Whether the words hold one of the column's values: "over 50k" for `>50K`."""
    spoken = set(words.split())
    values = (set(re.findall(r"[^\W_]{3,}", value.lower())) for value, _ in column.top)
    return any((tokens - _SAYS_NOTHING) & spoken for tokens in values)


def _features(report: DataReport) -> tuple[str, ...]:
    kinds = {"number", "integer", "boolean", "category", "date", "text"}
    return tuple(column.name for column in report.columns if column.kind in kinds)


def _tabularity(report: DataReport, features: list[str]) -> float:
    """One free text alone is a task of its own; without inputs there is no task."""
    texts = sum(column.kind == "text" for column in report.columns if column.name in features)
    plain = len(features) - texts
    if not plain:
        return {0: 0.0, 1: 0.1}.get(texts, 0.3)
    return plain / (plain + 0.5) if texts else 1.0


def _reason(target: ColumnReport, score: float, features: int, *, doubtful: bool) -> str:
    if doubtful:
        return "more than one column could be the class."
    why = (
        ("as you ask for it", _VALUE),
        ("as its name says so", _TYPICAL),
        ("by its place in the table", _FIRST),
        ("as it has few values", 0.0),
    )
    because = next(words for words, least in why if score >= least)
    values = f"{target.name} with {target.unique} values is the class, {because}"
    return f"{values}; {features} columns to tell it from."


RECIPE = Recipe(
    title="Tabular classification",
    words=(
        *("predict", "predicts", "classify", "classifier", "classification", "who", "which"),
        *("whether", "will", "churn", "fraud", "survived", "survival", "default", "approve"),
        *("approval", "diagnose", "diagnosis", "risk", "likely", "convert", "classify rows"),
        *("tabular classification", "yes or no", "win", "leave", "buy", "cancel"),
    ),
    roles=(
        Role(
            name="target",
            title="the class to predict",
            kinds=("category", "boolean", "integer", "number"),
        ),
        Role(
            name="features",
            title="the columns to learn from",
            kinds=("number", "integer", "boolean", "category", "date", "text"),
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
            name="light_ensemble",
            title="linear models, boosted trees, forests, kernels and small networks, blended",
            why="what one model gets wrong another gets right; strong from 100 rows on, on a CPU",
            hardware="cpu",
        ),
        Backbone(
            name="light_ensemble_catboost",
            title="the same ensemble with CatBoost",
            why="CatBoost reads categories best, but is slow: worth it from five minutes on",
            hardware="cpu",
            requirements=("catboost==1.2.10",),
            least_seconds=300,
        ),
        Backbone(
            name="lightgbm",
            title="boosted trees (LightGBM) alone",
            why="one kind of model, quick on many rows",
            hardware="cpu",
        ),
        Backbone(
            name="linear",
            title="logistic regression alone",
            why="the simplest: every column adds or takes its share",
            hardware="cpu",
        ),
    ),
    minimum_rows=LEAST_ROWS,
    budget_seconds=60,
    settings=Settings,
    evidence=evidence,
)
