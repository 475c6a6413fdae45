"""Cut texts with their translations into fit and held-out rows, no source in both.

    python prepare.py --config config.json --data DIR --out PREPARED

Rows of one source become one, with all their translations.
"""

from pairs_preparing import Wanted, prepare_pairs
from progress import run
from retrieving_model import LONGEST_TEXT

MEASURED = 300_000  # characters held out at most; more take longer than they tell

if __name__ == "__main__":
    run(lambda: prepare_pairs(Wanted("source", "translation", LONGEST_TEXT, MEASURED)))
