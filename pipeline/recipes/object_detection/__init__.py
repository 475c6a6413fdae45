"""Object detection: a picture in, boxes with labels out."""

from pydantic import Field

from pipeline.artifacts import DataReport
from pipeline.deep import DEEP, DeepSettings
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

BOX = ("xmin", "ymin", "xmax", "ymax")


class Settings(DeepSettings):
    """Hyperparameters; what is not given is chosen from the data and the hardware."""

    image_size: int | None = Field(
        default=None,
        ge=64,
        le=1280,
        description="side of the square in pixels that the network looks at; None: its own",
    )
    flip: bool | None = Field(
        default=None, description="mirror pictures while learning; None: unless a label says a side"
    )
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="boxes with a lower score are not said; None: chosen on validation pictures",
    )


def headline(classes: int) -> Metric:
    """How exactly all boxes are found, whatever the number of labels."""
    del classes
    return Metric(name="map", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """Pictures with boxes say so by themselves."""
    del words
    if report.layout != "boxes":
        return no_evidence("There are no boxes around things on pictures.")
    return Evidence(
        score=0.95,
        reason="pictures with boxes around what is on them",
        roles={"image": "image", "target": "label", "box": BOX},
        doubts={},
    )


RECIPE = Recipe(
    title="Object detection",
    asks="Give a picture, or a folder, a zip or a list of pictures.",
    answers="For each picture a line of JSON: its boxes, with corners in pixels, label and score.",
    formats=("COCO JSON", "Pascal VOC XML", "YOLO text files", "a table of corners"),
    baselines=("no boxes", "the same boxes at the usual places"),
    words=(
        *("object detection", "detector", "detect objects", "bounding box", "bounding boxes"),
        *(
            "boxes",
            "detect",
            "locate",
            "localize",
            "find the",
            "where are",
            "where is",
            "draw boxes",
        ),
    ),
    hints=(
        *("image", "images", "photo", "photos", "picture", "pictures", "objects", "find", "spot"),
        *("annotations", "voc", "coco", "yolo", "count", "see", "where"),
    ),
    roles=(
        Role(name="image", title="the picture", kinds=("image",)),
        Role(name="target", title="what is in a box", kinds=("category", "boolean", "constant")),
        Role(name="box", title="the corners of a box", kinds=("number", "integer")),
    ),
    headline=headline,
    metrics=(Metric(name="map", better="higher"), Metric(name="map50", better="higher")),
    backbones=(
        Backbone(
            name="dfine_small",
            title="D-FINE small, which has learned to see on 120,000 pictures",
            why="small, quick and exact; a few hundred pictures with boxes are enough to tune it",
            hardware="cpu",
            requirements=DEEP,
            least_seconds=90,
            called=("d-fine", "dfine", "d-fine small"),
            hub="ustc-community/dfine-small-coco",
            license="Apache-2.0",
        ),
        Backbone(
            name="rtdetr_v2",
            title="RT-DETRv2 with an 18-layer ResNet, which has learned on the same pictures",
            why="twice as large; a GPU tunes it in the same time",
            hardware="gpu",
            requirements=DEEP,
            least_seconds=90,
            called=("rt-detr", "rtdetr", "rt-detrv2", "rtdetr_v2_r18vd"),
            hub="PekingU/rtdetr_v2_r18vd",
            license="Apache-2.0",
        ),
        Backbone(
            name="scratch",
            title="a small convolutional network that begins from nothing",
            why=(
                "needs no weights and little time; finds plain, frequent things on pictures that"
                " are alike, but hardly anything in scenes that all differ"
            ),
            hardware="cpu",
            requirements=DEEP,
            asked_only=True,
            called=("from scratch", "train from scratch", "no weights"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=240,
    settings=Settings,
    evidence=evidence,
)
