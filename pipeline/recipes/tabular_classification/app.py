"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from page import examples
from predict import load
from tables import Row, Table
from tabular import TabularModel


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model = load(folder / "model")

    gr.Interface(
        fn=lambda *cells: answered(model, cells),
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=[gr.Textbox(label="Answer"), gr.Label(label="Probabilities")],
        examples=examples(model.inputs, folder / "heldout.csv"),
        title="Which class?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: TabularModel, cells: Row) -> tuple[str, dict[str, float]]:
    """The class that predict.py says, which need not be the likeliest, and all probabilities."""
    answers = model.predict(Table(model.inputs, [cells]))
    chances = dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))
    return str(answers.said[0]), chances


if __name__ == "__main__":
    main()
