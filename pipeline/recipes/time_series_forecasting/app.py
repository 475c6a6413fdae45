"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

import csv
from pathlib import Path

from forecasting import ForecastModel
from predict import load
from tables import Row, Table

EXAMPLES = 5


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda *cells: answered(model, cells),
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=[gr.Textbox(label="Forecast"), gr.Textbox(label="90 % lie between")],
        examples=examples(model.inputs),
        title="What comes next?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: ForecastModel, cells: Row) -> tuple[str, str]:
    """The forecast for one time, and its band."""
    answers = model.predict(Table(model.inputs, [cells]))
    low, high = float(answers.lower[0]), float(answers.upper[0])
    return repr(float(answers.said[0])), f"{low:.6g} and {high:.6g}"


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
