"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

import csv
from pathlib import Path

from predict import load
from tables import Table

EXAMPLES = 5


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    def answer(*cells: str) -> dict[str, float]:
        answers = model.predict(Table(model.inputs, [cells]))
        return dict(zip(answers.classes, answers.chances[0].tolist(), strict=True))

    gr.Interface(
        fn=answer,
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=gr.Label(label="Answer"),
        examples=examples(model.inputs),
        title="Which class?",
        flagging_mode="never",
    ).launch()


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
