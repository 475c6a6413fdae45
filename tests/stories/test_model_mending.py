"""What a model gets wrong goes back to it with the error, and its next try trains.

One bot in Slack, its model the server's; each job has words of its own, by which the model knows
what to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.llm import Asked, FakeProviders, says_json
from tests.fakes.slack import FakeSlack, Seen
from tests.stories.brains import Brain, Json, changing
from tests.stories.chatting import job_id_of, messages, replies, wait_for_card
from tests.stories.serving import ROOT, Served

WORDS = "tell claims from chat in these messages, my {} ones"
ABOUT = "my {} ones"
GOOD = changing("FOLDS = 5", "FOLDS = 4", why="Four parts are enough.")
START = "    started = time.monotonic() - process_age()\n"
MOON = "RuntimeError: the moon is full"
ROWS = 122  # of 150, with a line of names in each of two files
TRAIN = (ROOT / "pipeline/recipes/text_classification/train.py").read_text("utf-8")
LINE = TRAIN[: TRAIN.index("FOLDS = 5")].count("\n") + 1


def early(*lines: str) -> Json:
    """A change that does something more before the training."""
    more = "".join(f"    {line}\n" for line in lines)
    return changing(START, START + more, why="It may help.")


@dataclass(frozen=True)
class Slip:
    """A first proposal that fails, and the exact error."""

    name: str
    proposed: Json
    error: str


SLIPS = (
    Slip(
        "syntax",
        changing("FOLDS = 5", "FOLDS = = 5"),
        f"SyntaxError: invalid syntax at line {LINE} of train.py",
    ),
    Slip(
        "column",
        changing('rows.column(config.column("text"))', 'rows.column("colour")'),
        "ValueError: tuple.index(x): x not in tuple",
    ),
    Slip(
        "import",
        changing("import numpy as np\n", "import numpy as np\nimport torch\n"),
        "training must not import torch",
    ),
    Slip(
        "rehearsal",
        early("print([0, 1][len(str(told.fit)) + 2])"),
        "IndexError: list index out of range",
    ),
)
CRASH = early("if not told.rehearse:", "    raise RuntimeError('the moon is full')")


@dataclass(frozen=True)
class Office:
    """The bot, its people and its model."""

    slack: FakeSlack
    bot: Served
    brain: Brain

    def will(self, kind: str, *proposed: Json) -> None:
        """What the model says of the script in this job, in order."""
        replies = map(says_json, proposed)
        self.brain.will("codegen", *replies, about=ABOUT.format(kind))

    def always(self, kind: str, proposed: Json) -> None:
        self.brain.always("codegen", says_json(proposed), about=ABOUT.format(kind))

    def asked(self, kind: str, prompt: str = "codegen") -> list[Asked]:
        """What the model was asked in this job."""
        return self.brain.asked(prompt, ABOUT.format(kind))

    def ask(self, kind: str) -> Seen:
        ann = self.slack.person(kind)
        return ann.mention("C1", WORDS.format(kind), files=[messages()])

    def done(self, kind: str, said: Seen) -> str:
        """Wait for the model; the script that trained it."""
        card = wait_for_card(self.slack.person(kind), said, ": done")
        bundle = self.bot.home / "jobs" / job_id_of(card) / "bundle"
        return (bundle / "train.py").read_text("utf-8")

    def log(self, kind: str, said: Seen) -> str:
        card = wait_for_card(self.slack.person(kind), said, "j-")
        return self.bot.run("log", job_id_of(card)).stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, environments: Path) -> Iterator[Office]:
    brain, folder = Brain(), tmp_path_factory.mktemp("mending")
    with FakeProviders() as llm, FakeSlack() as slack:
        llm.openai.otherwise = brain
        llm.stop("ollama")
        settings = {**llm.settings, **llm.keys("openai")}
        with Served(slack, folder, environments, **settings) as bot:
            yield Office(slack, bot, brain)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_the_model_reads_the_exact_error_and_its_second_reply_trains(
    office: Office, slip: Slip
) -> None:
    office.will(slip.name, slip.proposed, GOOD)

    said = office.ask(slip.name)

    assert "FOLDS = 4" in office.done(slip.name, said)
    first, second = office.asked(slip.name)
    assert slip.error not in first.text
    assert (second.messages[-1].role, slip.error in second.last) == ("user", True)
    assert "The error:" in second.last
    assert "The change that you had proposed:" in second.last
    log = office.log(slip.name, said)
    assert slip.error in log
    assert "Attempt 2 of 3" in log


def test_a_crash_in_the_training_itself_is_explained_and_goes_back_to_the_script(
    office: Office,
) -> None:
    office.will("crashing", CRASH, GOOD)

    said = office.ask("crashing")

    assert "FOLDS = 4" in office.done("crashing", said)
    (explained,) = office.asked("crashing", "monitor")
    assert MOON in explained.text
    _, second = office.asked("crashing")
    assert (second.messages[-1].role, MOON in second.last) == ("user", True)
    assert "Take the change back." in second.last
    assert "+    if not told.rehearse:" in second.last
    told = office.log("crashing", said)
    assert "The script stumbled over its own change." in told
    assert any("ready and proven" in one for one in replies(office.slack.person("crashing"), said))


def test_a_change_that_crashes_twice_gives_way_to_the_programs_own_script(office: Office) -> None:
    office.always("stubborn", CRASH)

    said = office.ask("stubborn")

    assert office.done("stubborn", said) == TRAIN
    assert len(office.asked("stubborn")) == 2
    assert "the program's own settings and scripts" in office.log("stubborn", said)


def test_a_change_that_is_refused_again_and_again_leaves_the_draft(office: Office) -> None:
    office.always("importing", SLIPS[2].proposed)

    said = office.ask("importing")

    assert office.done("importing", said) == TRAIN
    assert len(office.asked("importing")) == 3
    log = office.log("importing", said)
    assert log.count("The model's proposal was not taken, the rules' own stands") == 1


def test_rows_that_a_failed_change_has_cut_are_cut_by_the_program_again(office: Office) -> None:
    kept = "parts.train.take(list(range(100))), parts.validation, parts.test, parts.strategy"
    few = f"    parts = type(parts)({kept})\n"
    steps = "    steps = [f"
    cut = changing(steps, few + steps, file="prepare.py")
    both = {**cut, "edits": [*cut["edits"], *SLIPS[3].proposed["edits"]]}
    office.will("cutting", both)

    said = office.ask("cutting")

    assert office.done("cutting", said) == TRAIN
    _, second = office.asked("cutting")
    assert SLIPS[3].error in second.last
    card = wait_for_card(office.slack.person("cutting"), said, "j-")
    fit = office.bot.home / "jobs" / job_id_of(card) / "prepared" / "fit"
    assert sum(len(path.read_text("utf-8").splitlines()) for path in fit.iterdir()) == ROWS
