"""A1 to A6: who may do what to a job, on both platforms; nothing forged or replayed counts.

More of it: tests/unit/bot/test_authority.py, tests/unit/bot/test_guilds.py and, with real events
of the fake platforms, tests/stories/test_two_people.py. What bots say is dropped as it arrives
(tests/unit/slack/test_hearing.py, tests/unit/discord/test_hearing.py).
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.jobs import Actor, JobStatus, Place, new_job_id
from pipeline.ports.chat import AskForm, FormErrors, Ok, Reply, Whisper
from pipeline.ports.store import JobRow
from tests.unit.bot.front import ANA, DISCORD, GUILD, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Speaker:
    """Somebody, and where they speak."""

    actor: Actor
    at: Place


def somebody(like: Actor, number: str, *, space: str | None = None, admin: bool = False) -> Actor:
    """Another person of the same platform."""
    space = like.space if space is None else space
    changed = {"id": number, "name": f"person {number}", "space": space, "admin": admin}
    return like.model_copy(update=changed)


def speakers(owner: Actor, thread: Place) -> dict[str, Speaker]:
    """Six roles: the owner, who sees the thread, who does not, and who only says so."""
    elsewhere = thread.model_copy(update={"channel": "C7", "thread": "7.7"})
    abroad = thread.model_copy(update={"space": "X9"})
    guest = somebody(owner, owner.id, space="X9", admin=True)
    stranger = guest if owner.space else somebody(owner, "U9", admin=True)
    return {
        "owner": Speaker(owner, elsewhere),
        "in the thread": Speaker(somebody(owner, "U2"), thread),
        "in the channel": Speaker(
            somebody(owner, "U3"), thread.model_copy(update={"thread": "9.9"})
        ),
        "in another channel": Speaker(somebody(owner, "U4"), elsewhere),
        "admin": Speaker(somebody(owner, "U5", admin=True), elsewhere),
        "another space's admin": Speaker(stranger, abroad),
    }


PLATFORMS = {"slack": (ANA, THREAD), "discord": (DISCORD, GUILD)}
ROLES = tuple(speakers(ANA, THREAD))
ACT = {"owner", "admin"}
READ = ACT | {"in the thread", "in the channel"}
TRY = ACT | {"in the thread"}
MATRIX = {
    **dict.fromkeys(("status", "log", "menu"), READ),
    **dict.fromkeys(("answer", "approve", "change", "change form"), ACT),
    **dict.fromkeys(("cancel", "resume", "retry", "interrupt", "undo", "compact"), ACT),
    **dict.fromkeys(("try", "try form", "predict"), TRY),
    "use its owner's account": {"owner"},
}
CASES = [
    (platform, what, who, who in allowed)
    for platform in PLATFORMS
    for what, allowed in MATRIX.items()
    for who in ROLES
]


@dataclass
class Scene:
    """A job, and what can be done to it."""

    front: Front
    platform: str

    async def job(self, what: str) -> JobRow:
        """A job to which this can be done."""
        owner, thread = PLATFORMS[self.platform]
        match what:
            case "answer":
                return await self.front.waiting(options=("a", "b"), owner=owner, at=thread)
            case "approve" | "change" | "change form":
                return await self.front.waiting("approval", "approval", owner=owner, at=thread)
            case "use its owner's account":
                return await self.front.waiting("credential", "huggingface", owner=owner, at=thread)
            case "resume" | "retry" | "undo" | "compact":
                return await self.front.job(JobStatus.FAILED, owner=owner, at=thread)
            case "try" | "try form" | "predict":
                return await self.front.job(JobStatus.DONE, owner=owner, at=thread)
            case _:
                return await self.front.job(owner=owner, at=thread)

    async def attempt(self, what: str, row: JobRow, who: Speaker) -> Reply:
        """Do it with the very values that the owner's own card carries."""
        by, at, front = who.actor, who.at, self.front
        pressed = {
            "answer": ("answer-1", f"{row.id} {row.seq} 1"),
            "approve": ("approve", f"{row.id} {row.seq}"),
            "change": ("change", row.id),
            "try": ("try", row.id),
            "use its owner's account": ("connect", f"{row.id} huggingface"),
        }
        if what in pressed:
            return await front.press(*pressed[what], by=by, at=at)
        if what == "change form":
            return await front.send("change", row.id, {"other": "epochs=5"}, by=by, at=at)
        if what == "try form":
            return await front.send("try", row.id, {"rows": "a,b\n1,2"}, by=by, at=at)
        typed = {"predict": f"{row.id} a=1", "undo": f"config {row.id}"}
        return await front.type(what, typed.get(what, row.id), by=by, at=at)

    async def state(self, row: JobRow) -> tuple[object, ...]:
        """All that somebody could have changed."""
        after = await self.front.store.load(row.id)
        arrived = await self.front.post.arrivals(self.front.clock.now())
        replies = await self.front.replies(row)
        return (after.seq, after.cancel, after.status, after.context, replies, arrived)


