"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

import csv
from pathlib import Path

from predict import load
from tables import Row, Table
from tabular import TabularModel

EXAMPLES = 5


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda *cells: answered(model, cells),
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=[gr.Textbox(label="Answer"), gr.Label(label="Probabilities")],
        examples=examples(model.inputs),
        title="Which class?",
        flagging_mode="never",
    ).launch()


def answered(model: TabularModel, cells: Row) -> tuple[str, dict[str, float]]:
    """The class that predict.py says, which need not be the likeliest, and all probabilities."""
    answers = model.predict(Table(model.inputs, [cells]))
    chances = dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))
    return str(answers.said[0]), chances


def examples(inputs: tuple[str, ...]) -> list[list[str]]:
    """A few of the held-out rows, where they are published beside the model."""
    path = Path(__file__).parent / "heldout.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [
            [row[name] for name in inputs] for row, _ in zip(rows, range(EXAMPLES), strict=False)
        ]


if __name__ == "__main__":
    main()
