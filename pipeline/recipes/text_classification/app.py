"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from predict import TextModel, load
from tables import Table

MOST_LABELS = 5  # of the likeliest, shown with their probabilities


def main() -> None:
    """Load the model beside this file and serve one text box."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda text: answered(model, text),
        inputs=gr.Textbox(lines=4, label="Text"),
        outputs=[
            gr.Textbox(label="Answer"),
            gr.Label(num_top_classes=MOST_LABELS, label="Probabilities"),
        ],
        title="Which label?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: TextModel, text: str) -> tuple[str, dict[str, float]]:
    """The label that predict.py says, which need not be the likeliest, and all probabilities."""
    answers = model.predict(Table(model.inputs, [(text,)]))
    chances = dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))
    return str(answers.said[0]), chances


if __name__ == "__main__":
    main()
