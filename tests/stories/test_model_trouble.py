"""Models that fail, cost too much, write nonsense or reach too far: the draft trains.

At a shell, where `--json` tells programs how a job ended; the providers are fakes on the loopback.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.llm import (
    Asked,
    Breaks,
    Calls,
    Fails,
    FakeProviders,
    Huge,
    Reply,
    Says,
    Use,
    says_json,
)
from tests.stories.brains import SENSIBLE, Brain, prompt_of
from tests.stories.canaries import Canaries
from tests.stories.chatting import WORDS, messages
from tests.stories.shell import Shell, last_object

AWAY = "No language model answers: rules go on."


@dataclass
class Desk:
    """A person's shell beside the providers."""

    llm: FakeProviders
    folder: Path
    environments: Path

    def shell(self, *servers: str, **settings: str) -> Shell:
        (self.folder / "messages.csv").write_bytes(messages().content)
        given = {**self.llm.settings, **self.llm.keys(*servers), **settings}
        return Shell(self.folder, self.environments, MLTRAINER_RETRY_SCALE="0.01", **given)

    def train(self, *servers: str, **settings: str) -> dict[str, Any]:
        """The job, which is done and proven whatever the models do."""
        shell = self.shell(*servers, **settings)
        done = shell.run("run", WORDS, "--data", "messages.csv", "--yes", "--json")
        assert done.returncode == 0, done.stderr
        found = last_object(done.stdout)
        assert (found["status"], found["proof"]["loaded"]) == ("done", True)
        return found


@pytest.fixture
def desk(tmp_path: Path, environments: Path) -> Iterator[Desk]:
    with FakeProviders() as llm:
        for one in llm.all:
            one.otherwise = Brain()
        llm.stop("ollama")
        yield Desk(llm, tmp_path, environments)


def test_a_limit_of_a_cent_stops_before_the_call_that_would_break_it(desk: Desk) -> None:
    def dear(asked: Asked) -> Reply:
        return Says(json.dumps(SENSIBLE[prompt_of(asked)]), usage=(len(asked.raw) // 4, 4_000))

    desk.llm.groq.otherwise = dear

    found = desk.train("groq", MLTRAINER_MAX_JOB_USD="0.01")

    assert 0 < found["cost"]["llm_usd"] <= 0.01
    assert 2 <= len(desk.llm.asked) <= 4
    limit = "The limit of $0.01 for language models is reached: rules go on."
    assert [one for one in found["warnings"] if "limit" in one] == [limit]


def test_when_every_provider_fails_each_is_told_of_once(desk: Desk) -> None:
    desk.llm.start("ollama")
    failing: dict[str, Reply] = {
        "anthropic": Huge(10),
        "openai": Fails(500),
        "google": Fails(403),
        "groq": Fails(429),
        "ollama": Breaks(),
    }
    for name, reply in failing.items():
        desk.llm[name].otherwise = reply

    found = desk.train("anthropic", "openai", "google", "groq")

    told = [one for one in found["warnings"] if "does not answer" in one]
    assert [one.split()[0] for one in told] == ["Anthropic", "OpenAI", "Gemini", "Groq", "Ollama"]
    assert "too large" in told[0]
    assert found["warnings"].count(AWAY) == 1
    assert {name: len(desk.llm[name].asked) for name in failing} == dict.fromkeys(failing, 2)
    assert found["cost"]["llm_usd"] == 0


def test_a_provider_that_writes_nonsense_for_ever_is_left_with_one_line(desk: Desk) -> None:
    desk.llm.openai.otherwise = Says("I would love to help! " * 50)

    found = desk.train("openai")

    (told,) = [one for one in found["warnings"] if "writes nothing that can be read" in one]
    assert "OpenAI" in told
    assert "the rules' own stands" in told
    assert len(desk.llm.asked) == 2


def test_a_model_that_reaches_too_far_changes_nothing(desk: Desk) -> None:
    """Unknown tools, a key in a call, all said to be there, a fixed value changed."""
    canaries, brain = Canaries(), Brain()
    own, raw = canaries.plant("own"), canaries.plant("raw")
    desk.llm.openai.otherwise = brain
    far = Calls(Use("delete_everything"), Use("validate_hf_token", {"reference": raw}))
    ready = says_json({**SENSIBLE["intake_manager"], "question": "", "ready": True})
    brain.will("intake_manager", far, ready)
    wanted = [{"name": name, "value": value} for name, value in (("metric", "f1"), ("seed", "7"))]
    brain.will("intent_parser", says_json({**SENSIBLE["intent_parser"], "settings": wanted}))
    brain.will("config", says_json({"metric": "f1", "settings": [], "why": "Better."}))
    shell = desk.shell("openai")
    assert shell.run("secrets", "add", "huggingface", typed=f"{own}\n").returncode == 0

    fixed = ("--set", "metric=accuracy", "--set", "seed=3")
    asked = last_object(shell.run("run", WORDS, *fixed, "--yes", "--json").stdout)
    assert (asked["status"], asked["question"]["field"]) == ("waiting", "data")
    job = asked["job"]
    done = shell.run("answer", job, "messages.csv", "--json")
    found = last_object(done.stdout)

    assert found["status"] == "done", done.stderr
    assert found["metric"]["name"] == "accuracy"
    assert (found["locked"]["metric"], found["locked"]["hyperparameters.seed"]) == ("accuracy", 3)
    config = json.loads((shell.home / "jobs" / job / "bundle" / "config.json").read_text("utf-8"))
    assert config["seed"] == 3
    log = shell.run("log", job).stdout
    assert "There is no such tool." in log
    assert "That is no reference of this person's." in log
    assert canaries.found_in("the log", log.encode()) == []
    assert canaries.found_below(desk.folder, "home") == []
    sent = [one for one in desk.llm.asked if own in one.raw or raw in one.raw]
    assert sent == []