@pytest.fixture(params=PLATFORMS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return Scene(Front(tmp_path, request.param), request.param)


def is_shut_out(reply: Reply) -> bool:
    """Whether somebody is told that the job is another's, or that there is none."""
    said = all_of(reply.card) if isinstance(reply, Whisper) else ""
    return any(words in said for words in ("belongs to", "Unknown job", "uses the accounts of"))


@pytest.mark.parametrize(("platform", "what", "who", "allowed"), CASES)
async def test_everybody_may_do_what_the_table_says_and_nothing_else(
    tmp_path: Path, platform: str, what: str, who: str, *, allowed: bool
) -> None:
    scene = Scene(Front(tmp_path, platform), platform)
    row = await scene.job(what)
    before = await scene.state(row)

    reply = await scene.attempt(what, row, speakers(*PLATFORMS[platform])[who])

    assert is_shut_out(reply) is not allowed
    if not allowed:
        assert await scene.state(row) == before
        assert "make me" not in repr(reply)


def test_the_table_is_as_large_as_was_asked_for() -> None:
    assert len(CASES) >= 108
    assert {allowed for *_, allowed in CASES} == {True, False}


async def test_after_an_admin_resumed_only_the_owners_account_counts(scene: Scene) -> None:
    owner, thread = PLATFORMS[scene.platform]
    admin = speakers(owner, thread)["admin"]
    await scene.front.vault.put(admin.actor, "huggingface", "{}", tail="1234")
    row = await scene.front.job(JobStatus.FAILED, owner=owner, at=thread)
    await scene.attempt("resume", row, admin)
    after = await scene.front.store.load(row.id)
    assert after.status is JobStatus.RUNNABLE
    assert after.context.owner == owner
    assert await scene.front.vault.find(after.context.owner, "huggingface") is None


FORGED = (
    *("j-00000000", "j-zzzzzzzz", "J-00000000", "j-", "j-0", "j-000000000", "", " ", "0", "*", "%"),
    *("j-%", "j-________", "j-????????", "' OR '1'='1", "j-00000000' --", 'j-"; DROP TABLE jobs'),
    *(
        "../../etc/passwd",
        "j-../../..",
        "/",
        "~",
        "$HOME",
        "`id`",
        "{job}",
        "j-\x00\x00",
        "\u202ej",
    ),
    *(
        "\uff4a-00000000",
        "j\u201000000000",
        "null",
        "None",
        "true",
        "-1",
        "1e9",
        "j-" + "9" * 5000,
        "\U0001f642" * 40,
    ),
)


@pytest.mark.parametrize("action", ["answer-1", "approve", "change", "try", "cancel", "connect"])
async def test_a_forged_id_on_a_button_opens_no_job(scene: Scene, action: str) -> None:
    row = await scene.job("answer")
    before = await scene.state(row)
    owner, thread = PLATFORMS[scene.platform]
    for forged in FORGED:
        for value in (forged, f"{forged} {row.seq} 1"):
            reply = await scene.front.press(action, value, by=somebody(owner, "U2"), at=thread)
            assert row.id not in repr(reply)
            assert not isinstance(reply, AskForm | FormErrors)
    assert await scene.state(row) == before
    assert [one.id for one in await scene.front.store.list()] == [row.id]


def test_an_id_cannot_be_guessed() -> None:
    made = {new_job_id() for _ in range(2_000)}
    assert len(made) == 2_000
    signs = [{one[place] for one in made} for place in range(2, 10)]
    assert all(len(one) == 36 for one in signs)


async def test_a_value_that_was_pressed_before_counts_no_second_time(scene: Scene) -> None:
    row = await scene.job("approve")
    owner = speakers(*PLATFORMS[scene.platform])["owner"]
    assert isinstance(await scene.attempt("approve", row, owner), Ok)
    read = await scene.front.store.unread(row.id)
    saved = await scene.front.store.save(row, row.context, status=JobStatus.WAITING)
    before = await scene.state(saved)
    assert "no longer" in whispered(await scene.attempt("approve", row, owner)).title
    assert await scene.state(saved) == before
    assert len(read) == 1


async def test_an_event_that_comes_again_is_heard_once(scene: Scene) -> None:
    owner, thread = PLATFORMS[scene.platform]
    row = await scene.job("answer")
    for _ in range(3):
        await scene.front.say("the price", by=owner, at=thread, key="once")
    assert await scene.front.replies(row) == ["the price"]


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.CANCELLED])
async def test_a_form_that_was_opened_before_the_job_ended_changes_nothing(
    scene: Scene, status: JobStatus
) -> None:
    row = await scene.job("change")
    owner = speakers(*PLATFORMS[scene.platform])["owner"]
    assert isinstance(await scene.attempt("change", row, owner), AskForm)
    ended = await scene.front.store.save(row, row.context.evolve(waiting=None), status=status)
    before = await scene.state(ended)
    said = whispered(await scene.attempt("change form", ended, owner))
    assert said.tone == "bad"
    assert await scene.state(ended) == before


