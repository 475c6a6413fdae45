"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from predict import load
from tables import Table

MOST_LABELS = 5  # of the likeliest, shown with their probabilities


def main() -> None:
    """Load the model beside this file and serve one text box."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    def answer(text: str) -> dict[str, float]:
        answers = model.predict(Table(model.inputs, [(text,)]))
        return dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))

    gr.Interface(
        fn=answer,
        inputs=gr.Textbox(lines=4, label="Text"),
        outputs=gr.Label(num_top_classes=MOST_LABELS, label="Answer"),
        title="Which label?",
        flagging_mode="never",
    ).launch()


if __name__ == "__main__":
    main()
