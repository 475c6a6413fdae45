"""The same conversation at a shell, where a job needs an account and a yes."""

from pathlib import Path

import pytest

from tests.stories.chatting import WORDS, messages
from tests.stories.depot import Depot
from tests.stories.plugged import plugged
from tests.stories.shell import Shell, last_object

KEY = "hf_" + "Qz7" * 11 + "Q"


@pytest.fixture
def shell(tmp_path: Path, environments: Path, depot: Depot) -> Shell:
    (tmp_path / "messages.csv").write_bytes(messages().content)
    settings = {"PYTHONPATH": str(plugged(tmp_path / "house")), "PARCEL_URL": depot.url}
    return Shell(tmp_path, environments, **settings)


def test_a_talk_asks_for_a_key_unseen_then_for_a_yes_and_ends_with_the_model(
    shell: Shell, depot: Depot
) -> None:
    asked = f"{WORDS} from messages.csv, and publish it to parcel"
    talk = shell.run(
        typed=f"{asked}\nnot-a-key\n{KEY}\nchange budget_minutes to 3\napprove\nexit\n"
    )

    assert talk.returncode == 0, talk.stderr
    assert "I need your Hugging Face account" in talk.stdout
    assert "Needs your Hugging Face account" in talk.stdout
    assert talk.stdout.index("Hugging Face token") < talk.stdout.index("3 min at the latest")
    assert "Metric" in talk.stdout
    assert KEY not in talk.stdout + talk.stderr
    assert depot.keys == [KEY]


def test_a_vague_request_is_asked_for_and_approved_by_commands(shell: Shell, depot: Depot) -> None:
    connected = shell.run("connect", "huggingface", typed=f"{KEY}\n")
    assert connected.returncode == 0, connected.stderr
    begun = shell.run("run", "make me a model and publish it to parcel", "--json")
    assert begun.returncode == 3
    job = last_object(begun.stdout)["job"]

    answered = shell.run("answer", job, "messages.csv", "--json")
    while "approv" not in answered.stdout and last_object(answered.stdout)["question"]:
        question = last_object(answered.stdout)["question"]
        answered = shell.run("answer", job, question["options"][0], "--json")
    assert answered.returncode == 3
    done = shell.run("answer", job, "approve", "--json")

    assert last_object(done.stdout)["status"] == "done", done.stderr
    assert depot.keys == [KEY]
