"""Score the model and its baselines on the held-out sentences, all through predict.py.

python score.py --config config.json --fit PREPARED/fit --heldout PREPARED/heldout \
        --model model --baselines BASELINES --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path

from heldout import write_objects
from measured_baselines import baselines_in
from metrics import Counted
from predict import load
from progress import run, say
from scoring import arguments, conclude
from serving import TRUTH, Objects, write_answers
from tables import load_table
from tagging_model import unmarked
from tagging_reading import read_texts
from tagging_scores import Answered, rows_of
from tagging_sentences import Sentence, from_table

METRICS = ("span_f1", "accuracy")


def main() -> None:
    """Write metrics.json, figures.json, heldout.jsonl and predictions.jsonl."""
    config, paths = arguments()
    sentences = from_table(load_table(paths.heldout / "test.jsonl"), config)
    content = write_objects(rows_of(sentences, TRUTH), paths.out / "heldout.jsonl")
    answers = _answers(paths.model, content)
    write_answers(answers, paths.out / "predictions.jsonl")
    found = _answered(sentences, answers)
    say("score", "what is reached without the model", done=0.5)

    def measured(folder: Path) -> Counted:
        return _answered(sentences, _answers(folder, content)).outcome

    conclude(
        config,
        paths.out,
        found.outcome,
        baselines_in(paths.baselines, config.metric, measured),
        names=METRICS,
        details={"entities": found.labels, "samples": found.samples},
    )


def _answers(folder: Path, content: bytes) -> Objects:
    """What predict.py answers for heldout.jsonl with a model folder."""
    model = load(folder)
    return model.predict(read_texts(model, content, "heldout.jsonl"))


def _answered(sentences: Sequence[Sentence], answers: Objects) -> Answered:
    said = [frozenset(unmarked(one["entities"])) for one in answers.objects]
    return Answered(sentences, said)


if __name__ == "__main__":
    run(main)