async def test_a_form_of_a_model_that_is_gone_predicts_nothing(scene: Scene) -> None:
    row = await scene.job("try")
    owner = speakers(*PLATFORMS[scene.platform])["owner"]
    undone = await scene.front.store.save(row, row.context, status=JobStatus.FAILED)
    before = await scene.state(undone)
    assert whispered(await scene.attempt("try form", undone, owner)).tone == "bad"
    assert await scene.state(undone) == before


async def test_who_was_an_admin_yesterday_is_none_today(scene: Scene) -> None:
    owner, thread = PLATFORMS[scene.platform]
    admin = speakers(owner, thread)["admin"]
    row = await scene.job("approve")
    was = admin.actor.model_copy(update={"admin": False})
    before = await scene.state(row)
    assert is_shut_out(await scene.attempt("approve", row, Speaker(was, admin.at)))
    assert await scene.state(row) == before


@pytest.mark.parametrize("what", MATRIX)
async def test_a_guest_from_another_workspace_is_a_stranger_in_a_shared_channel(
    tmp_path: Path, what: str
) -> None:
    scene = Scene(Front(tmp_path), "slack")
    row = await scene.job(what)
    before = await scene.state(row)
    guest = somebody(ANA, ANA.id, space="T2", admin=True)
    assert is_shut_out(await scene.attempt(what, row, Speaker(guest, THREAD)))
    assert await scene.state(row) == before


def direct(platform: str, user: str) -> Place:
    """Somebody's direct messages with the bot."""
    if platform == "slack":
        return Place(platform="slack", space="T1", channel=f"D{user}", thread="3.3")
    return Place(platform="discord", space=f"@{user}", channel=f"D{user}")


@pytest.mark.parametrize("what", ["status", "log", "menu", "cancel", "try", "answer"])
async def test_a_job_of_direct_messages_is_not_there_for_others(scene: Scene, what: str) -> None:
    owner, thread = PLATFORMS[scene.platform]
    home = direct(scene.platform, owner.id)
    status = JobStatus.DONE if what == "try" else JobStatus.RUNNABLE
    row = (
        await scene.front.waiting(options=("a", "b"), owner=owner, at=home)
        if what == "answer"
        else await scene.front.job(status, owner=owner, at=home)
    )
    before = await scene.state(row)
    ben = somebody(owner, "U2")
    for place in (thread, direct(scene.platform, "U2")):
        assert is_shut_out(await scene.attempt(what, row, Speaker(ben, place)))
    assert await scene.state(row) == before
    assert not is_shut_out(await scene.attempt(what, row, Speaker(owner, thread)))


async def test_a_job_of_a_channel_is_not_there_in_the_direct_messages_of_others(
    scene: Scene,
) -> None:
    owner, _ = PLATFORMS[scene.platform]
    row = await scene.job("status")
    for number in ("U2", "U5"):
        there = Speaker(somebody(owner, number), direct(scene.platform, number))
        assert is_shut_out(await scene.attempt("status", row, there))
