"""A small page on which anybody can try the model on a picture (a Gradio Space).

python app.py
"""

from pathlib import Path

from picture_files import examples
from picture_model import PictureModel
from picture_page import answered
from PIL.Image import Image
from predict import load

MOST_LABELS = 5  # of the likeliest, shown with their probabilities


def main() -> None:
    """Load the model beside this file and serve one picture."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model = load(folder / "model")
    gr.Interface(
        fn=lambda picture: told(model, picture),
        inputs=gr.Image(type="pil", label="Picture"),
        outputs=[
            gr.Textbox(label="Answer"),
            gr.Label(num_top_classes=MOST_LABELS, label="Probabilities"),
        ],
        examples=examples(folder),
        title="What is on it?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def told(model: PictureModel, picture: Image) -> tuple[str, dict[str, float]]:
    """The class that predict.py says, which need not be the likeliest, and all probabilities."""
    answers = answered(model, picture)
    chances = dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))
    return str(answers.said[0]), chances


if __name__ == "__main__":
    main()
