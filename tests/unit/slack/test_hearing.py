"""What people do in Slack, and what the house hears of it; over HTTP and over a socket."""

import pytest

from pipeline.jobs import Actor
from pipeline.ports.chat import Click, Command, Mention, Submit
from tests.fakes.slack import FakeSlack, Person, Upload
from tests.unit.slack.desk import Desk, away

pytestmark = pytest.mark.anyio


async def test_a_mention_begins_a_thread(desk: Desk, ann: Person) -> None:
    message = await away(ann.mention, "C1", "train a <b>spam</b> filter & more")

    said = await desk.hears()

    assert isinstance(said, Mention)
    assert said.text == "train a <b>spam</b> filter & more"
    assert said.place.channel == "C1"
    assert said.place.thread == message.ts
    assert said.actor == Actor(platform="slack", space="T1", id="UANN", name="ann")
    assert said.addressed


async def test_a_file_on_a_mention_is_an_attachment(desk: Desk, ann: Person) -> None:
    await away(ann.mention, "C1", "use this", files=[Upload("data.csv", b"a,b\n1,2\n")])

    said = await desk.hears()

    assert isinstance(said, Mention)
    assert [(one.name, one.size) for one in said.attachments] == [("data.csv", 8)]
