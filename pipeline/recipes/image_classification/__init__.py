"""Image classification: a picture in, one of a few classes out."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import EYES, DeepSettings
from pipeline.hearing import asking, roles
from pipeline.hearing.leaving import without_pictures
from pipeline.recipe import Evidence, Metric, Recipe, Role, no_evidence

LEAST_PICTURES = 10


def headline(classes: int) -> Metric:
    """The share of right answers, which anybody understands."""
    del classes
    return Metric(name="accuracy", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """Pictures, and a column or folders that say what is on them."""
    pictures = [column for column in report.columns if column.kind == "image"]
    if report.layout != "images" or not pictures or without_pictures(words):
        return no_evidence("There are no labelled pictures.")
    picture = pictures[0].name
    choice = roles.choose(report, words, _is_label, besides=[picture])
    if choice is None:
        return no_evidence("Nothing says what is on the pictures.", score=0.2)
    target = choice.target
    if not _is_label(target):
        return no_evidence(f"You ask for {target.name}, which has too many values.", score=0.05)
    lean = roles.leaning(target, words) if target.kind in {"integer", "number"} else -1.0
    return Evidence(
        score=round(0.95 * (0.8 - 0.2 * lean), 3),
        reason=f"pictures with {target.unique} different values of {target.name}",
        roles={"image": picture, "target": target.name},
        doubts={"target": choice.rivals} if choice.rivals else {},
        supported=not (choice.rivals and choice.score < asking.TYPICAL),
    )


def _is_label(column: ColumnReport) -> bool:
    if column.kind in {"number", "integer"}:
        return 2 <= column.unique <= roles.MOST_COUNTS  # noqa: PLR2004 - telling apart takes two
    return column.kind in {"category", "boolean", "constant"}


RECIPE = Recipe(
    title="Image classification",
    asks="Give a picture, or a folder, a zip or a list of pictures.",
    answers="For each picture a column prediction and a probability for each class.",
    formats=(
        "a folder of pictures for each class",
        "a table of pictures and labels",
        "labels in file names",
        "zips of these",
    ),
    baselines=("always the commonest class", "logistic regression on colours"),
    words=(
        *("image classification", "image classifier", "classify images", "classify pictures"),
        *("classify photos", "picture classifier", "photo classifier", "recognise", "recognize"),
        *("tell apart", "identify", "which kind", "what kind", "what is in the picture", "spot"),
    ),
    hints=(
        *("image", "images", "photo", "photos", "picture", "pictures", "pics", "scan", "scans"),
        *(
            "classify",
            "classifier",
            "class",
            "sort",
            "read",
            "or",
            "vs",
            "versus",
            "which",
            "label",
        ),
        *("detect", "distinguish", "camera", "tell", "kind", "type", "see", "look"),
    ),
    roles=(
        Role(name="image", title="the picture", kinds=("image",)),
        Role(
            name="target",
            title="what is on the picture",
            kinds=("category", "boolean", "integer", "number", "constant"),
            least_values=2,
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
    backbones=EYES,
    minimum_rows=LEAST_PICTURES,
    budget_seconds=240,
    settings=DeepSettings,
    evidence=evidence,
)
