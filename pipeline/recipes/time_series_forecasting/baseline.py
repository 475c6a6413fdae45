"""Three forecasts to beat: the last value, the last season, and plain exponential smoothing.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import time
from pathlib import Path

from config import load_config
from forecast_training import train_forecaster
from outline import load_outline
from progress import run, say
from tables import load_fit

MEMBERS = {
    "trivial_last_value": "last_value",
    "trivial_last_season": "last_season",
    "simple": "smoothing",
}
TITLES = {
    "trivial_last_value": "repeat the last value",
    "trivial_last_season": "repeat the last season",
    "simple": "exponential smoothing with a damped trend and the season",
}


def main() -> None:
    """Make them and name them; the last season only where there is one."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config, table = load_config(told.config), load_fit(told.fit)
    seasonal = load_outline(told.fit).seasons
    titles = {
        name: title for name, title in TITLES.items() if seasonal or name != "trivial_last_season"
    }
    for count, (name, title) in enumerate(titles.items()):
        say("baseline", title, done=count / len(titles))
        model = train_forecaster(
            config, told.fit, table, (MEMBERS[name],), started=time.monotonic(), windows=0
        )
        model.save(told.out / name)
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", done=1)


if __name__ == "__main__":
    run(main)
