"""Image regression: a picture in, one number out."""

from pipeline.artifacts import DataReport
from pipeline.hearing import asking, roles
from pipeline.hearing.leaving import without_pictures
from pipeline.recipe import Evidence, Role, Task, no_evidence


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


TASK = Task(
    title="Image regression",
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
    minimum_rows=10,
    evidence=evidence,
)
