"""Image regression: a picture in, one number out."""

from pipeline.artifacts import DataReport
from pipeline.deep import EYES, DeepSettings
from pipeline.hearing import asking, roles
from pipeline.hearing.leaving import without_pictures
from pipeline.recipe import Evidence, Metric, Recipe, Role, no_evidence

LEAST_PICTURES = 10


def headline(classes: int) -> Metric:
    """How far answers are off in the mean, in the target's own unit."""
    del classes
    return Metric(name="mae", better="lower")


def evidence(report: DataReport, words: str) -> Evidence:
    """Pictures, and a column of numbers about each."""
    pictures = [column for column in report.columns if column.kind == "image"]
    if report.layout != "images" or not pictures or without_pictures(words):
        return no_evidence("There are no pictures with numbers.")
    picture = pictures[0].name
    choice = roles.choose(report, words, roles.is_quantity, besides=[picture])
    if choice is None or not roles.is_quantity(choice.target):
        return no_evidence("No column holds a number about each picture.", score=0.02)
    target = choice.target
    return Evidence(
        score=round(0.95 * (0.8 + 0.2 * roles.leaning(target, words)), 3),
        reason=f"pictures with a number each in {target.name}",
        roles={"image": picture, "target": target.name},
        doubts={"target": choice.rivals} if choice.rivals else {},
        supported=not (choice.rivals and choice.score < asking.TYPICAL),
    )


RECIPE = Recipe(
    title="Image regression",
    asks="Give a picture, or a folder, a zip or a list of pictures.",
    answers="For each picture a column prediction.",
    formats=("a table of pictures and numbers", "numbers in file names", "zips of these"),
    baselines=("always the mean or the median", "ridge regression on colours"),
    words=(
        *("image regression", "count in the picture", "estimate from a picture", "from a photo"),
        *("from photos", "from images", "from pictures", "from a picture", "from an image"),
        *("how many", "how much", "how old", "estimate", "regression", "number of", "count the"),
    ),
    hints=(
        *("image", "images", "photo", "photos", "picture", "pictures", "foto", "fotos", "count"),
        *("measure", "predict", "amount", "score", "age", "how", "weight", "size", "guess"),
    ),
    roles=(
        Role(name="image", title="the picture", kinds=("image",)),
        Role(name="target", title="the number to predict", kinds=("number", "integer")),
    ),
    headline=headline,
    metrics=(
        Metric(name="mae", better="lower"),
        Metric(name="rmse", better="lower"),
        Metric(name="r2", better="higher"),
    ),
    backbones=EYES,
    minimum_rows=LEAST_PICTURES,
    budget_seconds=240,
    settings=DeepSettings,
    evidence=evidence,
)
