"""Score the model and its baselines by chrF and BLEU on the held-out texts, through predict.py.

python score.py --config config.json --fit PREPARED/fit --heldout PREPARED/heldout \
        --model model --baselines BASELINES --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from functools import partial

from pairs_bleu import counted_bleu, cutting_of, signatures
from pairs_scoring import Measure, References, score_pairs
from predict import load
from progress import run

METRICS = ("chrf", "bleu")


def measure(references: References) -> Measure:
    """ChrF and BLEU, with words cut as in the language of the translations."""
    cutting = cutting_of(references)
    return Measure(
        names=METRICS,
        count=partial(counted_bleu, cutting=cutting),
        told={"signatures": dict(signatures(references, cutting))},
    )


if __name__ == "__main__":
    run(lambda: score_pairs(load, measure, copies=True))
