"""Tabular regression: a row of numbers and categories in, one number out."""

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import DataReport
from pipeline.hearing import apart, asking, roles
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
    """Large mistakes count more than small ones, in the target's own unit."""
    del classes
    return Metric(name="rmse", better="lower")


def evidence(report: DataReport, words: str) -> Evidence:
    """A column of many numbers that the words ask for, and others to tell it from."""
    if not roles.is_table(report, words):
        return no_evidence("There is no table.")
    choice = roles.choose(report, words, roles.is_quantity)
    if choice is None:
        return no_evidence("No column holds numbers to predict.")
    target = choice.target
    if not roles.is_quantity(target):
        return no_evidence(f"You ask for {target.name}, which is no number.", score=0.05)
    lean = roles.leaning(target, words)
    together = apart.keeping(report, words, target.name)
    aside = (target.name, *(name for role, name in together.items() if role == "group"))
    features = roles.features(report, besides=aside)
    asked = choice.score >= asking.TYPICAL and roles.is_supported(choice, words)
    sure = roles.sureness(choice, report, words) if asked else roles.UNSUPPORTED
    return Evidence(
        score=round(sure * roles.tabularity(report, features) * (0.8 + 0.2 * lean), 3),
        reason=f"{target.name} holds many numbers, {choice.why}",
        roles={"target": target.name, "features": features, **together},
        doubts={"target": choice.rivals} if choice.rivals else {},
        supported=asked,
    )


RECIPE = Recipe(
    title="Tabular regression",
    asks="Give the same columns as in training.",
    answers="For each row a column prediction.",
    formats=("CSV, TSV, Excel or Parquet tables", "JSON and JSONL"),
    baselines=("always the mean or the median", "ridge regression"),
    words=(
        *("tabular regression", "regression", "regressor", "predict the price"),
        *("how much", "how many", "how long", "how old", "how far", "how big", "how heavy"),
        *("how tall", "how fast", "how expensive", "how high", "how large", "estimate", "rmse"),
        *("mae", "r2", "mean absolute error", "valuation", "appraise"),
    ),
    hints=(
        *("predict", "prediction", "price", "prices", "cost", "amount", "value", "number of"),
        *("what will", "score", "salary", "approximate", "figure out", "calculate", "worth"),
        *("consumption", "yield", "duration", "weight", "model for", "how"),
    ),
    roles=(
        Role(
            name="target",
            title="the number to predict",
            kinds=("number", "integer"),
            least_values=2,
        ),
        FEATURES,
        *SPLIT_ROLES,
    ),
    headline=headline,
    metrics=(
        Metric(name="rmse", better="lower"),
        Metric(name="mae", better="lower"),
        Metric(name="r2", better="higher"),
    ),
    backbones=(
        *ENSEMBLES,
        Backbone(
            name="linear",
            title="ridge regression alone",
            why="the simplest: every column adds or takes its share",
            hardware="cpu",
            called=("ridge regression", "ridge", "linear model", "linear regression"),
        ),
    ),
    minimum_rows=LEAST_ROWS,
    budget_seconds=60,
    settings=Settings,
    evidence=evidence,
)
