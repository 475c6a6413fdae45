"""Cut labelled pictures into fit and held-out ones, no picture in both, and copy them.

    python prepare.py --config config.json --data DIR --files DIR --out PREPARED

Pictures of the same pixels are the same picture: one is kept where they also have the same label,
and those with two labels stay together in one part.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from picture_parts import write_pictures
from preparing import (
    arguments_with_files,
    check_classes,
    drop_missing,
    one_spelling,
    read_given,
    without_answer,
)
from progress import run
from tables import label_of

LEAST_PICTURES = 10


def main() -> None:
    """Read, check, cut, write."""
    config, data, out, files = arguments_with_files()
    target = config.column("target")
    given, unlabelled = drop_missing(read_given(config, data), target)
    given, spelled = one_spelling(given, target)
    labels = [label_of(cell) for table in given.values() for cell in table.column(target)]
    warnings = [*spelled, *check_classes(labels, target, LEAST_PICTURES)]
    write_pictures(
        config,
        given,
        files,
        out,
        label=label_of,
        spread="every class in the same share",
        warnings=[*warnings, *without_answer(unlabelled, target)],
    )


if __name__ == "__main__":
    run(main)
