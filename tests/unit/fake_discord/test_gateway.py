"""The gateway: what a session is told, what a lost connection may have again, what is lost."""

import asyncio

import aiohttp
import discord
import pytest

from tests.fakes.discord import FakeDiscord, NotAnswered, Person, Upload
from tests.unit.fake_discord.refusing import away, room, until
from tests.unit.fake_discord.small_app import LEAST, SmallBot, running

pytestmark = pytest.mark.anyio


def texts(bot: SmallBot) -> list[str]:
    return [one.content for one in bot.told.messages]


async def test_what_was_missed_is_told_on_resume(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        fake.drop_gateway()
        ann.dm("while you were away")
        ann.wait_for("you said while you were away")
        assert fake.lost_events() == []

    await away(story)
    assert (fake.gateway.identified, fake.gateway.resumed) == (1, 1)
    assert texts(bot).count("while you were away") == 1
    assert bot.told.events.count("READY") == 1


async def test_a_session_that_is_forgotten_cannot_be_resumed(
    fake: FakeDiscord, bot: SmallBot
) -> None:
    session, sequence = bot.ws.session_id, bot.ws.sequence
    await away(fake.gateway.sessions.clear)
    async with aiohttp.ClientSession() as web, web.ws_connect(fake.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        asked = {"token": fake.token, "session_id": session, "seq": sequence}
        await socket.send_json({"op": 6, "d": asked})
        answer = await socket.receive_json()
        assert (answer["op"], answer["d"]) == (9, False)
        await socket.send_json({"op": 4, "d": {}})
        await socket.receive()
        assert socket.close_code == 4003


async def test_the_gateway_hangs_up_on_who_breaks_its_rules(fake: FakeDiscord) -> None:
    async def closed(asked: dict[str, object]) -> int | None:
        async with web.ws_connect(fake.gateway_url) as socket:
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"intents": 1, "properties": {}} | asked})
            message = await socket.receive()
            while message.type is aiohttp.WSMsgType.TEXT:
                message = await socket.receive()
            return socket.close_code

    async with aiohttp.ClientSession() as web:
        assert await closed({"token": "of.another.bot"}) == 4004
        assert await closed({"token": fake.token, "intents": 1 << 15}) == 4014
        assert await closed({"token": fake.token, "intents": 1 << 40}) == 4013
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await web.ws_connect(fake.gateway_url + "?compress=zstd-stream")


async def test_the_role_of_the_bot_is_not_the_bot(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    await away(ann.mention_role, "C1", "train")
    await until(lambda: len(bot.told.messages) == 1)
    role = bot.guilds[0].self_role
    assert role is not None
    assert bot.told.messages[0].content == ""
    assert bot.told.messages[0].raw_role_mentions == []
    assert bot.told.messages[0].role_mentions == [role]
    assert fake.messages("C1")[0].by == "ann"


async def test_what_is_said_to_a_stopped_bot_is_lost(fake: FakeDiscord, ann: Person) -> None:
    async with running(fake):
        pass
    said = await away(ann.mention, "C1", "anybody there?")
    fake.wait_for_answers(0.1)
    with pytest.raises(NotAnswered):
        await away(ann.command, "/mltrainer", "help")
    async with running(fake) as bot:
        await away(fake.settle)
        assert texts(bot) == []
    assert [one.name for one in fake.lost_events()] == ["MESSAGE_CREATE", "INTERACTION_CREATE"]
    assert fake.lost_events()[0].data["id"] == said.ts


async def test_a_wrong_token_is_turned_away(fake: FakeDiscord) -> None:
    right, fake.token = fake.token, "of.another.bot"
    with pytest.raises(discord.LoginFailure):
        async with running(fake):
            pass
    fake.token, fake.gateway.token = right, "anew"
    assert right.count(".") == 2


async def test_a_privileged_intent_has_to_be_granted(fake: FakeDiscord) -> None:
    intents = LEAST | discord.Intents(message_content=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(fake, intents):
            pass
    fake.gateway.privileged = discord.Intents(message_content=True).value
    async with running(fake, intents) as bot:
        ann = fake.person("ann")
        await away(ann.say, "C1", "hello all")
        await until(lambda: texts(bot) == ["hello all"])


async def test_only_what_speaks_to_the_bot_can_be_read(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        ann.say("C1", "hello all", [Upload("data.csv", b"a")])
        ann.mention("C1", "hello", files=[Upload("data.csv", b"a")])
        card = ann.wait_for("Shall I?")
        ann.say(card, "thinking aloud")
        ann.reply(card, "yes, please")

    await away(story)
    await until(lambda: len(bot.told.messages) == 4)
    assert texts(bot) == ["", f"<@{fake.world.bot.id}> hello", "", "yes, please"]
    assert [len(one.attachments) for one in bot.told.messages] == [0, 1, 0, 0]


async def test_what_was_not_asked_for_is_not_told(fake: FakeDiscord) -> None:
    async with running(fake, discord.Intents(guilds=True, guild_messages=True)) as bot:
        ann = fake.person("ann")
        await away(ann.dm, "psst")
        await away(ann.mention, "C1", "hello")
        await away(ann.wait_for, "Shall I?")
        assert len(texts(bot)) == 1


async def test_edits_are_told_and_so_are_previews_and_threads(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        said = ann.mention("C1", "see https://example.com")
        ann.wait_for("Shall I?")
        ann.edit(said, "see nothing")
        ann.edit(ann.say("C1", "psst"), "psst!")

    await away(story)
    await until(lambda: len(bot.told.edits) == 4)
    stamps = [one.data["edited_timestamp"] for one in bot.told.edits]
    assert [bool(one) for one in stamps] == [False, False, True, True]
    assert bot.told.edits[2].data["content"] == f"<@{fake.world.bot.id}> see nothing"
    assert bot.told.edits[3].data["content"] == ""


async def test_where_the_bot_is_not_it_hears_and_does_nothing(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    here = room(bot, fake)
    await away(fake.kick)
    await until(lambda: not bot.guilds)
    await away(ann.mention, "C1", "hello")
    with pytest.raises(discord.Forbidden) as raised:
        await here.send("hello")
    assert raised.value.code == 50001
    await away(fake.invite)
    await until(lambda: bot.guilds)
    await away(ann.mention, "C1", "hello again")
    await away(ann.wait_for, "Shall I?")
    assert len(bot.told.messages) == 1


async def test_two_guilds_are_two_places(fake: FakeDiscord, bot: SmallBot) -> None:
    other = await away(fake.add_guild, "other")
    await away(fake.add_channel, "D1", "general", guild=other)
    boss = fake.person("boss", admin=True)
    await away(boss.mention, "C1", "one")
    await away(boss.mention, "D1", "two")
    await until(lambda: len(bot.told.messages) == 2)
    assert [one.guild.id for one in bot.told.messages if one.guild] == [int(fake.guild), int(other)]
    admin = [
        one.author.guild_permissions.administrator
        for one in bot.told.messages
        if isinstance(one.author, discord.Member)
    ]
    assert admin == [True, False]


async def test_a_lost_connection_loses_nothing_in_the_middle_of_talk(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        for number in range(20):
            ann.dm(f"number {number}")
            if number % 7 == 3:
                fake.drop_gateway()
        ann.wait_for("you said number 19")

    await away(story)
    await until(lambda: len(texts(bot)) >= 20)
    await asyncio.sleep(0.1)
    assert sorted(texts(bot)) == sorted(f"number {number}" for number in range(20))
