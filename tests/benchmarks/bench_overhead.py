"""What a job costs besides its training: seconds by stage, and the bot's memory.

    make bench-overhead

Runs one text job twice, the second time with the environment there, and prints for that one where
the wall time went. Training is what happens inside train.py and baseline.py.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"
TRAINING = ("baseline", "train")


@dataclass(frozen=True)
class Measured:
    """One job: wall seconds, seconds by stage and training step, the bot's peak memory in MB."""

    wall: float
    stages: dict[str, float]
    steps: dict[str, float]
    megabytes: float

    @property
    def overhead(self) -> float:
        """Wall seconds that were not spent in the training itself."""
        return self.wall - sum(self.steps.get(name, 0.0) for name in TRAINING)


def run_job(home: Path) -> Measured:
    """Run the job in a process of its own and read its stages and step times."""
    data = DATA / "sms_spam" / "sms.tsv"
    began = time.monotonic()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "bot", "run", "make me a spam filter from this"),
            *("--data", str(data), "--yes", "--json"),
        ],
        env={**os.environ, "MLTRAINER_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    megabytes = 0.0
    while process.poll() is None:
        megabytes = max(megabytes, peak_megabytes(process.pid))
        time.sleep(0.1)
    output = process.stdout.read() if process.stdout else ""
    wall = time.monotonic() - began
    document = json.loads(output.strip().splitlines()[-1])
    return Measured(
        wall=wall,
        stages={stage["name"]: stage["seconds"] for stage in document["stages"]},
        steps=step_seconds(home, document["job"]),
        megabytes=megabytes,
    )


def peak_megabytes(pid: int) -> float:
    """Peak resident memory of a living process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / 1024


def step_seconds(home: Path, job: str) -> dict[str, float]:
    """Seconds of each training step, as the runtime wrote them into the run's log."""
    found: dict[str, float] = {}
    for log in (home / "jobs" / job / "runs").glob("*/output.log"):
        for line in log.read_text("utf-8").splitlines():
            document = json.loads(line) if line.startswith("{") else {}
            seconds = document.get("numbers", {}).get("seconds")
            if seconds is not None:
                found[document["step"]] = seconds
    return found


def main() -> None:
    """Print the table of the second run."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run_job(home)
        measured = run_job(home)
    for name, seconds in measured.stages.items():
        print(f"{name:18s} {seconds:7.2f} s")
    for name, seconds in measured.steps.items():
        print(f"  of which {name:8s} {seconds:7.2f} s")
    print(f"{'wall':18s} {measured.wall:7.2f} s")
    print(f"{'outside training':18s} {measured.overhead:7.2f} s   (wanted: under 8)")
    print(f"{'peak memory':18s} {measured.megabytes:7.0f} MB  (of the bot; wanted: under 150)")


if __name__ == "__main__":
    main()
