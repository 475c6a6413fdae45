"""Run a job in a thread of the fake Slack and take its picture: docs/slack-thread.png.

`python .ci/thread_picture.py [OUT.png]`, from the project's folder. Needs Chromium on the PATH.
"""

import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes.slack import FakeSlack, Upload  # noqa: E402
from tests.fakes.slack.page import page  # noqa: E402
from tests.stories.chatting import wait_for_card  # noqa: E402
from tests.stories.serving import Served  # noqa: E402

CACHE = ROOT / ".pytest_cache" / "environments"
WORDS = "who is about to cancel? missing one is worse than calling one too many"


def main() -> None:
    """From the first words to the result, with the plan in between."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "slack-thread.png"
    environments = Path(os.environ.get("MLTRAINER_ENV_CACHE", CACHE))
    with tempfile.TemporaryDirectory() as place, FakeSlack() as slack:
        settings = {"MLTRAINER_APPROVAL": "always"}
        with Served(slack, Path(place), environments, **settings):
            ann = slack.person("ann")
            said = ann.mention("C1", WORDS, files=[customers()])
            ann.click(wait_for_card(ann, said, "waiting for your yes"), "Approve")
            wait_for_card(ann, said, ": done")
            ann.wait_until(lambda: _told(ann.thread(said)), "the result", 30)
            document = Path(place, "thread.html")
            document.write_text(page(slack.workspace, ann.thread(said)), "utf-8")
            camera = [sys.executable, str(ROOT / ".ci" / "screenshots.py")]
            subprocess.run([*camera, str(document), str(out), "--phone"], check=True)


def customers(rows: int = 1500) -> Upload:
    """Made-up customers of a telephone company, some of whom cancelled."""
    drawn = random.Random(11)  # noqa: S311 - rows, not keys
    lines = ["plan,months,calls_to_support,monthly_bill,paid_late,cancelled"]
    for _ in range(rows):
        plan = drawn.choice(["prepaid", "basic", "family", "business"])
        months, calls = drawn.randint(1, 72), min(9, int(drawn.expovariate(0.8)))
        bill, late = round(drawn.gauss(42, 14), 2), drawn.random() < 0.2  # noqa: PLR2004 - a fifth
        away = 0.7 * calls - 0.05 * months + 0.03 * (bill - 42) + late + (plan == "prepaid") - 0.6
        left = "yes" if drawn.random() < 1 / (1 + math.exp(-away)) else "no"
        lines.append(f"{plan},{months},{calls},{bill},{'yes' if late else 'no'},{left}")
    return Upload("customers.csv", "\n".join([*lines, ""]).encode())


def _told(thread: Sequence[object]) -> bool | None:
    return any("ready and proven" in str(one) for one in thread[2:]) or None


if __name__ == "__main__":
    main()
