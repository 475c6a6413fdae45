"""Score the model and its baselines by ROUGE on the held-out texts, all through predict.py.

python score.py --config config.json --fit PREPARED/fit --heldout PREPARED/heldout \
        --model model --baselines BASELINES --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pairs_rouge import ROUGES, counted_rouge
from pairs_scoring import Measure, References, score_pairs
from predict import load
from progress import run

COUNTED = "F1 as rouge-score counts it, without stemming; the mean over all references of a row"


def measure(references: References) -> Measure:
    """ROUGE-1, -2 and -L."""
    del references
    return Measure(names=ROUGES, count=counted_rouge, told={"rouge": COUNTED})


if __name__ == "__main__":
    run(lambda: score_pairs(load, measure, copies=False))
