"""A small page on which anybody can try the model (a Gradio Space).

python app.py
"""

from pathlib import Path

from pairs_page import show
from predict import load

if __name__ == "__main__":
    show(load(Path(__file__).parent / "model"), answer="Translation", title="In the other language")
