"""The fake's messages, asked for by the real client."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import BOT_USER, LEAST_SCOPES, THREAD_REPLIES, FakeSlack, Rates
from tests.unit.fake_slack.refusing import actions, button, refused, section

pytestmark = pytest.mark.anyio

Block = dict[str, object]


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": list(parts)}


async def test_a_posted_message_stands_in_its_thread(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    root = ann.mention("C1", "hello")
    posted = await client.chat_postMessage(channel="C1", thread_ts=root.ts, text="Welcome")
    assert [one.text for one in ann.thread(root)] == ["@mltrainer hello", "Welcome"]
    assert posted["ts"] == ann.thread(root)[-1].ts


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3001),
        section(""),
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        actions(button("x" * 76, "a")),
        actions(button("x", "a", value="x" * 2001)),
        actions(button("x", "x" * 256)),
        actions(button("x", "a", style="default")),
        actions(button("x", "a"), button("y", "a")),
        actions(*(button("x", f"a{n}") for n in range(26))),
        actions(),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
        {"type": "image", "image_url": "https://example.com/plot.png"},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]},
        {**section("x"), "block_id": "x" * 256},
        {"type": "never_heard_of"},
        rich({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}),
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}),
        rich({"type": "section"}),
    ],
)
async def test_blocks_beyond_a_limit_are_refused(client: AsyncWebClient, block: Block) -> None:
    with refused("invalid_blocks"):
        await client.chat_postMessage(channel="C1", text="x", blocks=[block])


async def test_the_largest_message_is_taken(client: AsyncWebClient) -> None:
    buttons = actions(*(button("x" * 75, f"a{n}", value="v" * 2000) for n in range(25)))
    blocks = [buttons, *(section("x" * 3000) for _ in range(49))]
    await client.chat_postMessage(channel="C1", text="x" * 40_000, blocks=blocks)
    with refused("invalid_blocks"):
        await client.chat_postMessage(channel="C1", text="x", blocks=[*blocks, section("x")])
    with refused("msg_too_long"):
        await client.chat_postMessage(channel="C1", text="x" * 40_001)


async def test_a_message_needs_words_and_a_place(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.add_channel("C9", "elsewhere", bot=False)
    with refused("no_text"):
        await client.api_call("chat.postMessage", json={"channel": "C1", "text": ""})
    with refused("channel_not_found"):
        await client.chat_postMessage(channel="C404", text="x")
    with refused("not_in_channel"):
        await client.chat_postMessage(channel="C9", text="x")
    with refused("thread_not_found"):
        await client.chat_postMessage(channel="C1", thread_ts="1.1", text="x")
    slack.archive("C1")
    with refused("is_archived"):
        await client.chat_postMessage(channel="C1", text="x")


async def test_posts_to_one_channel_come_a_second_apart_after_a_burst(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    for _ in range(slack.rates.burst):
        await client.chat_postMessage(channel="C1", text="x")
    with refused("ratelimited") as raised:
        await client.chat_postMessage(channel="C1", text="x")
    assert raised.value.response.status_code == 429
    assert int(raised.value.response.headers["Retry-After"]) >= 1
    await client.chat_postMessage(channel="C2", text="another channel")
    slack.pass_time(slack.rates.burst)
    await client.chat_postMessage(channel="C1", text="x")


async def test_fifty_edits_a_minute_are_taken(slack: FakeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C1", text="0")
    for number in range(50):
        await client.chat_update(channel="C1", ts=posted["ts"], text=str(number))
    with refused("ratelimited"):
        await client.chat_update(channel="C1", ts=posted["ts"], text="50")
    assert slack.messages("C1")[0].text == "49"


async def test_only_its_own_standing_messages_may_the_bot_change(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    hers = slack.person("ann").mention("C1", "my words")
    mine = await client.chat_postMessage(channel="C1", text="x")
    with refused("cant_update_message"):
        await client.chat_update(channel="C1", ts=hers.ts, text="x")
    with refused("cant_delete_message"):
        await client.chat_delete(channel="C1", ts=hers.ts)
    with refused("msg_too_long"):
        await client.chat_update(channel="C1", ts=mine["ts"], text="x" * 4001)
    await client.chat_delete(channel="C1", ts=mine["ts"])
    with refused("message_not_found"):
        await client.chat_update(channel="C1", ts=mine["ts"], text="x")


async def test_sending_twice_makes_two_messages(slack: FakeSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"key": "one"}}
    for _ in range(2):
        await client.chat_postMessage(channel="C1", text="x", metadata=metadata)
    assert len(slack.messages("C1")) == 2


async def test_a_whisper_is_for_one_and_cannot_be_fetched_or_changed(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann, bob = slack.person("ann"), slack.person("bob")
    root = ann.mention("C1", "hello")
    await client.chat_postMessage(channel="C1", thread_ts=root.ts, text="Hello")
    sent = await client.chat_postEphemeral(
        channel="C1", user=ann.id, thread_ts=root.ts, text="psst"
    )
    assert [(one.text, one.thread) for one in ann.whispers()] == [("psst", root.ts)]
    assert bob.whispers() == []
    assert "psst" not in [one.text for one in ann.thread(root)]
    with refused("message_not_found"):
        await client.chat_update(channel="C1", ts=sent["message_ts"], text="x")


async def test_a_whisper_in_a_thread_that_never_began_is_not_shown(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    root = ann.mention("C1", "hello")
    await client.chat_postEphemeral(channel="C1", user=ann.id, thread_ts=root.ts, text="psst")
    assert ann.whispers() == []


async def test_a_thread_is_read_only_with_the_scope_for_its_channel(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    root, direct = ann.mention("C1", "hello"), ann.dm("hello")
    with refused("missing_scope") as raised:
        await client.conversations_replies(channel="C1", ts=root.ts)
    assert raised.value.response["needed"] == "channels:history"
    found = await client.conversations_replies(channel=direct.channel, ts=direct.ts)
    assert [one["text"] for one in found["messages"]] == ["hello"]


async def test_a_read_thread_shows_metadata_when_asked() -> None:
    metadata = {"event_type": "card", "event_payload": {"key": "one"}}
    with FakeSlack(LEAST_SCOPES | THREAD_REPLIES) as slack:
        root = slack.person("ann").mention("C1", "hello")
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
            await client.chat_postMessage(
                channel="C1", thread_ts=root.ts, text="x", metadata=metadata
            )
            plain = await client.conversations_replies(channel="C1", ts=root.ts)
            full = await client.conversations_replies(
                channel="C1", ts=root.ts, include_all_metadata=True
            )
    assert "metadata" not in plain["messages"][1]
    assert full["messages"][1]["metadata"] == metadata
    assert full["messages"][1]["user"] == BOT_USER


async def test_a_permalink_leads_into_the_thread(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = slack.person("ann").mention("C1", "hello")
    posted = await client.chat_postMessage(channel="C1", thread_ts=root.ts, text="x")
    link = await client.chat_getPermalink(channel="C1", message_ts=posted["ts"])
    assert f"thread_ts={root.ts}" in link["permalink"]


async def test_rates_are_a_choice() -> None:
    with FakeSlack(rates=Rates(burst=1)) as slack:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
            await client.chat_postMessage(channel="C1", text="x")
            with refused("ratelimited"):
                await client.chat_postMessage(channel="C1", text="x")
