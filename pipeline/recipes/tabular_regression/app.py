"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

import json
from pathlib import Path

from page import examples
from predict import load
from tables import Row, Table
from tabular import TabularModel


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model, known = load(folder / "model"), usual_error(folder / "metrics.json")

    gr.Interface(
        fn=lambda *cells: (answered(model, cells), known),
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=[gr.Textbox(label="Answer"), gr.Textbox(label="How sure")],
        examples=examples(model.inputs, folder / "heldout.csv"),
        title="Which number?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: TabularModel, cells: Row) -> str:
    """The number that predict.py says, as it writes it."""
    answers = model.predict(Table(model.inputs, [cells]))
    return str(next(answers.rows)[0])


def usual_error(path: Path) -> str:
    """How far answers are off in the mean, where it was measured."""
    if not path.exists():
        return "not measured"
    reached = json.loads(path.read_text("utf-8"))["metrics"].get("mae")
    return "not measured" if reached is None else f"off by {reached:.3g} in the mean"


if __name__ == "__main__":
    main()
