"""The words of the first session: data on the Hub, training at Kaggle, and the model live."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hub import FakeHub, dataset
from tests.fakes.kaggle.fake import FakeKaggle
from tests.stories.chatting import messages
from tests.stories.shell import Shell, last_object

SAID = (
    "I want to classify spam SMS messages. Dataset is on HuggingFace at sms_notes. "
    "I'll train on Kaggle."
)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        rows = messages().content.replace(b"claim,", b"spam,").replace(b"chat,", b"ham,")
        hub.datasets["somebody/sms_notes"] = dataset({"train.csv": rows})
        yield hub


@pytest.fixture
def kaggle(tmp_path: Path) -> Iterator[FakeKaggle]:
    (tmp_path / "kaggle").mkdir()
    with FakeKaggle(tmp_path / "kaggle") as kaggle:
        yield kaggle


@pytest.fixture
def shell(tmp_path: Path, environments: Path, hub: FakeHub, kaggle: FakeKaggle) -> Iterator[Shell]:
    settings = {
        "HF_ENDPOINT": hub.url,
        "HF_SPACES_URL": hub.spaces_url,
        "KAGGLE_API_URL": kaggle.url,
        "MLTRAINER_RETRY_SCALE": "0.05",
    }
    shell = Shell(tmp_path, environments, **settings)
    yield shell
    shell.end()


@pytest.mark.slow
def test_the_first_session_ends_with_a_model_that_is_live(
    shell: Shell, hub: FakeHub, kaggle: FakeKaggle
) -> None:
    token, own = hub.token(hub.account("ann")), kaggle.world.person("ann")
    key = f"{own.name}\n{own.token}\n"
    talk = shell.run(typed=f"{SAID}\n{key}{token}\napprove\nexit\n")

    assert talk.returncode == 0, talk.stdout + talk.stderr
    assert "Model live at: " in talk.stdout
    (model,) = hub.models
    assert model.startswith("ann/")
    assert hub.models[model].private
    assert len(kaggle.world.calls("SaveKernel")) == 1
    assert "the held-out rows stay here" in talk.stdout
    assert token not in talk.stdout + talk.stderr
    assert own.token not in talk.stdout + talk.stderr
    job = last_object(shell.run("list", "--json").stdout)["jobs"][0]["job"]
    found = last_object(shell.run("status", job, "--json").stdout)
    assert found["status"] == "done"
    assert found["proof"]["loaded"]
    assert model in found["model"]["url"]
    predicted = shell.run("predict", job, "--text", "you won a prize claim cash now")
    assert "spam" in predicted.stdout
