"""S13: every prompt that a job asks could be printed in a newspaper, but for the person's own data.

With all services and secrets in all that a person says: tests/stories/test_model_canary.py.
"""

import re
from pathlib import Path

import pytest

from adapters.sanitizer import KeySanitizer
from bot.settings import Settings
from pipeline import prompting
from pipeline.artifacts import ColumnReport
from pipeline.jobs import Actor, JobId, Place
from pipeline.prompting import Data
from tests.stories.canaries import Canaries
from tests.unit.agents.made import Table
from tests.unit.model.every_prompt import LEFT, PROMPTS, everything_asked, source, wide

pytestmark = pytest.mark.anyio

OWNER = Actor(platform="slack", space="TCANARYSPACE", id="UCANARYOWNER", name="Canary Name")
THREAD = Place(platform="slack", space="TCANARYSPACE", channel="CCANARYCHANNEL", thread="17.17")
HIDDEN = (
    ("a path of the server", re.compile(r"(?<![\w.<])/(?:home|root|tmp|var|usr|etc|opt|work)/")),
    ("a variable of ours", re.compile(r"\bMLTRAINER_[A-Z]")),
    ("an address", re.compile(r"https?://(?!(?:www\.)?example\.)")),
    ("a mail", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    ("another job", re.compile(r"\bj-[0-9a-z]{8}\b")),
)


def variables() -> list[str]:
    """The names of all that an operator can set to a secret, and of others that hold one."""
    own = [
        field.upper()
        for field, told in Settings.model_fields.items()
        if "Secret" in str(told.annotation) or field.endswith(("url", "endpoint"))
    ]
    return [*own, *(f"MLTRAINER_{one}" for one in own), "HF_TOKEN", "AWS_SECRET_ACCESS_KEY"]


def hidden_in(asked: dict[str, str], canaries: Canaries) -> list[str]:
    """What stands in the prompts that is nobody's business."""
    found = [one for name, text in asked.items() for one in canaries.found_in(name, text.encode())]
    for name, text in asked.items():
        found += [f"{what} in {name}" for what, shape in HIDDEN if shape.search(text)]
        found += [f"{word} in {name}" for word in ("CANARY", "Canary") if word in text]
    return found


def job_of(home: Path, owner: Actor, thread: Place, job: str) -> Table:
    """A job of this person, in this thread."""
    made = wide(home, "predict left", LEFT, named())
    made.context = made.context.evolve(owner=owner, thread=thread, job_id=JobId(job))
    old, new = home / "jobs" / "j-aaaaaaaa", home / "jobs" / job
    if not new.exists():
        old.rename(new)
    return made


def named() -> ColumnReport:
    return ColumnReport(name="note", kind="category", missing=0, unique=12)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Canaries:
    """A secret in every variable that could hold one."""
    canaries = Canaries()
    for number, name in enumerate(variables()):
        kind = ("hf", "openai", "slack-bot", "hex", "master")[number % 5]
        monkeypatch.setenv(name, canaries.plant(name, kind))
    assert len(canaries.planted) >= 10
    return canaries


@pytest.mark.parametrize("name", PROMPTS)
def test_a_file_of_a_prompt_holds_nothing_that_is_secret(
    name: str, sanitizer: KeySanitizer
) -> None:
    assert sanitizer.clean(source(name)).found == ()
    assert hidden_in({name: source(name)}, Canaries()) == []


async def test_all_prompts_of_a_job_can_be_published(
    planted: Canaries, tmp_path: Path, sanitizer: KeySanitizer
) -> None:
    home = tmp_path / "home-CANARY"
    asked = await everything_asked(home, job_of(home, OWNER, THREAD, "j-canary00"))
    assert {*asked} == {*PROMPTS}
    assert hidden_in(asked, planted) == []
    assert [name for name, text in asked.items() if sanitizer.clean(text).found] == []


async def test_who_asks_and_where_changes_no_prompt(tmp_path: Path) -> None:
    first = job_of(tmp_path / "a", OWNER, THREAD, "j-canary00")
    ben = Actor(platform="discord", space="", id="42", name="ben")
    place = Place(platform="discord", space="G1", channel="C1", thread="1.1")
    second = job_of(tmp_path / "b", ben, place, "j-bbbbbbbb")
    one = await everything_asked(tmp_path / "a", first)
    assert one == await everything_asked(tmp_path / "b", second)


@pytest.mark.parametrize("leak", ["home", "owner", "key", "url"])
async def test_a_prompt_that_told_one_would_be_found(
    planted: Canaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: str
) -> None:
    told = {
        "home": "/home/bot/.mltrainer",
        "owner": OWNER.id,
        "key": planted.planted[0].value,
        "url": "https://internal.test/x",
    }[leak]
    real = prompting._shown

    def shown(name: str, value: str | Data) -> str:
        return f"{real(name, value)}\n{told}"

    monkeypatch.setattr(prompting, "_shown", shown)
    asked = await everything_asked(tmp_path, wide(tmp_path, "predict left", LEFT, named()))
    assert len({one.rpartition(" ")[2] for one in hidden_in(asked, planted)}) == len(PROMPTS)
