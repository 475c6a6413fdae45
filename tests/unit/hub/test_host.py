"""Models at the Hub: what is published and fetched, for whom, and what each trouble leaves."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.hosts.huggingface import HubHost, adapter
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.jobs import Actor
from pipeline.ports.host import Published, Terms
from tests.fakes.hub import Repo
from tests.fakes.hub.faults import Trouble
from tests.fakes.jobs import ANN, BEN
from tests.unit.hub.conftest import JOB, People

pytestmark = pytest.mark.anyio
NO_SPACE = Terms(name="mails", space=False)
WITH_SPACE = Terms(name="mails")


def host(people: People) -> HubHost:
    return HubHost(people.vault, people.hub.url, people.hub.spaces_url, 0.01, 1.0)


async def publish(
    people: People, folder: Path, terms: Terms = NO_SPACE, *, owner: Actor = ANN, job: str = JOB
) -> Published:
    return await host(people).publish(folder, job, owner, terms=terms)


async def refusal(
    people: People, folder: Path, terms: Terms = NO_SPACE, *, owner: Actor = ANN
) -> MLTrainerError:
    with pytest.raises(MLTrainerError) as error:
        await publish(people, folder, terms, owner=owner)
    assert "hf_" not in f"{error.value.message} {error.value.hint}".replace("hf_repo", "")
    return error.value


def names(files: dict[str, object]) -> Sequence[str]:
    return sorted(name for name in files if name != ".gitattributes")


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


async def test_a_model_is_published_whole_in_one_commit_and_nobody_else_sees_it(
    people: People, folder: Path
) -> None:
    await people.both()
    published = await publish(people, folder)
    repo = people.hub.models["ann/mails"]
    assert published.url == f"{people.hub.url}/ann/mails"
    assert published.revision == repo.commits[-1].sha
    assert [one.title for one in repo.commits] == ["initial commit", f"Publish {JOB}"]
    assert repo.private
    assert names(dict(repo.files)) == sorted(digests(folder))
    assert {one.partition(" ")[2] for one in people.hub.tokens} == {people.ann}


async def test_the_card_tells_the_hub_the_task_and_the_measured_result(
    people: People, folder: Path
) -> None:
    await people.both()
    await publish(people, folder)
    card = people.hub.models["ann/mails"].front_matter
    assert card["pipeline_tag"] == "text-classification"
    assert card["tags"] == ["mltrainer", "text-classification"]
    (result,) = card["model-index"][0]["results"]
    assert result["metrics"] == [{"type": "macro_f1", "value": 0.93}]
    assert result["dataset"]["name"] == "120 rows held out"


async def test_what_is_fetched_is_exactly_the_published_revision(
    people: People, folder: Path, tmp_path: Path
) -> None:
    await people.both()
    first = await publish(people, folder)
    before = digests(folder)
    (folder / "predict.py").write_text("print(2)\n", "utf-8")
    (folder / "heldout.csv").rename(folder / "heldout2.csv")
    second = await publish(people, folder)
    assert first.revision != second.revision
    assert first.url == second.url
    assert list(people.hub.models) == ["ann/mails"]
    for published, wanted in ((first, before), (second, digests(folder))):
        into = tmp_path / "fetched"
        (into / "old").mkdir(parents=True, exist_ok=True)
        found = digests(await host(people).fetch(published, into, ANN))
        assert {**found, "README.md": ""} == {**wanted, "README.md": ""}


async def test_publishing_the_same_again_changes_nothing(people: People, folder: Path) -> None:
    await people.both()
    first = await publish(people, folder)
    sent = len(people.hub.heard("PUT", "/_large"))
    assert await publish(people, folder) == first
    assert len(people.hub.heard("PUT", "/_large")) == sent


@pytest.mark.parametrize(
    ("terms", "repo", "private"),
    [
        (Terms(space=False), f"ann/mltrainer-{JOB}", True),
        (Terms(name="My mails!", space=False), "ann/My-mails", True),
        (Terms(owner="Acme", name="mails", space=False), "acme/mails", True),
        (Terms(name="acme/mails", private=False, space=False), "acme/mails", False),
    ],
)
async def test_a_model_goes_where_its_person_said(
    people: People, folder: Path, terms: Terms, repo: str, *, private: bool
) -> None:
    await people.both()
    await publish(people, folder, terms)
    assert people.hub.models[repo].private is private


async def test_a_model_may_be_shown_to_all_later(people: People, folder: Path) -> None:
    await people.both()
    await publish(people, folder)
    await publish(people, folder, Terms(name="mails", private=False, space=False))
    assert not people.hub.models["ann/mails"].private


@pytest.mark.parametrize(
    ("owner", "says", "field"),
    [
        ("elsewhere", "account ann does not belong to elsewhere", "deploy.hf_org"),
        ("other", "account ann may only read at other", "deploy.hf_org"),
    ],
)
async def test_a_wrong_namespace_is_named_with_the_right_ones_before_anything_is_made(
    people: People, folder: Path, owner: str, says: str, field: str
) -> None:
    await people.both()
    error = await refusal(people, folder, Terms(owner=owner))
    assert isinstance(error, PersonCanFix)
    assert says in error.message
    assert error.field == field
    assert "ann" in error.options
    assert people.hub.models == {}


async def test_a_token_that_may_not_write_there_says_so_before_anything_is_made(
    people: People, folder: Path
) -> None:
    account = people.hub.account("ann")
    narrow = people.hub.token(account, "fineGrained", {"acme": ("repo.write",)})
    for token in (people.hub.token(account, "read"), narrow):
        await people.connect(ANN, token)
        error = await refusal(people, folder)
        assert isinstance(error, PersonCanFix)
        assert "token may not write to ann" in error.message
        assert error.field == "huggingface"
    await publish(people, folder, Terms(name="acme/mails", space=False))
    assert list(people.hub.models) == ["acme/mails"]


async def test_without_a_token_or_with_a_revoked_one_the_owner_is_asked(
    people: People, folder: Path
) -> None:
    error = await refusal(people, folder)
    assert isinstance(error, PersonCanFix)
    assert error.field == "huggingface"
    await people.both()
    people.hub.revoke(people.ann)
    error = await refusal(people, folder)
    assert "does not accept your token any more" in error.message
    assert people.hub.models == {}


async def test_a_repository_of_something_else_is_left_as_it_is(
    people: People, folder: Path
) -> None:
    await people.both()
    people.hub.models["ann/mails"] = mine = Repo({"README.md": b"# Mine\n"})
    error = await refusal(people, folder)
    assert isinstance(error, PersonCanFix)
    assert "exists already and is not of this job" in error.message
    assert (error.field, error.options) == ("deploy.hf_repo_name", ("mails-2",))
    assert mine.files == {"README.md": b"# Mine\n"}
    await publish(people, folder, Terms(name="mails-2", space=False))
    with pytest.raises(PersonCanFix, match="is not of this job"):
        await publish(people, folder, Terms(name="mails-2", space=False), job="j-other")


async def test_two_people_publish_to_their_own_and_fetch_only_their_own(
    people: People, folder: Path, tmp_path: Path
) -> None:
    await people.both()
    mine = await publish(people, folder)
    theirs = await publish(people, folder, owner=BEN)
    assert (mine.url, theirs.url) == (f"{people.hub.url}/ann/mails", f"{people.hub.url}/ben/mails")
    with pytest.raises(PersonCanFix, match="your account may not see it"):
        await host(people).fetch(mine, tmp_path / "fetched", BEN)


@pytest.mark.parametrize(
    ("method", "path", "trouble"),
    [
        ("GET", "/api/whoami", 429),
        ("POST", "/api/repos/create", 503),
        ("POST", "/preupload/", "hang"),
        ("PUT", "/_large/", "cut"),
        ("POST", "/api/_verify", 500),
        ("POST", "/commit/", 503),
        ("POST", "/commit/", "cut"),
        ("POST", "/commit/", 409),
    ],
)
async def test_what_broke_off_half_way_goes_on_and_is_never_there_twice(
    people: People, folder: Path, method: str, path: str, trouble: Trouble
) -> None:
    await people.both()
    people.hub.fail(method, path, trouble)
    error = await refusal(people, folder)
    assert isinstance(error, TryAgain)
    if "ann/mails" in people.hub.models:
        assert f"{people.hub.url}/ann/mails exists and is empty yet." in error.hint
        assert people.hub.models["ann/mails"].commits[1:] == []
    published = await publish(people, folder)
    assert list(people.hub.models) == ["ann/mails"]
    assert published.revision == people.hub.models["ann/mails"].revision
    sent = len(people.hub.heard("PUT", "/_large"))
    assert sent <= 2


async def test_a_refusal_half_way_names_what_exists_and_keeps_the_version_before(
    people: People, folder: Path
) -> None:
    await people.both()
    first = await publish(people, folder)
    (folder / "predict.py").write_text("print(2)\n", "utf-8")
    people.hub.fail("POST", "/commit/", 403)
    error = await refusal(people, folder)
    assert "has too few rights for the model ann/mails" in error.message
    assert f"{first.url} still holds the version before." in error.hint
    assert people.hub.models["ann/mails"].revision == first.revision


async def test_a_damaged_download_is_not_taken(
    people: People, folder: Path, tmp_path: Path
) -> None:
    await people.both()
    published = await publish(people, folder)
    troubles: tuple[Trouble, ...] = (503, "hang")
    for trouble in troubles:
        people.hub.fail("GET", r"/resolve/.*/model\.safetensors", trouble)
        with pytest.raises(TryAgain):
            await host(people).fetch(published, tmp_path / "fetched", ANN)
    assert (await host(people).fetch(published, tmp_path / "fetched", ANN)).is_dir()


def test_the_shelf_plugs_it_in_by_its_settings(people: People) -> None:
    made = adapter(
        vault=people.vault, hf_endpoint=f"{people.hub.url}/", hf_spaces_url=people.hub.spaces_url
    )
    assert (made.endpoint, made.account) == (people.hub.url, "huggingface")
    settings = {"hf_endpoint": people.hub.url, "hf_spaces_url": people.hub.spaces_url}
    assert adapter(vault=people.vault, retry_scale=0, **settings).pause > 0
