"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

import json
from pathlib import Path

from predict import load
from tables import Table
from tagging_model import TEXT, TaggingModel, unmarked


def main() -> None:
    """Load the model beside this file and serve one text box."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    model = load(Path(__file__).parent / "model")

    gr.Interface(
        fn=lambda text: answered(model, text),
        inputs=gr.Textbox(lines=4, label="Text"),
        outputs=[
            gr.Textbox(label="Answer"),
            gr.HighlightedText(label="Entities"),
        ],
        title="Which words are what?",
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: TaggingModel, text: str) -> tuple[str, list[tuple[str, str | None]]]:
    """The line that predict.py writes, and the text in pieces, each with its label or none."""
    (found,) = model.predict(Table((TEXT,), [(text,)])).objects
    pieces: list[tuple[str, str | None]] = []
    start = 0
    for span in unmarked(found["entities"]):
        pieces += [(text[start : span.start], None), (text[span.start : span.end], span.label)]
        start = span.end
    pieces.append((text[start:], None))
    line = json.dumps(found, ensure_ascii=False)
    return line, [(piece, label) for piece, label in pieces if piece]


if __name__ == "__main__":
    main()
