"""Run a job in a thread of a fake platform and take its picture: docs/PLATFORM-thread.png.

`python .ci/thread_picture.py slack|discord [OUT.png]`, from the project's folder. Needs Chromium on
the PATH.
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

from tests.fakes import discord, slack  # noqa: E402
from tests.fakes.discord.page import page as discord_page  # noqa: E402
from tests.fakes.people import Upload  # noqa: E402
from tests.fakes.slack.page import page as slack_page  # noqa: E402
from tests.stories.chatting import wait_for_card  # noqa: E402
from tests.stories.serving import Served  # noqa: E402
from tests.stories.somebody import Anyone, Shown  # noqa: E402

CACHE = ROOT / ".pytest_cache" / "environments"
USUAL_HOME = "~/.mltrainer"
WORDS = "who is about to cancel? missing one is worse than calling one too many"
FAKES = {"slack": slack.FakeSlack, "discord": discord.FakeDiscord}


def main() -> None:
    """From the first words to the result, with the plan in between."""
    platform = sys.argv[1]
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / f"{platform}-thread.png"  # noqa: PLR2004 - the second argument
    environments = Path(os.environ.get("MLTRAINER_ENV_CACHE", CACHE))
    with tempfile.TemporaryDirectory() as place, FAKES[platform]() as town:
        settings = {"MLTRAINER_APPROVAL": "always"}
        with Served(town, Path(place), environments, **settings):
            ann: Anyone = town.person("ann")
            said = ann.mention("C1", WORDS, files=[customers()])
            ann.click(wait_for_card(ann, said, "waiting for your yes"), "Approve")
            wait_for_card(ann, said, ": done")
            ann.wait_until(lambda: _told(ann.thread(said)), "the result", 30)
            shown = _page(town, ann, said).replace(str(Path(place, "home")), USUAL_HOME)
            document = Path(place, "thread.html")
            document.write_text(shown, "utf-8")
            camera = [sys.executable, str(ROOT / ".ci" / "screenshots.py")]
            subprocess.run([*camera, str(document), str(out), "--phone"], check=True)


def _page(town: slack.FakeSlack | discord.FakeDiscord, ann: Anyone, said: Shown) -> str:
    """The thread as its person sees it."""
    messages: list[Shown] = [*ann.thread(said)]
    if isinstance(town, slack.FakeSlack):
        return slack_page(town.workspace, messages)
    thread = town.world.thread_of(said.ts)
    title = thread.name if thread else ""
    return discord_page(town.world, [one.ts for one in messages], title, viewer=ann.id)


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
