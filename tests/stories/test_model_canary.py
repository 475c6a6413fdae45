"""Secrets in everything that a model could be shown: none reaches a provider, an event or a row.

Samples of rows are shared, which is the most that an operator can allow. All five providers are
asked about the same job and keep what reaches them. Its training fails first, with the cells that
hold a secret in its last words, so that it is explained and mended. One thing passes: of a key that
is sent in two messages the second part, which looks like nothing, and opens nothing without the
first.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from adapters.accounts import openai
from tests.fakes.llm import Asked, Fails, FakeProviders, Reply, says_json
from tests.fakes.llm.replies import Scripted
from tests.fakes.people import Upload
from tests.fakes.slack import FakeSlack, Person, Seen
from tests.stories.brains import PROMPTS, Brain, changing, prompt_of
from tests.stories.canaries import SHAPES, Canaries, Planted
from tests.stories.chatting import ASK_SECONDS, WORDS, job_id_of, messages, wait_for_card
from tests.stories.doors import is_data
from tests.stories.plugged import plugged
from tests.stories.serving import Served
from tests.stories.test_models import connect

FOUR = ("anthropic", "openai", "google", "groq")
GUARD = "models=GuardedModels(models, records.sanitizer)"
LAST = '    say("train", "model saved", done=1, numbers={config.metric: value})\n'
LOUD = """    if not told.rehearse:
        odd = [one for one in texts.texts if max(map(len, one.split())) > 30]
        raise RuntimeError("the moon is full: " + " ".join(odd))
