"""Run a job in a thread of the fake Slack and take its picture: docs/slack-thread.png.

`python .ci/thread_picture.py [OUT.png]`, from the project's folder. Needs Chromium on the PATH.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes.slack import FakeSlack  # noqa: E402
from tests.fakes.slack.page import page  # noqa: E402
from tests.stories.chatting import WORDS, messages, wait_for_card  # noqa: E402
from tests.stories.serving import Served  # noqa: E402

CACHE = ROOT / ".pytest_cache" / "environments"


def main() -> None:
    """From the first words to the result, with the plan in between."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "slack-thread.png"
    environments = Path(os.environ.get("MLTRAINER_ENV_CACHE", CACHE))
    with tempfile.TemporaryDirectory() as place, FakeSlack() as slack:
        settings = {"MLTRAINER_APPROVAL": "always"}
        with Served(slack, Path(place), environments, **settings):
            ann = slack.person("ann")
            said = ann.mention("C1", WORDS, files=[messages()])
            ann.click(wait_for_card(ann, said, "waiting for your yes"), "Approve")
            wait_for_card(ann, said, ": done")
            ann.wait_until(lambda: _told(ann.thread(said)), "the result", 30)
            document = Path(place, "thread.html")
            document.write_text(page(slack.workspace, ann.thread(said)), "utf-8")
            camera = [sys.executable, str(ROOT / ".ci" / "screenshots.py")]
            subprocess.run([*camera, str(document), str(out), "--phone"], check=True)


def _told(thread: Sequence[object]) -> bool | None:
    return any("ready and proven" in str(one) for one in thread[2:]) or None


if __name__ == "__main__":
    main()
