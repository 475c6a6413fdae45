"""Begins a training on a Ray cluster.

    python begin.py JOB SECONDS PARTS

The parcel lies in parts, each of them a package that Ray has put on the module path, as the
dashboard takes no larger upload than 100 MiB. What comes of it goes into Ray's own folder of
logs, from where the dashboard gives it. Standard library only, Python 3.10.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

_OURS = "mltrainer-"
_KEPT_SECONDS = 7 * 86_400  # nobody else removes what was collected
_GRACE_SECONDS = 30
_CACHE = "~/.cache/mltrainer/environments"


def main() -> int:
    """Exit code of the training; 1 when it took longer than SECONDS."""
    job, seconds, parts = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    session = _session()
    logs, folder = session / "logs", session / job
    for old in (*logs.glob(f"{_OURS}*.zip"), *session.glob(f"{_OURS}*")):
        if time.time() - old.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        parcel = _joined(folder / "parcel.zip", job, parts)
        results = logs / f"{job}.zip"
        words = [str(parcel), str(folder / "work"), "--install", "--cache", _CACHE]
        return _carry([*words, "--results", str(results)], seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _session() -> Path:
    """The folder of this Ray session, in which Ray has put this script."""
    for folder in (*Path.cwd().parents, Path("/tmp/ray/session_latest")):  # noqa: S108  (Ray's)
        if (folder / "logs").is_dir() and folder.name.startswith("session_"):
            return folder
    sys.exit("There is no folder of Ray's session here: the results could not be fetched.")


def _joined(parcel: Path, job: str, parts: int) -> Path:
    """The parcel in one piece."""
    with parcel.open("wb") as whole:
        for number in range(parts):
            part = f"{job}.{number}"
            found = next(Path(one, part) for one in sys.path if Path(one, part).is_file())
            with found.open("rb") as piece:
                shutil.copyfileobj(piece, whole, 1 << 20)
    return parcel


def _carry(words: list[str], seconds: float) -> int:
    """Run carry.py. Ray's stop reaches both of us: it saves what there is, and we wait for it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    carry = [sys.executable, str(Path(__file__).with_name("carry.py")), *words]
    process = subprocess.Popen(carry)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.write(1, b"The training took longer than it may.\n")
        process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
    return 1


if __name__ == "__main__":
    sys.exit(main())
