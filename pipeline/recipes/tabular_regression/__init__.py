"""Tabular regression: a row of numbers and categories in, one number out."""

from pipeline.artifacts import DataReport
from pipeline.hearing import asking, roles
from pipeline.recipe import Evidence, Role, Task, no_evidence


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
    features = roles.features(report, besides=(target.name,))
    asked = choice.score >= asking.TYPICAL and roles.is_supported(choice, words)
    sure = roles.sureness(choice, report, words) if asked else roles.UNSUPPORTED
    return Evidence(
        score=round(sure * roles.tabularity(report, features) * (0.8 + 0.2 * lean), 3),
        reason=f"{target.name} holds many numbers, {choice.why}",
        roles={"target": target.name, "features": features},
        doubts={"target": choice.rivals} if choice.rivals else {},
        supported=asked,
    )


TASK = Task(
    title="Tabular regression",
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
        Role(
            name="features",
            title="the columns to learn from",
            kinds=("number", "integer", "boolean", "category", "date", "text"),
            required=False,
        ),
    ),
    minimum_rows=20,
    evidence=evidence,
)
