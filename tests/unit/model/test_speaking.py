"""Who speaks in a job is said: in the plan, in the thread, and in a prompt to whom."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import describing
from pipeline.changes import changes
from pipeline.context import JobContext, Request
from pipeline.errors import PersonCanFix
from pipeline.events import ModelReplied
from pipeline.planning import SENDS, SPEAKS, model_limit, model_lines, plan_lines
from pipeline.ports.model import OWN_KEY_AWAY, ModelRefused, Whose
from pipeline.readiness import with_changes
from tests.fakes.models import ScriptedModel
from tests.unit.model.desk import Desk

pytestmark = pytest.mark.anyio
BLUE = '{"name": "blue", "sure": 0.9}'


def speaking(home: Path, whose: Whose = "person", share: str = "schema") -> Desk:
    model = ScriptedModel([BLUE], provider="anthropic", name="small-1", whose=whose)
    return Desk(home, (model,), ports_are={"share": share})


async def test_a_plan_names_the_model_its_limit_and_what_it_is_shown(tmp_path: Path) -> None:
    desk = speaking(tmp_path)
    lines = plan_lines(desk.context, await model_lines(desk.context, desk.ports))
    told = dict(line.split(": ", 1) for line in lines)
    assert told[SPEAKS] == "Anthropic small-1 (your key), at most $1.00"
    assert told[SENDS].endswith("names, types and statistics of the columns, to Anthropic")
    assert told["Here"].startswith("nothing else leaves this machine")


async def test_sample_rows_are_named_where_the_operator_lets_them_be_shown(tmp_path: Path) -> None:
    desk = speaking(tmp_path, share="samples")
    assert "and sample rows" in (await model_lines(desk.context, desk.ports))[1]


@pytest.mark.parametrize(
    ("whose", "told"), [("server", "(the server's key), at most $1.00"), ("free", "(free)")]
)
async def test_whose_key_it_is_stands_beside_it(tmp_path: Path, whose: Whose, told: str) -> None:
    desk = speaking(tmp_path, whose)
    assert (await model_lines(desk.context, desk.ports))[0].endswith(told)


async def test_without_a_model_the_plan_is_as_ever(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines = plan_lines(desk.context, await model_lines(desk.context, desk.ports))
    assert lines == ("Here: nothing leaves this machine, nothing becomes public, it costs nothing",)


async def test_a_reply_says_who_spoke_and_what_the_job_may_spend(tmp_path: Path) -> None:
    desk = speaking(tmp_path)
    await desk.ask()
    (replied,) = [event for event in desk.events if isinstance(event, ModelReplied)]
    assert (replied.provider, replied.model) == ("anthropic", "small-1")
    assert (replied.limit_usd, desk.ledger.usd) == (1.0, Decimal("0.001"))


async def test_a_key_that_is_refused_is_told_of_once_with_the_cure_and_who_is_next(
    tmp_path: Path,
) -> None:
    reasons = [ModelRefused(f"Number {one}.", "Give a new one.") for one in range(2)]
    own = ScriptedModel(reasons, provider="anthropic", name="small-1")
    free = ScriptedModel([BLUE], provider="groq", name="free-1", whose="free")
    desk = Desk(tmp_path, (own, free))
    for _ in range(2):
        await desk.ask()
    assert desk.said == [
        (
            f"Anthropic small-1 {OWN_KEY_AWAY} Number 0. Give a new one. "
            f"Groq free-1 (free) is asked instead."
        )
    ]
    assert (await model_lines(desk.context, desk.ports))[0] == f"{SPEAKS}: Groq free-1 (free)"


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        ("flag spam", {}, "new to machine learning"),
        ("flag spam with LoRA, rank 8", {}, "an expert"),
        ("flag spam", {"user_expertise_level": "expert"}, "an expert"),
        ("flag spam", {"user_expertise_level": "guru"}, "new to machine learning"),
    ],
)
def test_a_model_is_told_whom_it_speaks_to(
    tmp_path: Path, words: str, settings: dict[str, str], told: str
) -> None:
    context: JobContext = Desk(tmp_path).context
    context = context.evolve(request=Request(words=words, settings=settings))
    assert describing.reader(context).startswith(told)


async def test_a_persons_own_key_goes_beyond_the_limit_only_by_their_yes(tmp_path: Path) -> None:
    desk = speaking(tmp_path)
    desk.limit = "0.0025"
    for _ in range(3):
        await desk.ask()
    assert desk.said == [
        (
            "The limit of $0.00 for language models is reached: rules go on. To let your own key "
            "spend more, say “interrupt”, then “change model_usd to 0.10”."
        )
    ]
    yes = with_changes(desk.context, changes("change model_usd to $0.10"))
    assert yes.request.model_usd == 0.1
    (own,) = await desk.ports.models.choose(desk.context.owner)
    assert model_limit(yes, desk.ports, own) == Decimal("0.1")


@pytest.mark.parametrize("whose", ["server", "free"])
async def test_the_servers_limit_holds_for_what_is_not_the_persons_own(
    tmp_path: Path, whose: Whose
) -> None:
    desk = speaking(tmp_path, whose)
    yes = with_changes(desk.context, {"model_usd": "5"})
    (model,) = await desk.ports.models.choose(desk.context.owner)
    assert model_limit(yes, desk.ports, model) == Decimal("1.00")


async def test_where_the_operator_wants_no_model_nobody_has_one(tmp_path: Path) -> None:
    desk = speaking(tmp_path)
    desk.limit = "0"
    yes = with_changes(desk.context, {"model_usd": "5"})
    (model,) = await desk.ports.models.choose(desk.context.owner)
    assert model_limit(yes, desk.ports, model) == 0


@pytest.mark.parametrize("value", ["0", "-1", "much", "1e9", "inf", "nan", "1001", "٣"])
def test_a_yes_to_no_sum_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(PersonCanFix, match="cannot be"):
        with_changes(Desk(tmp_path).context, {"model_usd": value})
