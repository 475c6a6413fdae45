"""The script that is pushed to Kaggle: it carries out the parcel in the data set beside it.

It runs there under a notebook's machinery, which hears only what this process itself prints and
takes an exit for a failure. Standard library only.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

INPUT, OUTPUT = Path("/kaggle/input"), Path("/kaggle/working")
WORK = Path("/tmp/mltrainer")  # noqa: S108  (a machine of its own, gone after the run)
PARCEL = "parcel.bin"


def main() -> None:
    """Find the parcel, wherever the service mounts it, packed or unpacked; then run it."""
    found = sorted([*INPUT.rglob(PARCEL), *(plan.parent for plan in INPUT.rglob("plan.json"))])
    if not found:
        print("The data of the training is not here.", flush=True)  # noqa: T201
        raise RuntimeError(PARCEL)
    parcel = found[0]
    WORK.mkdir(parents=True, exist_ok=True)
    carry = parcel / "carry.py"
    if parcel.is_file():
        with zipfile.ZipFile(parcel) as archive:
            carry = Path(archive.extract("carry.py", WORK.parent / "mltrainer-carry"))
    results = OUTPUT / "results.zip"
    words = [str(carry), str(parcel), str(WORK), "--install", "--results", str(results)]
    process = subprocess.Popen(
        [sys.executable, "-u", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in process.stdout or ():
        print(line, end="", flush=True)  # noqa: T201
    if process.wait() != 0:
        raise RuntimeError("The training did not end well.")


if __name__ == "__main__":
    main()
