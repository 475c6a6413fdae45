"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from pairs_model import PairsModel
from predict import load
from tables import Table


def main() -> None:
    """Load the model beside this file and serve one text box."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda text: answered(model, text),
        inputs=gr.Textbox(lines=12, label="Text"),
        outputs=[
            gr.Textbox(lines=4, label="Translation"),
            gr.Textbox(label="How it is made"),
        ],
        title="In the other language",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: PairsModel, text: str) -> tuple[str, str]:
    """The translation that predict.py writes, and how."""
    said = model.outputs(Table(model.inputs, [(text,)]))[0]
    return said, str(model.about.get("method", ""))


if __name__ == "__main__":
    main()
