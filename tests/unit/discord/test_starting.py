"""What Discord's adapter needs to start, what it tells Discord, and when it is connected."""

import logging

import pytest
from pydantic import SecretStr

from adapters.platforms.discord import adapter, line
from adapters.platforms.discord.commands import ABOUT, definitions, same
from bot.commands import IN_CHAT
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.discord import FakeDiscord, Person
from tests.unit.discord.desk import Desk, away, make_chat, opened, until

REGISTER = "PUT /applications/…/commands"
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)


def test_without_a_token_there_is_no_discord() -> None:
    assert adapter() is None
    assert adapter(discord_bot_token=SecretStr(" ")) is None


def test_making_it_opens_nothing_and_shows_no_token() -> None:
    token = "a" * 24 + ".b." + "c" * 20
    chat = adapter(discord_bot_token=SecretStr(token), discord_api_url="http://127.0.0.1:9/v10")

    assert chat is not None
    assert not chat.connected
    assert not chat.finds
    assert chat.repeats
    assert token not in repr(chat)
    assert token not in repr(chat._line)


def test_every_command_of_the_chat_is_a_subcommand() -> None:
    assert tuple(ABOUT) == IN_CHAT


def test_the_order_in_which_discord_tells_it_means_nothing() -> None:
    def turned(told: object) -> object:
        if isinstance(told, dict):
            return {name: turned(told[name]) for name in sorted(told)} | {"id": "1", "nsfw": False}
        return [turned(one) for one in reversed(told)] if isinstance(told, list) else told

    other = definitions()
    other[0]["options"][0]["name"] = "helpme"

    assert same(definitions(), turned(definitions()))
    assert not same(definitions(), other)
    assert not same(definitions(), [])


@pytest.mark.anyio
async def test_the_command_is_registered_once(discord: FakeDiscord) -> None:
    for _ in range(2):
        async with opened(discord) as desk:
            assert desk.chat.connected
        assert not desk.chat.connected

    assert len(discord.calls_of(REGISTER)) == 1
    (command,) = discord.world.commands
    assert [one["name"] for one in command["options"]] == list(IN_CHAT)


@pytest.mark.anyio
async def test_a_command_that_differs_is_registered_anew(discord: FakeDiscord) -> None:
    async with opened(discord):
        discord.world.commands[0]["options"][2]["description"] = "older words"
    async with opened(discord):
        pass

    assert len(discord.calls_of(REGISTER)) == 2
    assert same(definitions(), discord.world.commands)


@pytest.mark.anyio
async def test_a_command_that_cannot_be_registered_stops_nothing(
    discord: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    discord.fail(REGISTER, 403, {"code": 20012, "message": "no"})
    async with opened(discord) as desk:
        assert desk.chat.connected

    assert "/mltrainer could not be told to Discord" in caplog.text


@pytest.mark.anyio
async def test_without_a_gateway_of_ones_own_discord_names_it(discord: FakeDiscord) -> None:
    chat = adapter(
        discord_bot_token=SecretStr(discord.token), discord_api_url=f"{discord.api_url}/"
    )
    assert chat is not None
    await chat.start(Desk(chat, discord).decide)

    assert chat.connected
    await chat.stop()
    await chat.close()


@pytest.mark.anyio
async def test_no_privileged_intent_is_asked_for(desk: Desk) -> None:
    assert desk.discord.gateway.last_intents & PRIVILEGED == 0


@pytest.mark.anyio
async def test_a_wrong_token_is_named_with_its_cure(discord: FakeDiscord) -> None:
    chat = make_chat(discord, "b" * 24 + ".c." + "d" * 20)
    with pytest.raises(PersonCanFix, match="DISCORD_BOT_TOKEN") as refused:
        await chat.start(Desk(chat, discord).decide)
    await chat.close()

    assert "Reset Token" in refused.value.hint
    assert not chat.connected


@pytest.mark.anyio
async def test_a_gateway_that_does_not_take_the_token_says_so(
    discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = make_chat(discord)
    monkeypatch.setattr(discord.gateway, "token", "another")
    with pytest.raises(PersonCanFix, match="DISCORD_BOT_TOKEN"):
        await chat.start(Desk(chat, discord).decide)
    await chat.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "kind"), [(429, TryAgain), (503, TryAgain), (401, PersonCanFix)]
)
async def test_a_login_that_fails_stops_the_start_and_can_be_tried_again(
    discord: FakeDiscord, status: int, kind: type[MLTrainerError]
) -> None:
    chat = make_chat(discord)
    body = {"message": "no", "code": 0, "retry_after": 60.0}
    discord.fail("GET /users/@me", status, body)
    with pytest.raises(kind):
        await chat.start(Desk(chat, discord).decide)
    await chat.start(Desk(chat, discord).decide)

    assert chat.connected
    await chat.stop()
    await chat.close()


@pytest.mark.anyio
async def test_where_nobody_listens_it_is_tried_again() -> None:
    chat = adapter(discord_bot_token=SecretStr("x"), discord_api_url="http://127.0.0.1:9/api/v10")
    assert chat is not None
    with pytest.raises(TryAgain, match="could not be reached"):
        await chat.start(Desk(chat, FakeDiscord()).decide)
    await chat.close()


@pytest.mark.anyio
async def test_a_token_that_dies_later_is_one_line_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(desk.discord.gateway, "token", "another")
    desk.discord.drop_gateway()
    await until(lambda: "hears us no more" in caplog.text)

    assert not desk.chat.connected
    lines = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert len(lines) == 1
    assert "DISCORD_BOT_TOKEN" in lines[0].getMessage()
    assert lines[0].exc_info is None


@pytest.mark.anyio
async def test_closing_twice_or_before_the_start_is_fine(discord: FakeDiscord) -> None:
    chat = make_chat(discord)
    await chat.stop()
    await chat.close()
    await chat.close()


@pytest.mark.anyio
async def test_what_the_client_cannot_read_ends_nothing(
    desk: Desk, ann: Person, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_AGAIN_SECONDS", 0.0)
    desk.discord.do(lambda: desk.discord.gateway.tell("CHANNEL_UPDATE", {"odd": "event"}))
    await until(lambda: desk.discord.gateway.identified == 2 and desk.chat.connected)
    await away(ann.mention, "C1", "hello")
    await desk.hears()

    assert "could not be read (KeyError)" in caplog.text


@pytest.mark.anyio
async def test_a_start_that_goes_well_warns_of_nothing(
    discord: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(discord):
        pass

    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
