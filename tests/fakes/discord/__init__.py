"""A fake Discord that obeys the real one's rules, and people who use it.

    with FakeDiscord() as discord:
        ann = discord.person("ann")
        ann.mention("C1", "train a classifier", files=[Upload("data.csv", content)])
        card = ann.wait_for("Approve")
        ann.click(card, "Approve")

It runs in a thread of its own; in an async test call a person's methods by `asyncio.to_thread`.
"""

from tests.fakes.discord.fake import FakeDiscord
from tests.fakes.discord.permissions import INVITED
from tests.fakes.discord.person import Person
from tests.fakes.discord.rates import Rates
from tests.fakes.discord.seeing import Seen
from tests.fakes.people import NotAnswered, NotThere, Upload
from tests.fakes.watching import SeenView

__all__ = [
    "INVITED",
    "FakeDiscord",
    "NotAnswered",
    "NotThere",
    "Person",
    "Rates",
    "Seen",
    "SeenView",
    "Upload",
]
