"""A small page on which anybody can try a model that writes a text for a text."""

from pairs_model import PairsModel
from tables import Table


def show(model: PairsModel, *, answer: str, title: str) -> None:
    """Serve one text box, and what is answered under that label."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    gr.Interface(
        fn=lambda text: answered(model, text),
        inputs=gr.Textbox(lines=12, label="Text"),
        outputs=[
            gr.Textbox(lines=4, label=answer),
            gr.Textbox(label="How it is made"),
        ],
        title=title,
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: PairsModel, text: str) -> tuple[str, str]:
    """What predict.py writes, and how."""
    said = model.outputs(Table(model.inputs, [(text,)]))[0]
    return said, str(model.about.get("method", ""))
