"""A fake Slack that obeys the real one's rules, and people who use it.

    with FakeSlack() as slack:
        ann = slack.person("ann")
        ann.mention("C1", "train a classifier", files=[Upload("data.csv", content)])
        card = ann.wait_for("Approve")
        ann.click(card, "Approve")

It runs in a thread of its own; in an async test call a person's methods by `asyncio.to_thread`.
"""

from tests.fakes.people import NotAnswered, NotThere, Upload
from tests.fakes.slack.fake import FakeSlack
from tests.fakes.slack.person import Person
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.workspace import BOT_USER, LEAST_SCOPES, THREAD_REPLIES
from tests.fakes.watching import Seen, SeenView

__all__ = [
    "BOT_USER",
    "LEAST_SCOPES",
    "THREAD_REPLIES",
    "FakeSlack",
    "NotAnswered",
    "NotThere",
    "Person",
    "Rates",
    "Seen",
    "SeenView",
    "Upload",
]
