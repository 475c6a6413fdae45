"""A small page on which anybody can try the model on a picture (a Gradio Space).

python app.py
"""

from pathlib import Path

from picture_files import examples
from picture_page import answered, usual_error
from predict import load


def main() -> None:
    """Load the model beside this file and serve one picture."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model, known = load(folder / "model"), usual_error(folder / "metrics.json")
    gr.Interface(
        fn=lambda picture: (str(next(answered(model, picture).rows)[0]), known),
        inputs=gr.Image(type="pil", label="Picture"),
        outputs=[gr.Textbox(label="Answer"), gr.Textbox(label="How sure")],
        examples=examples(folder),
        title="Which number?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


if __name__ == "__main__":
    main()
