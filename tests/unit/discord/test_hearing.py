"""What people say on Discord, and what the house understands of it."""

import asyncio

import pytest
from discord import Guild

from pipeline.errors import TryAgain
from pipeline.ports.chat import Card, Click, Command, Mention, Ok, Suggest
from tests.fakes.discord import FakeDiscord, Person, Upload
from tests.unit.discord.desk import Desk, actor, away, make_chat, opened, until

pytestmark = pytest.mark.anyio


async def heard(desk: Desk, count: int = 1) -> Mention:
    said = await desk.hears(count)
    assert isinstance(said, Mention)
    return said


def guild_of(desk: Desk) -> Guild:
    """The first server as the client knows it."""
    client = desk.chat._line._client
    assert client is not None
    guild = client.get_guild(int(desk.discord.guild))
    assert guild is not None
    return guild


async def test_a_mention_is_heard_without_the_mention(desk: Desk, ann: Person) -> None:
    message = await away(ann.mention, "C1", "train a <filter> & more")
    said = await heard(desk)

    assert (said.text, said.addressed, said.edited) == ("train a <filter> & more", True, False)
    assert (said.actor, said.place) == (actor(ann), desk.below(message))
    assert said.key == said.message == message.ts


async def test_other_words_in_a_channel_are_none_of_ours(desk: Desk, ann: Person) -> None:
    await away(ann.say, "C1", "nice weather")
    await away(ann.mention, "C1", "hello")

    assert (await heard(desk)).text == "hello"


async def test_direct_messages_are_always_meant(desk: Desk, ann: Person) -> None:
    await away(ann.dm, "train a filter")
    said = await heard(desk)

    assert said.place.space == f"@{ann.id}"
    assert said.place.thread is None
    assert said.actor.key == f"discord::{ann.id}"


async def test_in_a_thread_the_thread_is_the_place(desk: Desk, ann: Person, ben: Person) -> None:
    place = await desk.thread(ann)
    root = await away(lambda: ann.thread("C1", place.thread or "")[0])
    await away(ben.mention, "C1", "status", thread=root)
    said = await heard(desk)

    assert (said.place, said.actor.id) == (place, ben.id)
    assert said.message != place.thread


