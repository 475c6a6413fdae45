"""Sum texts up; the only way in which this model ever answers.

python predict.py --text "A long text. It has many sentences."
python predict.py --input texts.jsonl --output summaries.jsonl
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from extracting_model import load_extractor
from extracting_plain import load_central, load_lead, load_start
from pairs_model import Loaders, PairsModel, load_pairs, network_in
from progress import run
from serving import serve


def load(folder: Path) -> PairsModel:
    """The model of a folder that train.py or baseline.py wrote."""
    kinds: Loaders = {
        "extract": load_extractor,
        "lead": load_lead,
        "start": load_start,
        "central": load_central,
        "network": network_in,
    }
    return load_pairs(folder, kinds)


if __name__ == "__main__":
    run(lambda: serve(load))
