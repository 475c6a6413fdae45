"""A small page on which anybody can let the model write on (a Gradio Space).

python app.py
"""

from pathlib import Path

from predict import load
from tables import Table
from writing_model import TextWriter


def main() -> None:
    """Load the model beside this file and serve one text box."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda text: answered(model, text),
        inputs=gr.Textbox(lines=4, label="How it begins (may be empty)"),
        outputs=[gr.Textbox(lines=8, label="How it goes on"), gr.Textbox(label="All of it")],
        title="Write on",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: TextWriter, text: str) -> tuple[str, str]:
    """What predict.py writes, and both together."""
    said = str(model.predict(Table(model.inputs, [(text,)])).objects[0]["output"])
    return said, text + said


if __name__ == "__main__":
    main()
