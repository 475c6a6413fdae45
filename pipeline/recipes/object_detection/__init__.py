"""Object detection: a picture in, boxes with labels out."""

from pipeline.artifacts import DataReport
from pipeline.recipe import Evidence, Role, Task, no_evidence

BOX = ("xmin", "ymin", "xmax", "ymax")


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


TASK = Task(
    title="Object detection",
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
    minimum_rows=10,
    evidence=evidence,
)
