"""Cut pictures with a number each into fit and held-out ones, no picture in both, and copy them.

    python prepare.py --config config.json --data DIR --files DIR --out PREPARED

Pictures of the same pixels are the same picture: one is kept where they also have the same number,
and those with two numbers stay together in one part.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from picture_parts import write_pictures
from preparing import arguments_with_files, drop_missing, read_given, without_answer
from progress import run
from target_numbers import as_numbers, check_numbers, range_of, ranges_of

LEAST_PICTURES = 10


def main() -> None:
    """Read, check, cut, write."""
    config, data, out, files = arguments_with_files()
    target = config.column("target")
    given, unknown = drop_missing(read_given(config, data), target)
    given, unread = as_numbers(given, target)
    values = [float(cell or 0) for table in given.values() for cell in table.column(target)]
    warnings = [*unread, *check_numbers(values, target, LEAST_PICTURES)]
    bounds = ranges_of(values)
    write_pictures(
        config,
        given,
        files,
        out,
        label=lambda cell: range_of((cell,), 0, bounds),
        spread="all sizes in the same share",
        warnings=[*warnings, *without_answer(unknown, target)],
    )


if __name__ == "__main__":
    run(main)
