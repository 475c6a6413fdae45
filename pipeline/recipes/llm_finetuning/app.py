"""A small page on which anybody can ask the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from chat_guess import Guess
from chat_model import ChatModel
from predict import load
from tables import Table


def main() -> None:
    """Load the model beside this file and serve a box for each part of a question."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda *cells: answered(model, cells),
        inputs=[gr.Textbox(lines=3, label=name) for name in model.inputs],
        outputs=[gr.Textbox(lines=6, label="Answer")],
        title="Ask the model",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: ChatModel | Guess, cells: tuple[str | None, ...]) -> str:
    """The answer that predict.py gives."""
    return str(model.predict(Table(model.inputs, [cells])).objects[0]["output"])


if __name__ == "__main__":
    main()
