"""A model's Space: which hardware it gets, that it runs and answers, and what is said if not."""

from pathlib import Path

import pytest

from pipeline.errors import TryAgain
from pipeline.ports.host import Terms
from tests.fakes.hub import Repo
from tests.unit.hub.conftest import JOB, People
from tests.unit.hub.test_host import WITH_SPACE, publish, refusal

pytestmark = pytest.mark.anyio


def subscriber(people: People) -> str:
    """Pat has a PRO account."""
    return people.hub.token(people.hub.account("pat", pro=True))


async def test_a_subscribers_space_runs_the_recipes_page_and_answers_a_held_out_row(
    people: People, folder: Path
) -> None:
    people.ann = subscriber(people)
    await people.both()
    published = await publish(people, folder, WITH_SPACE)
    space = people.hub.spaces["pat/mails"]
    assert published.space_url == f"{people.hub.url}/spaces/pat/mails"
    assert published.notes == ()
    assert (space.sdk, space.hardware, space.stages) == ("gradio", "cpu-basic", ["RUNNING"])
    assert space.questions == [["you won, again"]]
    assert space.front_matter["app_file"] == "app.py"
    assert space.files["requirements.txt"] == b"gradio==6.31.0\nnumpy==2.4.6\n"
    assert space.front_matter["sdk_version"] == "6.31.0"
    assert {"app.py", "predict.py", "model/model.safetensors"} < set(space.files)
    assert space.private
    assert (space.secrets, space.variables) == ({}, {})
    assert people.ann not in repr(space.files)


async def test_without_a_subscription_it_runs_on_shared_hardware(
    people: People, folder: Path
) -> None:
    await people.both()
    published = await publish(people, folder, WITH_SPACE)
    space = people.hub.spaces["ann/mails"]
    assert (space.sdk, space.hardware, space.stages) == ("gradio", "zero-a10g", ["RUNNING"])
    assert space.front_matter["app_file"] == "zero.py"
    assert b"@spaces.GPU" in bytes(space.files["zero.py"])  # type: ignore[arg-type]  # it is small
    assert published.notes == ()
    assert len(space.questions) == 1


async def test_where_nothing_runs_for_free_a_page_tells_how_to_use_the_model(
    people: People, folder: Path
) -> None:
    people.ann = people.hub.token(people.hub.account("new", days_old=3))
    await people.both()
    published = await publish(people, folder, WITH_SPACE)
    space = people.hub.spaces["new/mails"]
    assert (space.sdk, space.stages, sorted(space.files)) == (
        "static",
        ["RUNNING"],
        [".gitattributes", "README.md", "index.html"],
    )
    page = bytes(space.files["index.html"]).decode()  # type: ignore[arg-type]  # it is small
    assert "hf download new/mails --local-dir model" in page
    assert "Good: &lt;93%&gt;." in page
    (note,) = published.notes
    assert "does not run it" in note
    assert published.space_url == f"{people.hub.url}/spaces/new/mails"


async def test_no_space_is_made_where_none_is_wanted(people: People, folder: Path) -> None:
    await people.both()
    published = await publish(people, folder, Terms(name="mails", space=False))
    assert (published.space_url, people.hub.spaces) == (None, {})


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        (["BUILDING", "BUILD_ERROR"], "does not start (BUILD_ERROR): its log is at http"),
        (["BUILDING", "RUNTIME_ERROR"], "does not start (RUNTIME_ERROR)"),
        (["BUILDING"], "is still being built; look at http"),
    ],
)
async def test_a_space_that_does_not_start_is_told_of_and_the_model_is_there(
    people: People, folder: Path, stages: list[str], says: str
) -> None:
    people.hub.space_stages = stages
    await people.both()
    published = await publish(people, folder, WITH_SPACE)
    (note,) = published.notes
    assert says in note
    assert published.revision == people.hub.models["ann/mails"].revision


async def test_a_page_that_runs_but_does_not_answer_is_told_of(
    people: People, folder: Path
) -> None:
    await people.both()
    await publish(people, folder, WITH_SPACE)

    def broken(given: list[object]) -> list[object]:
        raise ArithmeticError(given)

    people.hub.spaces["ann/mails"].answer = broken
    (note,) = (await publish(people, folder, WITH_SPACE)).notes
    assert "runs but does not answer a question" in note


async def test_a_page_for_pictures_is_shown_a_held_out_one(people: People, folder: Path) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "0001.png").write_bytes(b"GIF89a")
    await people.both()
    await publish(people, folder, WITH_SPACE)
    space = people.hub.spaces["ann/mails"]
    space.box = "Image"
    assert (await publish(people, folder, WITH_SPACE)).notes == ()
    assert space.questions[-1][0]["path"].endswith("/0001.png")


async def test_a_space_of_something_else_is_left_as_it_is(people: People, folder: Path) -> None:
    await people.both()
    people.hub.spaces["ann/mails"] = mine = Repo({"app.py": b"mine"}, sdk="gradio")
    published = await publish(people, folder, WITH_SPACE)
    assert published.space_url is None
    (note,) = published.notes
    assert "exists already and is not of this model" in note
    assert mine.files == {"app.py": b"mine"}


async def test_the_next_version_goes_into_the_same_space(people: People, folder: Path) -> None:
    await people.both()
    await publish(people, folder, WITH_SPACE)
    (folder / "app.py").write_text("def main(): print(2)\n", "utf-8")
    await publish(people, folder, Terms(name="mails", private=False))
    space = people.hub.spaces["ann/mails"]
    assert list(people.hub.spaces) == ["ann/mails"]
    assert space.files["app.py"] == b"def main(): print(2)\n"
    assert [one.title for one in space.commits[1:]] == [f"Publish {JOB}"] * 2
    assert not space.private


async def test_a_space_that_breaks_off_half_way_goes_on_beside_the_finished_model(
    people: People, folder: Path
) -> None:
    await people.both()
    people.hub.fail("POST", "/api/spaces/.*/commit/", 503)
    error = await refusal(people, folder, WITH_SPACE)
    assert isinstance(error, TryAgain)
    assert f"The model is published at {people.hub.url}/ann/mails; its Space" in error.hint
    first = people.hub.models["ann/mails"].revision
    published = await publish(people, folder, WITH_SPACE)
    assert (published.revision, published.notes) == (first, ())
    assert people.hub.spaces["ann/mails"].stages == ["RUNNING"]


async def test_a_token_without_the_right_to_make_spaces_publishes_the_model_alone(
    people: People, folder: Path
) -> None:
    await people.both()
    people.hub.fail("POST", "/api/repos/create", 403, times=3, after=1)
    published = await publish(people, folder, WITH_SPACE)
    assert published.space_url is None
    (note,) = published.notes
    assert note.startswith("There is no Space: Your Hugging Face token has too few rights")
