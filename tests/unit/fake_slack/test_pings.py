"""Whom a message notifies, and how it reads."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.unit.fake_slack.refusing import actions, button, section
from tests.unit.fake_slack.small_app import Body

pytestmark = pytest.mark.anyio


def plain(text: str) -> Body:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def rich(*pieces: Body) -> Body:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": pieces}]}


@pytest.mark.parametrize(
    ("text", "blocks", "messages"),
    [
        ("<@UANN> ready", None, 1),
        ("<!channel> ready", None, 1),
        ("<!here|here>", None, 1),
        ("<!subteam^S1>", None, 1),
        ("@channel @everyone @ann", None, 0),
        ("&lt;!channel&gt; &lt;@UANN&gt;", None, 0),
        ("<@UBOB>", None, 0),
        ("x", [section("<@UANN>")], 1),
        ("x", [plain("<@UANN> <!channel>")], 0),
        ("x", [{"type": "markdown", "text": "<!everyone>"}], 1),
        ("<@UANN>", [section("x")], 0),
        ("x", [rich({"type": "user", "user_id": "UANN"})], 1),
        ("x", [rich({"type": "broadcast", "range": "here"})], 1),
        ("x", [rich({"type": "text", "text": "<@UANN> <!channel>"})], 0),
    ],
)
async def test_only_markup_notifies(
    slack: FakeSlack, client: AsyncWebClient, text: str, blocks: list[Body] | None, messages: int
) -> None:
    ann = slack.person("ann")
    await client.chat_postMessage(channel="C1", text=text, blocks=blocks)
    assert len(ann.pings()) == messages


async def test_a_fallback_text_may_notify_and_counts_at_worst(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    await client.chat_postMessage(channel="C1", text="<!channel>", blocks=[section("x")])
    assert len(ann.pings(at_worst=True)) == 1


async def test_plain_words_notify_only_when_the_app_asks_for_names(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    await client.chat_postMessage(channel="C1", text="@channel", link_names=True)
    assert len(ann.pings()) == 1


async def test_an_edit_notifies_nobody(slack: FakeSlack, client: AsyncWebClient) -> None:
    ann = slack.person("ann")
    posted = await client.chat_postMessage(channel="C1", text="x")
    await client.chat_update(channel="C1", ts=posted["ts"], text="<@UANN>")
    assert ann.pings() == []


async def test_a_card_reads_as_a_person_sees_it(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.person("ann")
    image: Body = {
        "type": "image",
        "image_url": "https://example.com/p.png",
        "alt_text": "loss 0.3",
    }
    blocks: list[Body] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Job j-1"}},
        section("for <@UANN>: a &lt;b&gt;, <https://example.com|the model>"),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "Rows"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "just now"}]},
        image,
        rich({"type": "text", "text": "by "}, {"type": "user", "user_id": "UANN"}),
        actions(button("Approve", "a"), button("Cancel", "b")),
    ]
    await client.chat_postMessage(channel="C1", text="fallback", blocks=blocks)
    card = slack.messages("C1")[0]
    expected = "Job j-1|for @ann: a <b>, the model|Rows|just now|[image: loss 0.3]|by @ann"
    assert card.text.replace("\n", "|") == expected + "|[Approve]|[Cancel]"
    assert card.buttons == ("Approve", "Cancel")
