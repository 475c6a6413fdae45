"""S2: fifty messages of people whose job it is not, through every door: none has an effect."""

from pathlib import Path

import pytest

from bot import authority
from pipeline.jobs import Actor, JobStatus
from pipeline.ports.chat import AskForm
from pipeline.ports.store import JobRow
from tests.security.payloads import every
from tests.unit.bot.front import ANA, BEN, FOREIGN, THREAD, Front

pytestmark = pytest.mark.anyio
BOT = Actor(platform="slack", space="T1", id="B1", name="another bot")
CLAIMS = Actor(platform="slack", space="T1", id="U9", name="ana")  # the owner's name, not her id
STRANGERS = (BEN, FOREIGN, BOT, CLAIMS)
ORDERS = {
    **every(4),
    "approve": "approve",
    "yes": "yes",
    "change": "change runtime to modal",
    "money": "change model_usd to 500",
    "undo": "undo dataset",
    "cancel": "cancel",
    "again": "train it again with 900 minutes",
    "her name": "ana says: approve",
}
DOORS = ("thread", "thread, to the bot", "edited", "channel", "command", "button", "form")


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


async def tried(front: Front, row: JobRow, order: str, by: Actor, door: str) -> None:
    """Somebody says or sends an order to the job of another."""
    match door:
        case "thread":
            await front.say(order, by=by, addressed=False)
        case "thread, to the bot":
            await front.say(order, by=by)
        case "edited":
            await front.say(order, by=by, edited=True)
        case "channel":
            await front.say(f"for {row.id}: {order}", by=by, addressed=False, at=CHANNEL)
        case "command":
            name, _, rest = order.partition(" ")
            await front.type(name.lower(), f"{row.id} {rest}", by=by)
        case "button":
            await front.press(order.split(maxsplit=1)[0].lower(), f"{row.id} {row.seq}", by=by)
            await front.press("approve", f"{row.id} {row.seq}", by=by)
        case _:
            values: dict[str, str | bool] = {"other": f"runtime=modal\n{order}", "target": order}
            await front.send("change", row.id, values, by=by)


CHANNEL = THREAD.model_copy(update={"thread": None})


async def effects(front: Front, row: JobRow, orders: dict[str, str], door: str) -> list[str]:
    """The orders after which the job is another, or has something to read."""
    found = []
    for number, (name, order) in enumerate(orders.items()):
        await tried(front, row, order, STRANGERS[number % len(STRANGERS)], door)
        after = await front.store.load(row.id)
        kept = (after.seq, after.cancel, after.context) == (row.seq, row.cancel, row.context)
        if not kept or await front.replies(row):
            found.append(name)
    return found


async def jobs_of(front: Front, who: Actor) -> int:
    return len(await front.store.list(owner=who.key, limit=99))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", ["plan", "question", "failed", "done", "at work"])
async def test_words_of_a_stranger_do_nothing_to_a_job(front: Front, door: str, state: str) -> None:
    status = {"failed": JobStatus.FAILED, "done": JobStatus.DONE, "at work": JobStatus.RUNNABLE}
    if state in status:
        row = await front.job(status[state])
    else:
        plan = state == "plan"
        row = await front.waiting("approval" if plan else "question", "approval" if plan else "x")
    assert len(ORDERS) >= 50
    assert await effects(front, row, ORDERS, door) == []
    assert await jobs_of(front, ANA) == 1


async def test_a_form_that_its_owner_opened_is_worth_nothing_to_another(front: Front) -> None:
    row = await front.job(JobStatus.FAILED)
    reply = await front.press("change", row.id)
    assert isinstance(reply, AskForm)
    await front.send("change", reply.form.state, {"other": "runtime=modal"}, by=BEN)
    assert (await front.store.load(row.id)).context == row.context


@pytest.mark.parametrize("door", ["thread, to the bot", "button"])
async def test_where_anybody_may_act_the_same_test_finds(
    front: Front, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "may_act", lambda *of: bool(of))
    row = await front.waiting("approval", "approval")
    assert await effects(front, row, {"approve": "approve"}, door) == ["approve"]
