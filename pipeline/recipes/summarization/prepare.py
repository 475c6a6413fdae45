"""Cut texts with summaries into fit and held-out rows, no text in both.

    python prepare.py --config config.json --data DIR --out PREPARED

Rows of one text become one, with all their summaries; a talk of turns is read line by line.
"""

from extracting_units import LONGEST_TEXT
from pairs_preparing import Wanted, prepare_pairs
from progress import run

MEASURED = 5_000_000  # characters held out at most; more take longer than they tell

if __name__ == "__main__":
    run(lambda: prepare_pairs(Wanted("long text", "summary", LONGEST_TEXT, MEASURED)))
