"""The words of the first session: data on the Hub, training at Kaggle, and the model live.

They are said at a terminal, in Slack and in Discord. In Slack the bot dies while Kaggle trains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.events import ModelProven, PipelineEnded
from tests.fakes.hub import FakeHub, dataset
from tests.fakes.kaggle.fake import FakeKaggle
from tests.stories.chatting import ASK_SECONDS, messages, wait_for_card
from tests.stories.elsewhere import Elsewhere, at_kaggle, events_of, told_of, until
from tests.stories.serving import Served
from tests.stories.shell import Shell
from tests.stories.somebody import Anyone, Seen, Shown
from tests.stories.world import World
from tests.stories.worlds import world_of

SAID = (
    "I want to classify spam SMS messages. Dataset is on HuggingFace at sms_spam. "
    "I'll train on Kaggle."
)
LIVE = "Model live at: "
OFFER = "you won a prize claim cash now"
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Outside:
    """The Hub with data of somebody's, Kaggle, and the keys of Ann's accounts there."""

    hub: FakeHub
    kaggle: Elsewhere
    token: str
    key: tuple[str, str]

    @property
    def settings(self) -> dict[str, str]:
        return {
            **self.kaggle.settings,
            "HF_ENDPOINT": self.hub.url,
            "HF_SPACES_URL": self.hub.spaces_url,
            "MLTRAINER_RETRY_SCALE": "0.05",
        }

    def holds_the_model(self) -> str:
        """The name of the one model that was published, by the one run there was."""
        assert self.kaggle.submitted() == 1
        (name,) = self.hub.models
        assert name.startswith("ann/")
        assert self.hub.models[name].private
        (space,) = self.hub.spaces.values()
        assert space.sdk == "static" or space.questions, "nobody asked the Space"
        return name


@pytest.fixture
def outside(tmp_path: Path, light_python: Path) -> Iterator[Outside]:
    (tmp_path / "kaggle").mkdir()
    with FakeHub() as hub, FakeKaggle(tmp_path / "kaggle") as fake:
        rows = messages().content.replace(b"claim,", b"spam,").replace(b"chat,", b"ham,")
        hub.datasets["somebody/sms_spam"] = dataset({"train.csv": rows})
        kaggle = at_kaggle(fake, light_python)
        name, key = kaggle.keys.split()
        yield Outside(hub, kaggle, hub.token(hub.account("ann")), (name, key))


def test_the_first_session_ends_at_a_terminal_with_a_model_that_is_live(
    tmp_path: Path, environments: Path, outside: Outside
) -> None:
    shell = Shell(tmp_path, environments, **outside.settings)
    talk = shell.run(typed=f"{SAID}\n{outside.kaggle.keys}{outside.token}\napprove\nexit\n")

    assert talk.returncode == 0, talk.stdout + talk.stderr
    assert "the held-out rows stay here" in talk.stdout
    model = outside.holds_the_model()
    assert f"{LIVE}{outside.hub.url}/{model}" in talk.stdout
    assert talk.stdout.index("Proof (Hugging Face)") < talk.stdout.index(LIVE)
    for secret in (outside.token, outside.key[1]):
        assert secret not in talk.stdout + talk.stderr


@pytest.mark.parametrize("where", ["slack-http", "discord"])
def test_the_first_session_ends_in_a_chat_with_a_model_that_is_live(
    where: str, tmp_path: Path, environments: Path, outside: Outside
) -> None:
    with world_of(where, tmp_path, environments, **outside.settings) as world:
        ann = world.person("ann")
        said = ann.mention("C1", SAID)
        connected(world, ann, said, outside)
        plan = wait_for_card(ann, said, "waiting for your yes")
        assert "to Kaggle" in plan
        ann.click(plan, "Approve")
        if where == "slack-http":
            dies_while_it_trains(world.bot, outside.kaggle)
        is_live(world, wait_for_card(ann, said, ": done"), outside)
        assert "spam" in world.predict(ann, said, OFFER).text


def connected(world: World, ann: Anyone, said: Seen, outside: Outside) -> None:
    """Both accounts are asked for, one after the other, and given in a form that Ann alone sees."""
    name, key = outside.key
    asked = {
        "Kaggle": {"Kaggle username": name, "Kaggle key": key},
        "Hugging Face": {"Hugging Face token": outside.token},
    }
    for service, values in asked.items():
        card = wait_for_card(ann, said, f"waiting for your {service} account", ASK_SECONDS)
        assert not ann.fill(world.account_form(ann, card, service), values)


def dies_while_it_trains(bot: Shown, kaggle: Elsewhere) -> None:
    """The bot dies after it has told of the training, and is started again."""
    assert isinstance(bot, Served)
    with kaggle.held():
        until(lambda: told_of(bot.home), "the first words of the training")
        bot.kill()
        bot.restart()


def is_live(world: World, done: Shown, outside: Outside) -> None:
    """The card says where the model is, which was proven there; all was told, and no secret."""
    assert isinstance(world.bot, Served)
    model = outside.holds_the_model()
    assert f"{LIVE}{outside.hub.url}/{model}" in done
    *_, proven, last = (
        one for one in events_of(world.bot.home) if isinstance(one, ModelProven | PipelineEnded)
    )
    assert isinstance(proven, ModelProven)
    assert isinstance(last, PipelineEnded)
    assert proven.where == "Hugging Face"
    assert told_of(world.bot.home) == outside.kaggle.progress()
    for secret in (outside.token, outside.key[1]):
        world.nowhere(secret)