"""
LOST = "the moon is full: my token is [secret: github] friend"
UNASKED = {"dataset", "architecture"}  # nothing of this job is theirs to improve


@dataclass
class Told:
    """A person who says all they have, in every way people do."""

    ann: Person
    canaries: Canaries
    master: str

    def first_words(self) -> str:
        """In prose, in JSON, as a line of a shell, in an address, in base64."""
        plant = self.canaries.plant
        packed = base64.b64encode(plant("base64", "anthropic").encode()).decode()
        flag = f"--token-secret {plant('secret', 'modal-secret')}"
        return "\n".join(
            (
                f"{WORDS}. My Hugging Face token is {plant('prose')}, take it!",
                json.dumps({"OPENAI_API_KEY": plant("json", "openai"), "user": "ann"}),
                json.dumps({"username": "ann", "key": plant("kaggle.json", "kaggle-old")}),
                f"modal token set --token-id {plant('id', 'modal-id')} {flag}",
                f"postgresql://ann:{plant('address', 'hex')}@db.internal/mail",
                f"api_key: {packed}",
                f"the server has {self.master}",
            )
        )

    def answer(self) -> str:
        """In a thread: a key alone on its line, one in an emphasis, one in code."""
        plant = self.canaries.plant
        return "\n".join(
            (
                "some more of mine:",
                plant("alone", "google"),
                f"*{plant('emphasis', 'slack-bot')}*",
                f"`export TOKEN={plant('code', 'slack-app')}`",
                f"another key of mine begins with {self.halves[0]}",
            )
        )

    @cached_property
    def halves(self) -> tuple[str, str]:
        """A key in two parts; only the first is searched for."""
        whole = Canaries().plant("two messages", "groq")
        first, second = whole[: len(whole) // 2], whole[len(whole) // 2 :]
        self.canaries.planted.append(Planted("two messages", first, len(SHAPES["groq"][0])))
        return first, second

    def file(self) -> Upload:
        """In its name and in a cell, short enough to be a value that is often there."""
        cell = self.canaries.plant("cell", "github")
        self.canaries.allow("cell", is_data)
        name = self.canaries.plant("file name", "kaggle")
        names, rest = messages().content.split(b"\n", 1)
        first = f"chat,my token is {cell} friend\nclaim,{cell}\n".encode()
        return Upload(f"{name}.csv", names + b"\n" + first + rest)


def takes_turns(name: str, brain: Brain) -> Scripted:
    """All but the last fail at the words of a person, so that the next one is asked as well."""

    def say(asked: Asked) -> Reply:
        fails = prompt_of(asked) in {"intake_manager", "intent_parser"}
        return Fails(503) if fails and name != "ollama" else brain(asked)

    return say


@pytest.fixture
def llm() -> Iterator[FakeProviders]:
    brain = Brain()
    brain.will("codegen", says_json(changing(LAST, LOUD + LAST)))
    with FakeProviders() as llm:
        for one in llm.all:
            one.otherwise = takes_turns(one.name, brain)
        yield llm


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def trained(
    llm: FakeProviders, canaries: Canaries, folder: Path, environments: Path, **settings: str
) -> list[str]:
    """A whole job, with secrets in all that its person says; where any was found."""
    own, master = llm.openai.new_key(), canaries.plant("master", "master")
    given = {**llm.settings, **llm.keys(*FOUR), "MLTRAINER_SHARE": "samples", **settings}
    given |= {"MLTRAINER_MASTER_KEYS": master}
    with (
        FakeSlack() as slack,
        Served(slack, folder, environments, MLTRAINER_APPROVAL="always", **given) as bot,
    ):
        told = Told(slack.person("ann"), canaries, master)
        connect(told.ann, openai.ACCOUNT, own)
        said = told.ann.mention("C1", told.first_words())
        wait_for_card(told.ann, said, "waiting for your answer", ASK_SECONDS)
        for number, answer in enumerate((told.answer(), f"and ends with {told.halves[1]}"), 2):
            told.ann.mention("C1", answer, thread=said)
            wait_until_asked(told.ann, said, number)
        told.ann.mention("C1", "here they are", thread=said, files=[told.file()])
        told.ann.click(wait_for_card(told.ann, said, "waiting for your yes"), "Approve")
        job = job_id_of(wait_for_card(told.ann, said, ": done"))
        log = bot.run("log", job).stdout + bot.run("status", job, "--json").stdout
        printed = {"prints": bot.printed(), "log": log}
        keys = {**{name: llm[name].key for name in FOUR}, "own": own}
        found = [
            f"the key {name} in {where}"
            for name, key in keys.items()
            for where, text in printed.items()
            if key in text
        ]
        found += canaries.found_below(folder, "home")
        assert bot.stop() == 0
        printed |= {"what Slack was sent": slack.everything_sent()}
    for asked in [asked for one in llm.all for asked in one.everything]:
        printed[f"a request to {asked.provider}"] = asked.everything
        headers = "\n".join(asked.headers.values())
        mine = {
            key for name, key in keys.items() if name.replace("own", "openai") == asked.provider
        }
        found += [
            f"a key in a body to {asked.provider}" for key in keys.values() if key in asked.raw
        ]
        found += [
            f"a strange key at {asked.provider}"
            for key in keys.values()
            if key not in mine and key in headers + asked.path
        ]
        found += canaries.found_in(f"a request to {asked.provider}", asked.everything.encode())
    for where, text in printed.items():
        found += canaries.found_in(where, text.encode())
    return sorted(set(found))


def wait_until_asked(ann: Person, said: Seen, times: int) -> None:
    """Wait until the question about the data was asked so many times."""

    def is_asked() -> bool | None:
        questions = [one for one in ann.thread(said) if "I need your answer" in one]
        return len(questions) >= times or None

    ann.wait_until(is_asked, f"{times} questions", ASK_SECONDS)


def test_no_secret_reaches_any_provider_event_log_or_row(
    llm: FakeProviders, canaries: Canaries, tmp_path: Path, environments: Path
) -> None:
    assert trained(llm, canaries, tmp_path, environments) == []

    assert len(canaries.planted) == 14
    assert {one.provider for one in llm.asked} == {*FOUR, "ollama"}
    asked = {name: [one for one in llm.asked if prompt_of(one) == name] for name in PROMPTS}
    assert {name for name, ones in asked.items() if not ones} == UNASKED
    for name in ("monitor", "codegen"):
        assert any(LOST in one.text for one in asked[name])
    assert any("Sample rows" in one.text for one in llm.asked)
    assert any("[secret: github]" in one.text for one in llm.asked)
    for one in llm.all:
        assert any("My Hugging Face token is" in asked.text for asked in one.asked)
        assert any("and ends with" in asked.text for asked in one.asked)


@pytest.mark.lab
def test_with_the_guard_switched_off_the_same_search_finds(
    llm: FakeProviders, canaries: Canaries, tmp_path: Path, environments: Path
) -> None:
    house = plugged(tmp_path / "house")
    wiring = house / "bot" / "wiring.py"
    text = wiring.read_text("utf-8")
    assert GUARD in text
    wiring.write_text(text.replace(GUARD, "models=models"), "utf-8")

    found = trained(llm, canaries, tmp_path, environments, PYTHONPATH=str(house))

    assert "cell in a request to ollama" in found
