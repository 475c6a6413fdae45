"""The whole job with a language model: the real litellm, each of the five providers' protocols.

Words, a question, a file, a proven model: at a terminal by the server's key, in Slack by people's
own ones. The providers are fakes that speak the real protocols.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.accounts import anthropic, google, groq, openai
from pipeline.ports.account import Account
from tests.fakes.llm import FakeProviders, says_json
from tests.fakes.llm.asked import Prompt
from tests.fakes.people import Upload
from tests.fakes.slack import FakeSlack, Person, Seen
from tests.stories.brains import QUESTION, UNDERSTOOD, Brain, changing
from tests.stories.chatting import ASK_SECONDS, job_id_of, replies, wait_for_card
from tests.stories.serving import Served
from tests.stories.shell import Shell, last_object

FIVE = (
    "anthropic",
    "ollama",
    *(pytest.param(one, marks=pytest.mark.lab) for one in ("openai", "google", "groq")),
)
WORDS = "I want to classify spam SMS messages."
CHANGE = changing("FOLDS = 5", "FOLDS = 4", why="Four parts are enough for so few texts.")


def sms() -> Upload:
    """150 short messages, spam or not, easy to tell apart."""
    spam = [f"spam,you won prize number {n} call now and claim cash {n * 7}" for n in range(60)]
    ham = [f"ham,see you at {n % 12} near the station my friend {n}" for n in range(90)]
    return Upload("sms.csv", "\n".join(["label,message", *spam, *ham, ""]).encode())


@pytest.fixture
def brain() -> Brain:
    brain = Brain()
    brain.will("codegen", says_json(CHANGE))
    return brain


@pytest.fixture
def llm(brain: Brain) -> Iterator[FakeProviders]:
    with FakeProviders() as llm:
        for one in llm.all:
            one.otherwise = brain
        yield llm


@pytest.mark.parametrize("name", FIVE)
def test_a_talk_at_a_terminal_ends_with_a_model_through_each_provider(
    llm: FakeProviders, tmp_path: Path, environments: Path, name: str
) -> None:
    keys = {} if name == "ollama" else llm.keys(name)
    if keys:
        llm.stop("ollama")
    talk, found = talked(tmp_path, environments, **llm.settings, **keys)

    assert f"Agent: {QUESTION}" in talk
    assert_named(talk, name, llm[name].asked[0].model)
    assert UNDERSTOOD in talk
    assert "+FOLDS = 4" in talk
    assert (found["cost"]["llm_usd"] == 0) == (name == "ollama")
    assert {(one.provider, one.key) for one in llm.asked} == {(name, llm[name].key)}
    assert "prize number" not in llm.everything_sent()
    assert all(one.schema is not None for one in prompts(llm))


def test_without_any_provider_the_same_talk_ends_with_a_model(
    llm: FakeProviders, tmp_path: Path, environments: Path
) -> None:
    llm.stop("ollama")
    talk, found = talked(tmp_path, environments, **llm.settings)

    assert "Agent: To begin I need to know" in talk
    assert " asks " not in talk
    assert "rules go on" not in talk
    assert found["cost"]["llm_usd"] == 0
    assert llm.everything_sent() == ""


def assert_named(told: str, name: str, model: str) -> None:
    """The model is named where it is asked, and with its cost where it answers."""
    assert f"intent_parser asks {name} {model}: intent_parser" in told
    heard = rf"intent_parser hears {name} {re.escape(model)}: [\d,]+ tokens, \$(\d\.\d{{4}}), "
    cost = re.search(heard, told)
    assert cost, told
    assert (float(cost[1]) == 0) == (name == "ollama")


def prompts(llm: FakeProviders) -> list[Prompt]:
    return [one.prompt for one in llm.asked]


def talked(folder: Path, environments: Path, **settings: str) -> tuple[str, dict[str, Any]]:
    """The conversation of the transcript: what was printed, and the job as programs read it."""
    (folder / "sms.csv").write_bytes(sms().content)
    shell = Shell(folder, environments, MLTRAINER_RETRY_SCALE="0.01", **settings)
    try:
        talk = shell.run(typed=f"{WORDS}\nsms.csv\nexit\n")
        assert talk.returncode == 0, talk.stderr
        assert "Agent: The model is ready and proven." in talk.stdout, talk.stdout
        job = re.search(r"j-[a-z0-9]{8}", talk.stdout)
        assert job
        found = last_object(shell.run("status", job[0], "--json").stdout)
    finally:
        shell.end()
    assert (found["status"], found["proof"]["loaded"]) == ("done", True)
    assert found["columns"] == {"text": "message", "target": "label"}
    return talk.stdout, found


@pytest.mark.parametrize("with_key", [False, True], ids=["no provider", "a key"])
def test_a_job_in_slack_finds_the_library_loaded_before_ready_or_needs_none(
    llm: FakeProviders, tmp_path: Path, environments: Path, *, with_key: bool
) -> None:
    llm.stop("ollama")
    settings = {**llm.settings, **(llm.keys("groq") if with_key else {})}
    traced = {**settings, "PYTHONPROFILEIMPORTTIME": "1"}
    with FakeSlack() as slack, Served(slack, tmp_path, environments, **traced) as bot:
        at_start = imported(bot.printed())
        card = trained(slack.person("ann"), QUESTION if with_key else "To begin I need to know")
        found = last_object(bot.run("status", job_id_of(card), "--json").stdout)
        log = bot.run("log", job_id_of(card)).stdout
        assert bot.stop() == 0
    assert (found["status"], found["proof"]["loaded"]) == ("done", True)
    assert (" asks groq " in log) == with_key
    assert (llm.everything_sent() != "") == with_key
    assert "pydantic" in at_start
    assert ("litellm" in at_start) == with_key
    assert imported(bot.printed()).issuperset({"litellm"}) == with_key


def trained(person: Person, question: str) -> Seen:
    """The conversation of the transcript in a thread; the card of the job that is done."""
    said = person.mention("C1", WORDS)
    person.wait_for(question, ASK_SECONDS, thread=said)
    person.mention("C1", "here they are", thread=said, files=[sms()])
    return wait_for_card(person, said, ": done")


def imported(trace: str) -> set[str]:
    """The modules in what Python prints of its imports."""
    return set(re.findall(r"^import time:[^|]+\|[^|]+\| +([\w.]+)$", trace, re.MULTILINE))


OWN = {"ann": anthropic.ACCOUNT, "ben": google.ACCOUNT, "cyd": groq.ACCOUNT, "eve": openai.ACCOUNT}


def test_in_slack_everybodys_job_goes_through_their_own_provider(
    llm: FakeProviders, tmp_path: Path, environments: Path
) -> None:
    """Four people with keys of their own, and one whom the server's Ollama answers."""
    keys = {name: llm[account.kind].new_key() for name, account in OWN.items()}
    with FakeSlack() as slack, Served(slack, tmp_path, environments, **llm.settings) as bot:
        people = {name: slack.person(name) for name in (*OWN, "dan")}
        for name, account in OWN.items():
            connect(people[name], account, keys[name])
        asked = {name: one.mention("C1", f"{WORDS} I am {name}.") for name, one in people.items()}
        for name, one in people.items():
            one.wait_for(QUESTION, ASK_SECONDS, thread=asked[name])
            one.mention("C1", "here they are", thread=asked[name], files=[sms()])
        cards = {name: wait_for_card(people[name], asked[name], ": done") for name in people}
        for name, card in cards.items():
            assert any("ready and proven" in one for one in replies(people[name], asked[name]))
            found = last_object(bot.run("status", job_id_of(card), "--json").stdout)
            kind = OWN[name].kind if name in OWN else "ollama"
            assert found["proof"]["loaded"]
            assert (found["cost"]["llm_usd"] == 0) == (kind == "ollama")
            told = bot.run("log", job_id_of(card)).stdout
            assert_named(told, kind, llm[kind].asked[0].model)
            its = [one for one in llm.asked if f"I am {name}." in one.text]
            assert {(one.provider, one.key) for one in its} == {(kind, keys.get(name, ""))}
        assert bot.stop() == 0
    sent = llm.everything_sent()
    for name, key in keys.items():
        assert all(one.key == key for one in llm[OWN[name].kind].everything)
        assert sent.count(key) == len(llm[OWN[name].kind].everything)
        assert key not in slack.everything_sent() + bot.printed()


def connect(person: Person, account: Account, key: str) -> None:
    """Paste a key of one's own, in direct messages."""
    person.dm(f"connect {account.kind}")
    person.click(person.wait_for("Your accounts", ASK_SECONDS), "Paste")
    form = person.wait_for_modal(account.title, ASK_SECONDS)
    assert person.fill(form, {account.fields[0].label: key}) == {}
    person.wait_for("is connected", ASK_SECONDS)
