"""The kit that counts how well requests are understood, with and without a language model."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.workbench import adapter as make_workbench
from bot.settings import Settings
from pipeline.agents.intent_parser import Understood
from pipeline.errors import PersonCanFix
from pipeline.proposals import Setting
from tests.benchmarks.bench_understanding import Bench
from tests.benchmarks.understanding.extremes import EXTREMES, Extreme
from tests.benchmarks.understanding.providers import Candidate, candidates
from tests.benchmarks.understanding.reader import Prompt, Reader
from tests.benchmarks.understanding.tally import Tally, table
from tests.fakes.llm import NO_PROVIDERS, Fails, FakeProviders, Reply, says_fenced
from tests.fakes.llm.asked import Asked
from tests.fakes.models import Line, ScriptedModel, ScriptedModels

pytestmark = pytest.mark.anyio
UNCLEAR = {
    "dataset": "members",
    "style": "vague",
    "prompt": "do something clever",
    "attach": ["members.csv"],
    "expected": {"task": "tabular_classification", "target": "left"},
}
RIGHT = {"task": "tabular_classification", "target": "left"}
WRONG = {"task": "tabular_regression", "target": "age"}
NO_ONE = Settings.model_validate(
    {name.lower(): value for name, value in NO_PROVIDERS.items() if value}
)


def says(answer: Mapping[str, str]) -> Understood:
    target = Setting(name="target", value=answer["target"])
    return Understood(task_type=answer["task"], why="as they say", settings=(target,))


@pytest.fixture
async def reader(tmp_path: Path, environments: Path) -> Reader:
    folder = tmp_path / "data" / "members"
    folder.mkdir(parents=True)
    moods = ("glad", "sad", "so-so")
    rows = [f"{'yes' if n % 3 else 'no'},{moods[n % 7 % 3]},{20 + n * 7 % 41}" for n in range(80)]
    (folder / "members.csv").write_text("\n".join(["left,mood,age", *rows]), "utf-8")
    workbench = await make_workbench(env_cache=environments, sandbox=None)
    return Reader(tmp_path / "home", tmp_path / "data", workbench)


async def counted(
    reader: Reader, *lines: Line, prompts: tuple[Prompt, ...] = (UNCLEAR,), usd: str = "1.00"
) -> Tally:
    who = Candidate("scripted", ScriptedModels([ScriptedModel(lines)])) if lines else None
    return await Bench(Decimal(usd), quiet=True).read("made", prompts, reader, who)


async def with_groq(
    llm: FakeProviders, reader: Reader, prompts: tuple[Prompt, ...] = (UNCLEAR,)
) -> Tally:
    llm.stop("ollama")
    given = {name.lower(): value for name, value in (llm.settings | llm.keys("groq")).items()}
    async with candidates(Settings.model_validate(given)) as found:
        (who,) = found
        return await Bench(Decimal(1), quiet=True).read("made", prompts, reader, who)


async def test_rules_ask_and_a_model_that_answers_right_does_not(reader: Reader) -> None:
    rules = await counted(reader)
    model = await counted(reader, says(RIGHT), "{}")

    assert (rules.endings["asked"], rules.tokens) == (1, 0)
    assert (model.endings["right"], model.tasks, model.columns) == (1, 1, 1)
    assert model.tokens > 0
    assert model.usd > 0


async def test_a_model_that_answers_wrong_is_counted_wrong(reader: Reader) -> None:
    model = await counted(reader, says(WRONG), "{}")

    assert model.endings["wrong"] == 1
    assert (model.tasks, model.columns) == (0, 0)


async def test_a_refused_answer_is_fed_back_and_the_next_one_counts(reader: Reader) -> None:
    no_such = {"task": "tabular_classification", "target": "salary"}
    model = await counted(reader, says(no_such), says(RIGHT), "{}")

    assert model.endings["right"] == 1


async def test_between_two_extremes_lies_all_that_a_model_can_do(reader: Reader) -> None:
    right, wrong = [
        await Bench(Decimal(0), quiet=True).read(
            "made", (UNCLEAR,), reader, Candidate(name, Extreme(name))
        )
        for name in EXTREMES
    ]

    assert (right.endings["right"], wrong.endings["right"]) == (1, 0)
    assert right.usd == wrong.usd == 0


async def test_nothing_is_spent_beyond_the_limit(reader: Reader) -> None:
    model = await counted(reader, says(RIGHT), prompts=(UNCLEAR,) * 4, usd="0.0065")

    assert model.usd <= Decimal("0.0065")
    assert 0 < model.endings.total() < 4


async def test_whoever_does_not_answer_is_not_asked_for_ever(reader: Reader) -> None:
    with FakeProviders() as llm:
        llm.groq.otherwise = Fails(503)
        told = await with_groq(llm, reader, (UNCLEAR,) * 9)

    assert (told.endings.total(), told.silent) == (3, 3)


async def test_a_provider_of_the_settings_is_asked_by_its_own_protocol(reader: Reader) -> None:
    reply = says(RIGHT).model_dump()

    def answer(asked: Asked) -> Reply:
        return says_fenced(reply if "task_type" in asked.raw else {})

    with FakeProviders() as llm:
        llm.groq.otherwise = answer
        told = await with_groq(llm, reader)

    assert told.reader == "groq: openai/gpt-oss-120b"
    assert told.endings["right"] == 1
    assert told.usd > 0


async def test_without_a_provider_there_is_nobody_beside_the_rules() -> None:
    async with candidates(NO_ONE) as found:
        assert found == ()
    with pytest.raises(PersonCanFix, match="groq is not set up"):
        async with candidates(NO_ONE, "groq"):
            pass
    with pytest.raises(PersonCanFix) as unknown:
        async with candidates(NO_ONE, "grok"):
            pass
    assert "anthropic, google, groq, ollama, openai" in unknown.value.hint


async def test_the_table_has_a_line_for_each_who_read(reader: Reader) -> None:
    told = table([await counted(reader), await counted(reader, says(RIGHT), "{}")])

    head, rules, model = told.splitlines()
    assert head.split()[:5] == ["set", "read", "by", "lines", "right"]
    assert rules.split()[:4] == ["made", "rules", "1", "0"]
    assert model.split()[:4] == ["made", "scripted", "1", "1"]
