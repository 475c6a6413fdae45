"""Tabular classification: a row of numbers and categories in, one of a few classes out."""

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import apart, roles
from pipeline.hearing.roles import Choice
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence
from pipeline.tabular import ENSEMBLES, FEATURES, SPLIT_ROLES

LEAST_ROWS = 20


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
    if not roles.is_table(report, words):
        return no_evidence("There is no table.")
    choice = roles.choose(report, words, lambda column: roles.is_class(column, report))
    if choice is None:
        return no_evidence("No column has few values.")
    target = choice.target
    if not roles.is_class(target, report):
        return _unfit(target)
    together = apart.keeping(report, words, target.name)
    aside = (target.name, *(name for role, name in together.items() if role == "group"))
    features = roles.features(report, besides=aside)
    lean = roles.leaning(target, words)
    fits = (
        roles.sureness(choice, report, words)
        * roles.tabularity(report, features)
        * (0.8 - 0.2 * lean)
    )
    return Evidence(
        score=round(fits, 3),
        reason=_reason(choice, len(features)),
        roles={"target": target.name, "features": features, **together},
        doubts={"target": choice.rivals} if choice.rivals else {},
        supported=roles.is_supported(choice, words),
    )


def _unfit(target: ColumnReport) -> Evidence:
    """The words ask for a column that is no class: not one to replace by another."""
    if target.unique < 2:  # noqa: PLR2004 - telling apart takes two
        reason = f"You ask for {target.name}, which tells no rows apart."
        return Evidence(score=0.5, reason=reason, roles={"target": target.name}, doubts={})
    return no_evidence(
        f"You ask for {target.name}, which has too many values to be a class.", score=0.05
    )


def _reason(choice: Choice, features: int) -> str:
    if choice.rivals:
        return "more than one column could be the class"
    target = choice.target
    values = f"{target.name} with {target.unique} values is the class, {choice.why}"
    return f"{values}; {features} columns to tell it from."


RECIPE = Recipe(
    title="Tabular classification",
    asks="Give the same columns as in training.",
    answers="For each row a column prediction and a probability for each class.",
    formats=("CSV, TSV, Excel or Parquet tables", "JSON and JSONL"),
    baselines=("always the commonest class", "logistic regression"),
    words=(
        *("tabular classification", "classification", "classifier", "classify", "whether"),
        *("yes or no", "likely", "churn", "fraud", "diagnose", "diagnosis"),
        *("predict if", "flag", "at risk", "going to", "roc auc", "auc", "what kind of"),
        *("what type of", "is it"),
    ),
    hints=(
        *("predict", "predicts", "default", "approve", "approval", "risk"),
        *("convert", "win", "leave", "buy", "cancel", "class", "kind", "type", "tell", "spot"),
        *(
            "who",
            "which",
            "will",
            "detect",
            "identify",
            "guess",
            "chance",
            "probability",
            "label",
            "accuracy",
            "f1",
        ),
    ),
    roles=(
        Role(
            name="target",
            title="the class to predict",
            kinds=("category", "boolean", "integer", "number"),
            least_values=2,
        ),
        FEATURES,
        *SPLIT_ROLES,
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
        *ENSEMBLES,
        Backbone(
            name="linear",
            title="logistic regression alone",
            why="the simplest: every column adds or takes its share",
            hardware="cpu",
            called=("logistic regression", "linear model", "linear regression"),
        ),
    ),
    minimum_rows=LEAST_ROWS,
    budget_seconds=60,
    settings=Settings,
    evidence=evidence,
)
