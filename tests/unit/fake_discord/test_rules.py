"""What Discord refuses: too fast, too old, not allowed, not there."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import discord
import pytest

from adapters.platforms.discord import invite
from tests.fakes.discord import INVITED, FakeDiscord, Person, Rates, Upload
from tests.fakes.discord.permissions import bits
from tests.fakes.discord.refusals import TooFast
from tests.unit.fake_discord.refusing import away, refused, room, said
from tests.unit.fake_discord.small_app import SmallBot, card

pytestmark = pytest.mark.anyio
SEND, EDIT = "POST /channels/…/messages", "PATCH /channels/…/messages/…"
HOUR = timedelta(hours=1).total_seconds()


async def test_a_nonce_is_one_message_for_three_minutes(fake: FakeDiscord, bot: SmallBot) -> None:
    here = room(bot, fake)
    first = await here.send("one", nonce="job-1")
    again = await here.send("one", nonce="job-1")
    assert again.id == first.id
    await away(fake.pass_time, 200)
    assert (await here.send("one", nonce="job-1")).id != first.id
    with refused(50035):
        await here.send("one", nonce="x" * 26)


async def test_an_answer_that_breaks_after_the_deed_makes_no_second_message(
    fake: FakeDiscord, bot: SmallBot
) -> None:
    fake.fail(SEND, 502, "bad gateway", after=True)
    await room(bot, fake).send("once")
    assert [one.text for one in fake.messages("C1")] == ["once"]
    assert [one.status for one in fake.calls_of(SEND)] == [502, 200]


async def test_a_lost_answer_makes_no_second_message(fake: FakeDiscord, bot: SmallBot) -> None:
    fake.lose_answer(SEND)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the client makes of it
        await room(bot, fake).send("once", nonce="n")
    await room(bot, fake).send("once", nonce="n")
    assert len(fake.messages("C1")) == 1


async def test_old_messages_can_be_edited_a_few_times(fake: FakeDiscord, bot: SmallBot) -> None:
    message = await room(bot, fake).send("zero")
    await away(fake.pass_time, HOUR + 60)
    bot.http.max_ratelimit_timeout = 5
    for number in range(3):
        message = await message.edit(content=str(number))
    with pytest.raises(discord.RateLimited):
        await message.edit(content="four")
    assert fake.calls_of(EDIT)[-1].answer["code"] == 30046
    await away(fake.pass_time, 21)
    await message.edit(content="five")


async def test_too_many_messages_are_held_up() -> None:
    with FakeDiscord() as fake:
        address = f"{fake.api_url}/channels/{{}}/messages"
        places = [fake.world.channel(one).id for one in ["C1"] * 6 + ["C2"]]
        headers = {"Authorization": f"Bot {fake.token}"}
        async with aiohttp.ClientSession(headers=headers) as web:
            answers = [await web.post(address.format(one), json={"content": "x"}) for one in places]
    assert [one.status for one in answers] == [200] * 5 + [429, 200]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers] == [*"4321004"]
    late = answers[5]
    assert late.headers["Via"]
    assert int(late.headers["Retry-After"]) >= 1
    assert late.headers["X-RateLimit-Scope"] == "user"


def test_fifty_calls_a_second_are_the_limit_of_everything_but_interactions() -> None:
    rates = Rates()
    for number in range(50):
        rates.count("GET /channels/…", str(number), 1.0)
        rates.count("POST /interactions/…/…/callback", str(number), 1.0)
    with pytest.raises(TooFast) as raised:
        rates.count("GET /channels/…", "another", 1.5)
    assert raised.value.document["global"] is True
    assert raised.value.document["retry_after"] == 0.5
    rates.count("POST /interactions/…/…/callback", "another", 1.5)
    rates.count("GET /channels/…", "another", 2.1)


async def test_every_permission_counts(fake: FakeDiscord, bot: SmallBot, ann: Person) -> None:
    root = await away(ann.say, "C1", "hello")
    here, picture = room(bot, fake), discord.File(io.BytesIO(b"p"), "p.png")
    theirs = here.get_partial_message(int(root.ts))
    fake.revoke("ATTACH_FILES", "C1")
    with refused(50013):
        await here.send(file=picture)
    fake.revoke("MANAGE_MESSAGES", "C1")
    with refused(50013):
        await theirs.delete()
    fake.revoke("CREATE_PUBLIC_THREADS", "C1")
    with refused(50013):
        await theirs.create_thread(name="job")
    fake.revoke("SEND_MESSAGES", "C1")
    with refused(50013):
        await here.send("hello")
    fake.revoke("VIEW_CHANNEL", "C1")
    with refused(50001):
        await here.send("hello")
    with pytest.raises(LookupError, match="MANAGE_MESSAGES"):
        fake.revoke("RULE_THE_WORLD", "C1")


async def test_messages_in_threads_need_their_own_permission(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    root = await away(ann.say, "C1", "hello")
    thread = await room(bot, fake).get_partial_message(int(root.ts)).create_thread(name="job")
    fake.revoke("SEND_MESSAGES", "C1")
    await thread.send("still here")
    fake.revoke("SEND_MESSAGES_IN_THREADS", "C1")
    with refused(50013):
        await thread.send("no more")


async def test_what_others_wrote_can_be_deleted_in_a_guild_alone(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    secret, private = await away(ann.say, "C1", "psst"), await away(ann.dm, "psst")
    await room(bot, fake).get_partial_message(int(secret.ts)).delete()
    assert fake.messages("C1") == []
    direct = bot.get_partial_messageable(int(private.channel))
    with refused(50003):
        await direct.get_partial_message(int(private.ts)).delete()
    with refused(50005):
        await direct.get_partial_message(int(private.ts)).edit(content="never mind")
    with refused(10008):
        await room(bot, fake).get_partial_message(int(secret.ts)).edit(content="gone")


async def test_closed_direct_messages_refuse(fake: FakeDiscord, bot: SmallBot) -> None:
    shy = fake.person("shy", dms_open=False)
    user = await bot.fetch_user(int(shy.id))
    with refused(50007):
        await user.send("hello")
    await (await bot.fetch_user(int(fake.person("ann").id))).send("hello")


async def test_a_message_has_one_thread(fake: FakeDiscord, bot: SmallBot, ann: Person) -> None:
    root = await away(ann.say, "C1", "hello")
    partial = room(bot, fake).get_partial_message(int(root.ts))
    thread = await partial.create_thread(name="job")
    assert thread.id == partial.id
    with refused(160004):
        await partial.create_thread(name="job")
    with refused(50035):
        await partial.create_thread(name="x" * 101)


async def test_threads_rest_wake_and_are_locked(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    root = await away(ann.say, "C1", "hello")
    thread = await room(bot, fake).get_partial_message(int(root.ts)).create_thread(name="job")
    message = await thread.send("one")
    await away(fake.pass_time, 3 * 24 * HOUR)
    assert fake.world.channel(root.ts).archived
    with refused(50083):
        await message.edit(content="two")
    await thread.send("awake")
    assert not fake.world.channel(root.ts).archived
    await away(fake.archive, root, locked=True)
    with refused(50083):
        await thread.send("locked")
    await away(fake.delete_thread, root)
    with refused(10003):
        await thread.send("gone")
    with refused(10003):
        await bot.fetch_channel(thread.id)


async def test_the_cdn_needs_no_token_and_forgets_after_a_day(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    await away(ann.mention, "C1", "hello", None, [Upload("data.csv", b"a,b\n")])
    await away(ann.wait_for, "Shall I?")
    attachment = bot.told.messages[0].attachments[0]
    assert (attachment.filename, attachment.size) == ("data.csv", 4)
    assert await attachment.read() == b"a,b\n"
    assert fake.cdn_tokens == []
    fake.fail("download", 503)
    with pytest.raises(discord.HTTPException):
        await attachment.read()
    await away(fake.pass_time, 25 * HOUR)
    with pytest.raises(discord.NotFound):
        await attachment.read()


async def test_all_that_was_sent_is_remembered(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    picture = discord.File(io.BytesIO(b"pixels"), "p.png", description="accuracy 0.9")
    message = await room(bot, fake).send("look", file=picture)
    assert "pixels" in fake.everything_sent()
    assert said(ann, message).text == "look\n[file p.png: accuracy 0.9]"
    with refused(40005):
        large = discord.File(io.BytesIO(b"x" * (10 * 2**20 + 1)), "large.bin")
        await room(bot, fake).send(file=large)


async def test_who_is_notified(fake: FakeDiscord, bot: SmallBot, ann: Person) -> None:
    here, ben = room(bot, fake), fake.person("ben")
    both = f"<@{ann.id}> and <@{ben.id}> @everyone"
    only = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(int(ann.id))])
    first = await here.send(both, allowed_mentions=only)
    await here.send(f"`<@{ann.id}>`")
    await here.send(both, allowed_mentions=discord.AllowedMentions.none())
    quiet = await here.send("quiet")
    await quiet.edit(content=both)
    await here.send(view=card(f"in a card <@{ben.id}>"))
    assert [one.ts for one in ann.pings()] == [str(first.id)]
    assert ["in a card @ben" in one for one in ben.pings()] == [True]


def test_the_bot_may_what_the_invite_asks_for() -> None:
    query = parse_qs(urlsplit(invite.link("1")).query)
    assert query["permissions"] == [bits(INVITED)]


async def test_commands_are_kept_as_they_were_registered(fake: FakeDiscord, bot: SmallBot) -> None:
    kept: Any = await bot.http.get_global_commands(int(fake.world.bot.id))
    assert [one["name"] for one in kept] == ["mltrainer"]
    assert [one["name"] for one in kept[0]["options"]] == ["status", "help"]
    bad = {"name": "Bad name", "description": "x" * 101}
    with refused(50035):
        await bot.http.bulk_upsert_global_commands(int(fake.world.bot.id), [bad])
