"""Learn from pictures within the budget of config.json.

    python train.py --config config.json --fit PREPARED/fit --out MODEL
    python train.py ... --rehearse      a few pictures and seconds, the same steps

Where config.json names weights, that network is fine-tuned. Without, edges, colours, textures and
little patches are looked at, and what counts is chosen on pictures left out in turn.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

from picture_run import train
from progress import run

if __name__ == "__main__":
    run(train)
