"""A7: a form is worth something in its own person's hands alone, once, and for ten minutes."""

from pathlib import Path

import pytest

from bot.accounts.connecting import Connecting
from pipeline.jobs import Actor
from pipeline.ports.chat import AskForm
from pipeline.ports.post import Ticket
from tests.unit.bot.front import ANA, DIRECT, DISCORD, KEY, THREAD, Front, whispered

pytestmark = pytest.mark.anyio

PLATFORMS = {"slack": (ANA, THREAD), "discord": (DISCORD, DIRECT)}
MADE_UP = (
    *("", " ", "0", "null", "None", "made-up", "*", "%", "_" * 43, "A" * 43, "a" * 5000),
    *("' OR '1'='1", "'; DROP TABLE tickets; --", "../../etc/passwd", "\x00", "\u202e"),
    *("{token}", "account", "huggingface", "U1", "T1:U1", "j-00000000", "\U0001f642" * 20),
)


@pytest.fixture(params=PLATFORMS)
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Front:
    return Front(tmp_path, request.param)


def others(owner: Actor) -> list[Actor]:
    """Everybody who could send a form that is not theirs; one has the same id elsewhere."""
    elsewhere = "slack" if owner.platform == "discord" else "discord"
    return [
        owner.model_copy(update={"id": "U2", "name": owner.name}),
        owner.model_copy(update={"id": "U3", "admin": True}),
        owner.model_copy(update={"id": owner.id.lower()}),
        owner.model_copy(update={"id": f"{owner.id} "}),
        owner.model_copy(update={"platform": elsewhere}),
        owner.model_copy(update={"space": "X9"}),
    ]


async def ticket(front: Front) -> str:
    """What the form of the first account carries."""
    owner, place = PLATFORMS[front.platform]
    panel = whispered(await front.type("connect", "hf", by=owner, at=place))
    paste = next(one for one in panel.rows[0].actions if one.id == "paste")
    reply = await front.push(paste, by=owner)
    assert isinstance(reply, AskForm)
    return reply.form.state


async def said(front: Front, state: str, by: Actor) -> str:
    reply = await front.send("account", state, {"token": KEY}, by=by)
    return whispered(reply).title


async def held(front: Front) -> int:
    """How many keys anybody has."""
    owner, _ = PLATFORMS[front.platform]
    return sum([len(await front.vault.held(one)) for one in (owner, *others(owner))])


async def test_nobody_else_can_send_a_form_and_its_person_still_can(front: Front) -> None:
    owner, _ = PLATFORMS[front.platform]
    state = await ticket(front)
    for other in others(owner):
        assert "not yours" in await said(front, state, other), other
    assert await held(front) == 0

    assert "connected" in await said(front, state, owner)
    assert await held(front) == 1


@pytest.mark.parametrize(("seconds", "works"), [(0, True), (599, True), (601, False)])
async def test_a_form_works_for_ten_minutes(front: Front, seconds: int, *, works: bool) -> None:
    owner, _ = PLATFORMS[front.platform]
    state = await ticket(front)
    front.pass_time(seconds=seconds)
    assert ("connected" if works else "over") in await said(front, state, owner)
    assert await held(front) == works


async def test_a_form_works_once(front: Front) -> None:
    owner, _ = PLATFORMS[front.platform]
    state = await ticket(front)
    assert "connected" in await said(front, state, owner)
    assert await front.vault.forget(owner, "huggingface")
    assert "over" in await said(front, state, owner)
    assert await held(front) == 0


async def test_what_somebody_made_up_opens_nothing(front: Front) -> None:
    owner, _ = PLATFORMS[front.platform]
    real = await ticket(front)
    for state in (*MADE_UP, real[:-1], f"{real}0", real.swapcase(), real[::-1]):
        assert "over" in await said(front, state, owner), state
    assert await held(front) == 0


async def test_without_the_question_whose_it_is_another_could_send_it(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def anybodys(self: Connecting, _: Actor, token: str) -> Ticket | None:
        return await self._back.post.look(token, self._back.clock.now())

    monkeypatch.setattr(Connecting, "_ticket", anybodys)
    owner, _ = PLATFORMS[front.platform]
    assert "connected" in await said(front, await ticket(front), others(owner)[0])
    assert await held(front) == 1
