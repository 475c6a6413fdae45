"""Which model is trained follows from the hardware, the time, and what can be had."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline import transitions
from pipeline.artifacts import Architecture
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain, UnknownName
from pipeline.jobs import Place, Stage
from pipeline.outcomes import Ask
from pipeline.planning import plan_lines
from pipeline.readiness import apply_reply
from tests.fakes.weights import FakeWeights
from tests.unit.agents.made import AGE, LEFT, Copying, Table, table
from tests.unit.orchestrator.scripted import Clock
from tests.unit.weights.conftest import GRAND, HUNGRY, PAIRED, PLAIN, SCRATCH, SLOW, STRICT

pytestmark = pytest.mark.anyio
AWAY = TryAgain("https://hub.test cannot be reached.", "Check the network.")
OPEN: dict[str, str | MLTrainerError] = {"big/grand": "apache-2.0", "big/slow": "mit"}
NEEDY = pytest.mark.parametrize("menu", [(GRAND, SCRATCH)])


class Machine(Copying):
    """A workbench with this many GPUs."""

    def __init__(self, gpus: int) -> None:
        self.gpus = gpus


def job(
    home: Path,
    sorting: str,
    *,
    gpus: int = 0,
    there: dict[str, str | MLTrainerError] | None = None,
    platform: str = "terminal",
    said: Mapping[str, JsonValue] | None = None,
) -> tuple[Table, FakeWeights]:
    settings: dict[str, JsonValue] = {"task_type": sorting, **(said or {})}
    made = table(home, "who has left?", AGE, LEFT, settings=settings)
    place = Place(platform=platform, space="s", channel="c")
    made.context = made.context.evolve(thread=place)
    weights = FakeWeights(home, there or {})
    made.ports_are = {"weights": weights}
    made.workbench = Machine(gpus)
    return made, weights


async def chosen(made: Table) -> Architecture:
    await made.through(Stage.ARCHITECTURE)
    assert made.context.architecture is not None
    return made.context.architecture


async def refused(made: Table) -> PersonCanFix:
    with pytest.raises(PersonCanFix) as error:
        await made.through(Stage.ARCHITECTURE)
    assert error.value.field == "architecture.backbone"
    return error.value


async def replied(made: Table, error: PersonCanFix, reply: str) -> JobContext:
    """The job after it waited for what the error asks, and was told."""
    waits = transitions.waits_for(made.context, error, Clock().now())
    made.context = apply_reply(waits.context, reply)
    return made.context


async def test_without_a_gpu_it_is_what_a_cpu_can_train_and_nobody_is_asked(
    tmp_path: Path, sorting: str
) -> None:
    made, weights = job(tmp_path, sorting, there=OPEN)
    assert (await chosen(made)).backbone == "plain"
    assert weights.looked_for == []
    [told] = made.warned
    assert told.startswith("There is no GPU here, so it is a model that a CPU can train. With one,")
    assert told.endswith("or with backbone=grand, it would be the grand model.")


async def test_with_a_gpu_it_is_the_first_of_the_menu_with_its_weights(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, gpus=1, there=OPEN)
    found = await chosen(made)
    assert (found.backbone, found.requirements) == ("grand", ("torch==2.13.0",))
    assert (found.source, found.license, found.revision) == ("big/grand", "apache-2.0", "a1b2c3")
    assert found.weights == str(tmp_path / "weights" / "big--grand")
    assert made.warned == ["Fetching the weights of big/grand (1 MB, licence apache-2.0)"]
    told = "Weights: big/grand, revision a1b2c3, licence apache-2.0"
    assert told in plan_lines(made.context)


@pytest.mark.parametrize("menu", [(SLOW, GRAND, PLAIN)])
@pytest.mark.parametrize(("minutes", "name"), [(1, "grand"), (20, "slow")])
async def test_what_needs_more_time_than_there_is_is_left_out(
    tmp_path: Path, sorting: str, minutes: float, name: str
) -> None:
    made, _ = job(tmp_path, sorting, gpus=1, there=OPEN, said={"budget_minutes": minutes})
    assert (await chosen(made)).backbone == name


@pytest.mark.parametrize("menu", [(HUNGRY, PLAIN)])
@pytest.mark.parametrize("said", [{}, {"backbone": "hungry"}, {"backbone": "ann/tiny"}])
async def test_of_too_few_rows_for_a_network_none_is_fetched(
    tmp_path: Path, sorting: str, said: dict[str, JsonValue]
) -> None:
    there: dict[str, str | MLTrainerError] = {"big/hungry": "mit", "ann/tiny": "mit"}
    made, weights = job(tmp_path, sorting, gpus=1, there=there, said=said)
    assert (await chosen(made)).backbone == "plain"
    assert weights.looked_for == []
    told = [
        line for line in made.warned if "learns from 300 rows or more, and here are 100" in line
    ]
    assert len(told) == len(said)


@pytest.mark.parametrize("menu", [(HUNGRY, PLAIN)])
async def test_a_network_for_more_rows_is_not_what_a_gpu_would_bring(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting)
    assert (await chosen(made)).backbone == "plain"
    assert made.warned == []


@pytest.mark.parametrize("menu", [(PAIRED, SCRATCH)])
async def test_of_models_for_pairs_of_languages_it_is_the_one_for_these(
    tmp_path: Path, sorting: str
) -> None:
    made, weights = job(tmp_path, sorting, there={"big/en": "mit"})
    await made.through(Stage.CONFIG)
    assert "language of the target texts was not" in (await refused(made)).message
    report = made.report
    left = LEFT.model_copy(update={"language": "en"})
    made.context = made.context.with_artifact(report.model_copy(update={"columns": (AGE, left)}))
    await made.run(Stage.ARCHITECTURE)
    assert weights.looked_for == ["big/en"]


async def test_what_cannot_be_reached_gives_way_to_the_next_in_one_line(
    tmp_path: Path, sorting: str
) -> None:
    made, weights = job(tmp_path, sorting, gpus=1, there={"big/grand": AWAY})
    assert (await chosen(made)).backbone == "plain"
    assert weights.looked_for == ["big/grand"]  # without a network nothing more is asked for
    [told] = made.warned
    assert told.startswith(
        "the grand model cannot be had here (https://hub.test cannot be reached)"
    )
    assert told.endswith(", so it is the plain model.")


async def test_a_download_that_breaks_off_gives_way_as_well(tmp_path: Path, sorting: str) -> None:
    made, weights = job(tmp_path, sorting, gpus=1, there=OPEN)
    weights.cut_off = TryAgain("It was cut off.")
    assert (await chosen(made)).backbone == "plain"


@NEEDY
async def test_a_task_that_needs_weights_waits_and_says_what_can_be_done(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, there={"big/grand": AWAY})
    error = await refused(made)
    assert error.message == (
        "The weights of grand cannot be had here: https://hub.test cannot be reached."
    )
    assert "change backbone to OWNER/NAME" in error.hint
    assert "a folder with one (change backbone to PATH)" in error.hint
    assert "“scratch”: the scratch model (scratch is good)" in error.hint
    assert error.options == ("try again", "scratch")


@NEEDY
async def test_it_goes_on_once_the_network_is_there(tmp_path: Path, sorting: str) -> None:
    made, weights = job(tmp_path, sorting, there={"big/grand": AWAY})
    context = await replied(made, await refused(made), "1")
    assert context.waiting is None
    assert "architecture.backbone" not in context.request.settings
    weights.there = OPEN
    assert (await chosen(made)).backbone == "grand"
    assert "learns slowly" in made.warned[-1]


@NEEDY
async def test_from_nothing_only_when_the_person_says_so(tmp_path: Path, sorting: str) -> None:
    made, _ = job(tmp_path, sorting, there={"big/grand": AWAY})
    await replied(made, await refused(made), "scratch")
    found = await chosen(made)
    assert (found.backbone, found.weights) == ("scratch", None)


async def test_from_scratch_said_in_passing_counts(tmp_path: Path, sorting: str) -> None:
    made, weights = job(
        tmp_path, sorting, gpus=1, there=OPEN, said={"architecture.pretrained": False}
    )
    assert (await chosen(made)).backbone == "scratch"
    assert (weights.looked_for, made.warned) == ([], [])


@NEEDY
async def test_a_folder_is_taken_in_the_terminal_and_told_by_its_name_alone(
    tmp_path: Path, sorting: str
) -> None:
    mine = tmp_path / "private" / "mine"
    mine.mkdir(parents=True)
    made, _ = job(tmp_path, sorting)
    await replied(made, await refused(made), f"change backbone to {mine}")
    found = await chosen(made)
    assert (found.backbone, found.requirements) == ("local/mine", ("torch==2.13.0",))
    assert str(mine) not in found.model_dump_json()


@pytest.mark.parametrize("path", ["/etc/models/x", "~/x", "./x", "../x", "a/b/c", "a\\b"])
async def test_a_path_typed_in_a_chat_is_never_looked_at(
    tmp_path: Path, sorting: str, path: str
) -> None:
    made, weights = job(tmp_path, sorting, platform="slack", said={"backbone": path})
    error = await refused(made)
    assert "a path typed in a chat" in error.message
    assert "PATH" not in error.hint
    assert weights.looked_for == []


async def test_a_chat_reads_no_folder_of_this_machine_by_an_innocent_name(
    tmp_path: Path, sorting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ann" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    made, weights = job(tmp_path, sorting, platform="discord", said={"backbone": "ann/tiny"})
    assert "There is no model ann/tiny" in (await refused(made)).message
    assert weights.looked_for == ["ann/tiny"]


async def test_another_model_of_the_hub_is_fetched_and_trained_alike(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(
        tmp_path,
        sorting,
        there={"ann/tiny": "mit"},
        platform="slack",
        said={"backbone": "ann/tiny"},
    )
    found = await chosen(made)
    assert (found.backbone, found.source, found.why) == ("ann/tiny", "ann/tiny", "you asked for it")


@pytest.mark.parametrize("name", ["grand", "BIG/Grand", "the big one"])
async def test_a_model_of_the_menu_is_known_by_all_its_names(
    tmp_path: Path, sorting: str, name: str
) -> None:
    made, _ = job(tmp_path, sorting, there=OPEN, said={"backbone": name})
    assert (await chosen(made)).backbone == "grand"
    assert "learns slowly, and stops after 100 s" in made.warned[-1]


async def test_what_the_person_asked_for_is_not_replaced(tmp_path: Path, sorting: str) -> None:
    made, _ = job(tmp_path, sorting, there={"big/grand": AWAY}, said={"backbone": "grand"})
    error = await refused(made)
    assert error.options == ("try again", "plain", "scratch")


async def test_a_name_that_the_hub_does_not_know_is_answered_with_the_whole_menu(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, said={"backbone": "grandd"})
    error = await refused(made)
    assert error.options == ("try again", "grand", "slow", "strict", "plain", "scratch")


async def test_words_that_name_no_model_of_the_hub_are_unknown(
    tmp_path: Path, sorting: str
) -> None:
    made, weights = job(tmp_path, sorting, said={"backbone": "random forest"})
    with pytest.raises(UnknownName, match="Unknown backbone 'random forest'"):
        await made.through(Stage.ARCHITECTURE)
    assert weights.looked_for == []


@pytest.mark.parametrize("menu", [(PLAIN, SCRATCH)])
async def test_where_no_model_has_weights_a_strange_name_is_unknown(
    tmp_path: Path, sorting: str
) -> None:
    made, weights = job(tmp_path, sorting, said={"backbone": "ann/tiny"})
    with pytest.raises(UnknownName, match="Unknown backbone 'ann/tiny'"):
        await made.through(Stage.ARCHITECTURE)
    assert weights.looked_for == []


@pytest.mark.parametrize("menu", [(STRICT, SCRATCH)])
async def test_terms_that_keep_people_from_something_need_a_yes(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, gpus=1, there={"big/strict": "cc-by-nc-4.0"})
    asked = await made.through(Stage.ARCHITECTURE)
    assert isinstance(asked, Ask)
    assert asked.question == (
        "The weights of big/strict come under the licence cc-by-nc-4.0, which does not allow "
        "commercial use. May they be used for what you have in mind?"
    )
    assert (asked.field, asked.options) == ("license", ("yes", "scratch"))
    waits = transitions.followed(made.context, Stage.ARCHITECTURE, asked, Clock().now())
    with pytest.raises(PersonCanFix, match="another model is needed"):
        apply_reply(waits.context, "no")
    made.context = apply_reply(waits.context, "Yes, please!")
    found = await chosen(made)
    assert (found.backbone, found.license) == ("strict", "cc-by-nc-4.0")
    made.context = apply_reply(waits.context, "2")
    assert (await chosen(made)).backbone == "scratch"


async def test_a_yes_to_one_model_is_none_to_another(tmp_path: Path, sorting: str) -> None:
    there: dict[str, str | MLTrainerError] = {"ann/one": "llama3.2", "ann/two": "gemma"}
    made, _ = job(tmp_path, sorting, there=there, said={"backbone": "ann/one"})
    asked = await made.through(Stage.ARCHITECTURE)
    assert isinstance(asked, Ask)
    assert "licence llama3.2, which has terms of its own" in asked.question
    waits = transitions.followed(made.context, Stage.ARCHITECTURE, asked, Clock().now())
    made.context = apply_reply(waits.context, "ann/two")
    again = await made.through(Stage.ARCHITECTURE)
    assert isinstance(again, Ask)
    assert "ann/two" in again.question


async def test_nobody_is_asked_for_terms_where_a_free_model_will_do(
    tmp_path: Path, sorting: str
) -> None:
    there: dict[str, str | MLTrainerError] = {"big/strict": "cc-by-nc-4.0"}
    made, weights = job(tmp_path, sorting, gpus=1, there=there)
    assert (await chosen(made)).backbone == "plain"
    assert "big/strict" not in weights.looked_for


async def test_settings_of_networks_reach_the_training_by_their_last_name(
    tmp_path: Path, sorting: str
) -> None:
    wishes: dict[str, JsonValue] = {
        "epochs": 3,
        "peft.lora_r": 8,
        "peft.lora_alpha": 4,
        "precision.fp16": True,
        "architecture.freeze_backbone": True,
    }
    made, _ = job(tmp_path, sorting, gpus=1, there=OPEN, said=wishes)
    assert (await chosen(made)).backbone == "grand"
    assert made.context.config is not None
    settings = {"epochs": 3, "lora_r": 8, "fp16": True, "freeze_backbone": True}
    assert made.context.config.hyperparameters == settings
    assert made.context.config.notes == (
        "peft.lora_alpha has no meaning for sorting here and is not used",
    )


async def test_a_setting_out_of_its_range_is_asked_for_by_its_own_name(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, said={"lora_r": 99})
    with pytest.raises(PersonCanFix, match="lora_r cannot be 99") as error:
        await made.through(Stage.CONFIG)
    assert error.value.field == "peft.lora_r"


async def test_settings_of_networks_are_said_where_none_is_trained(
    tmp_path: Path, sorting: str
) -> None:
    made, _ = job(tmp_path, sorting, said={"epochs": 3, "peft.lora_r": 8})
    await chosen(made)
    assert made.warned[-1] == "epochs, lora_r are settings of networks, and plain is none: not used"