async def test_a_reply_to_what_we_said_is_meant(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    await desk.chat.post(place, Card(title="Which column?"), "k1")
    await away(ann.reply, await away(ann.wait_for, "Which column?"), "the first")

    assert (await heard(desk)).text == "the first"


async def test_robots_are_not_heard(desk: Desk, discord: FakeDiscord, ann: Person) -> None:
    robot = discord.person("robot", bot=True)
    await away(robot.mention, "C1", "train")
    await away(ann.mention, "C1", "hello")

    assert (await heard(desk)).text == "hello"
    assert len(desk.heard) == 1


async def test_an_admin_is_one_where_they_speak(discord: FakeDiscord, desk: Desk) -> None:
    boss = discord.person("boss", admin=True)
    await away(boss.mention, "C1", "list")
    assert (await heard(desk)).actor.admin

    await away(boss.dm, "list")
    assert not (await heard(desk, 2)).actor.admin


async def test_an_edit_is_heard_as_one(desk: Desk, ann: Person) -> None:
    message = await away(ann.mention, "C1", "train")
    await heard(desk)
    await away(ann.edit, message, "train with more rows")
    said = await heard(desk, 2)

    assert (said.edited, said.message, said.text) == (True, message.ts, "train with more rows")
    assert said.key.startswith(f"{message.ts}:")


async def test_an_edit_in_direct_messages_is_heard(desk: Desk, ann: Person) -> None:
    message = await away(ann.dm, "train")
    await away(ann.edit, message, "train more")

    assert (await heard(desk, 2)).edited


async def test_files_come_with_the_words(desk: Desk, ann: Person) -> None:
    await away(ann.mention, "C1", "train", files=[Upload("a.csv", b"x,y\n1,2\n")])
    file = (await heard(desk)).attachments[0]

    assert (file.name, file.size) == ("a.csv", 8)
    assert len(file.id.split("/")) == 3
    assert file.url.startswith("http")


async def test_people_are_called_by_their_names(desk: Desk, ann: Person, ben: Person) -> None:
    await away(ann.mention, "C1", f"train for <@{ben.id}> see <https://a.example/x> \u202eabc")

    assert (await heard(desk)).text == "train for @ben see https://a.example/x abc"


async def test_what_was_said_in_a_drop_is_heard_once(desk: Desk, ann: Person) -> None:
    await away(ann.mention, "C1", "before")
    await heard(desk)
    await away(desk.discord.drop_gateway)
    await away(ann.mention, "C1", "in between")
    await heard(desk, 2)
    await until(lambda: desk.chat.connected)
    await away(ann.mention, "C1", "after")
    await heard(desk, 3)

    assert [one.text for one in desk.heard if isinstance(one, Mention)] == [
        "before",
        "in between",
        "after",
    ]
    assert desk.discord.gateway.resumed == 1


async def test_a_session_that_is_over_begins_anew(desk: Desk, ann: Person) -> None:
    await away(desk.discord.drop_gateway, resumable=False)
    await until(lambda: desk.discord.gateway.identified == 2 and desk.chat.connected)
    await away(ann.mention, "C1", "after")

    assert (await heard(desk)).text == "after"


async def test_a_message_that_was_not_taken_is_tried_again(desk: Desk, ann: Person) -> None:
    desk.replies = [TryAgain("The database is away.", "Again."), RuntimeError("x"), Ok()]
    await away(ann.mention, "C1", "train")
    await heard(desk, 3)

    assert {one.key for one in desk.heard} == {desk.heard[0].key}


async def test_in_the_end_its_person_is_asked_to_say_it_again(desk: Desk, ann: Person) -> None:
    desk.replies = [TryAgain("The database is away.", "Again.") for _ in range(3)]
    message = await away(ann.mention, "C1", "train")
    await away(ann.wait_for, "say it again", thread=message)

    assert [one.channel for one in ann.pings()] == ["C1"]


async def test_while_it_ends_people_are_asked_to_wait(desk: Desk, ann: Person) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await go_on.wait()

    desk.before = slow
    await away(ann.mention, "C1", "first")
    await begun.wait()
    stopping = asyncio.create_task(desk.chat.stop())
    await asyncio.sleep(0)
    await away(ann.mention, "C1", "second")
    await away(ann.wait_for, "say that again in a minute")
    go_on.set()
    await stopping

    assert [one.text for one in desk.heard if isinstance(one, Mention)] == ["first"]


async def test_a_command_is_heard_with_its_job(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    root = await away(lambda: ann.thread("C1", place.thread or "")[0])
    await away(ann.command, "/mltrainer", "resume j-abcd1234")
    await away(ann.command, "/mltrainer", "status", root)
    first, second = desk.heard

    assert isinstance(first, Command)
    assert (first.name, first.arguments, first.place) == ("resume", "j-abcd1234", desk.place())
    assert isinstance(second, Command)
    assert (second.name, second.arguments, second.place) == ("status", "", place)


async def test_a_command_in_direct_messages_is_of_that_person(desk: Desk, ann: Person) -> None:
    await away(ann.command, "/mltrainer", "list", "DM")
    said = desk.heard[0]

    assert said.place.space == f"@{ann.id}"
    assert said.actor.admin is False


async def test_what_is_typed_is_told_while_it_is_typed(desk: Desk, ann: Person) -> None:
    await away(ann.suggestions, "/mltrainer status", typed="j-a")
    said = desk.heard[0]

    assert isinstance(said, Suggest)
    assert (said.command, said.typed, said.place) == ("status", "j-a", desk.place())


async def test_a_thread_that_the_client_does_not_know_is_looked_up(
    discord: FakeDiscord, ann: Person
) -> None:
    async with opened(discord) as first:
        place = await first.thread(ann)
    root = await away(lambda: ann.thread("C1", place.thread or "")[0])
    await away(discord.archive, root)
    chat = make_chat(discord)
    desk = Desk(chat, discord)
    await chat.start(desk.decide)
    await away(ann.mention, "C1", "status", thread=root)

    assert (await heard(desk)).place == place
    await chat.stop()
    await chat.close()


async def test_two_servers_are_two_spaces(discord: FakeDiscord, desk: Desk, ann: Person) -> None:
    other = discord.add_guild("elsewhere")
    discord.add_channel("C9", "there", guild=other)
    await away(ann.mention, "C9", "train")
    said = await heard(desk)

    assert (said.place.space, said.actor.key) == (other, f"discord::{ann.id}")


async def test_nothing_that_was_said_is_lost(desk: Desk, ann: Person) -> None:
    for number in range(5):
        await away(ann.mention, "C1", f"train {number}")
    await heard(desk, 5)

    assert desk.discord.lost_events() == []
    assert not any(isinstance(one, Click) for one in desk.heard)


async def test_who_names_our_role_is_told_to_name_us(desk: Desk, ann: Person) -> None:
    role = guild_of(desk).self_role
    assert role is not None
    message = await away(ann.say, "C1", f"<@&{role.id}> train a filter")
    answer = await away(ann.wait_for, "not the role", thread=message)
    await away(ann.mention, "C1", f"<@&{role.id}> hello")

    assert (await heard(desk)).text == "hello"
    assert len(desk.heard) == 1
    assert answer.thread == ""


async def test_a_thread_that_nobody_told_of_is_looked_up_twice_if_need_be(
    desk: Desk, ann: Person
) -> None:
    place = await desk.thread(ann)
    root = await away(lambda: ann.thread("C1", place.thread or "")[0])
    await until(lambda: guild_of(desk).threads)
    guild_of(desk)._threads.clear()
    desk.discord.fail("GET /channels/…", 503)
    for count in (1, 2):
        await away(ann.mention, "C1", "status", thread=root)
        assert (await heard(desk, count)).place == place

    assert len(desk.discord.calls_of("GET /channels/…")) == 2
