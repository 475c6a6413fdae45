"""A small page on which anybody can try the detector on a picture (a Gradio Space).

python app.py
"""

from pathlib import Path

from box_model import BoxModel
from config import Json
from picture_files import examples
from PIL.Image import Image
from predict import load

Region = tuple[tuple[int, int, int, int], str]


def main() -> None:
    """Load the model beside this file and serve one picture."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model = load(folder / "model")
    gr.Interface(
        fn=lambda picture: told(model, picture),
        inputs=gr.Image(type="pil", label="Picture"),
        outputs=[gr.JSON(label="Boxes"), gr.AnnotatedImage(label="Drawn")],
        examples=examples(folder),
        title="What is where?",
        description=f"Boxes from a score of {model.threshold:.2f} on are shown.",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def told(model: BoxModel, picture: Image) -> tuple[Json, tuple[Image, list[Region]]]:
    """The boxes that predict.py says, and the picture with them."""
    boxes = model.on(picture.convert("RGB"))
    regions: list[Region] = []
    for corners, label, score in zip(boxes.corners, boxes.labels, boxes.scores, strict=True):
        left, top, right, bottom = (round(float(value)) for value in corners)
        regions.append(((left, top, right, bottom), f"{label} {score:.0%}"))
    return boxes.found(), (picture, regions)


if __name__ == "__main__":
    main()
