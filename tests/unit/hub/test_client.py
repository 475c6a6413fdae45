"""The Hub's own library for many people: whose token is sent, and how each trouble is told."""

import asyncio
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from adapters import hub_library
from adapters.hub_client import HubClient, folder_of
from adapters.hub_refusals import Topic
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.hub import FakeHub, Repo, dataset, model
from tests.fakes.hub.faults import Trouble
from tests.unit.hub.conftest import People

pytestmark = pytest.mark.anyio
MAILS = Topic("the data set ann/mails", "https://hub.test/datasets/ann/mails", "data")


async def read(hub: FakeHub, token: str = "", into: Path | None = None) -> str:
    """One file of Ann's data set, or its revision alone."""

    def work(api: HfApi) -> str:
        found = api.dataset_info("ann/mails")
        if into is not None:
            name = "train.parquet"
            api.hf_hub_download("ann/mails", name, repo_type="dataset", local_dir=into)
        return str(found.sha)

    return await HubClient(hub.url, token).ask(work, MAILS, within=20)


async def refusal(hub: FakeHub, token: str = "", into: Path | None = None) -> MLTrainerError:
    with pytest.raises(MLTrainerError) as error:
        await read(hub, token, into)
    every = f"{vars(error.value)} {error.value.__cause__!r} {error.value.__context__!r}"
    assert "hf_" not in every
    return error.value


async def test_only_the_persons_own_token_is_sent_and_nobodys_where_there_is_none(
    people: People,
) -> None:
    people.hub.datasets["ann/mails"] = dataset({})
    await read(people.hub)
    assert people.hub.tokens == []
    await read(people.hub, people.ann)
    await read(people.hub, people.ben)
    assert people.hub.tokens == [f"Bearer {people.ann}", f"Bearer {people.ben}"]
    assert "hf_" not in repr(HubClient(people.hub.url, people.ann))


def test_without_a_token_nothing_is_asked_that_needs_one() -> None:
    for nothing in ("", None):
        with pytest.raises(Bug):
            HubClient.of("http://hub.test", nothing)
    with pytest.raises(PersonCanFix) as error:
        HubClient.of("http://hub.test", "hf_good\nhf_other")
    assert error.value.field == "huggingface"
    assert "hf_" not in str(vars(error.value))


def test_each_person_has_a_folder_of_their_own(tmp_path: Path) -> None:
    assert folder_of(tmp_path, "slack:T1:U1") != folder_of(tmp_path, "slack:T1:U2")


@pytest.mark.parametrize(
    ("trouble", "says", "cure"),
    [
        (
            401,
            "The data set ann/mails is not on Hugging Face, or not everybody may see it",
            "connect",
        ),
        (402, "wants to be paid", "billing"),
        (403, "not everybody may see it", "connect"),
        (409, "is changing", "tried again"),
        (418, "refused", "Look at https://hub.test"),
        (429, "asks to slow down", "tried again"),
        (503, "trouble of its own (503)", "tried again"),
        ("hang", "did not answer in time", "tried again"),
        ("cut", "broke the connection off", "tried again"),
        ("garbage", "does not answer properly", "tried again"),
    ],
)
async def test_each_trouble_is_one_line_with_a_cause_and_one_with_a_cure(
    people: People, trouble: Trouble, says: str, cure: str
) -> None:
    people.hub.datasets["ann/mails"] = dataset({})
    people.hub.fail("GET", "/api/datasets", trouble, headers={"Retry-After": "9"})
    error = await refusal(people.hub)
    assert says in error.message
    assert cure in error.hint
    assert "\n" not in error.message + error.hint
    if trouble == 429:
        assert isinstance(error, TryAgain)
        assert error.after is not None
        assert error.after.total_seconds() == 9


async def test_the_limit_that_the_hub_names_is_waited_for(people: People) -> None:
    people.hub.fail("GET", "/api", 429, headers={"RateLimit": '"api";r=0;t=55'})
    error = await refusal(people.hub, people.ann)
    assert isinstance(error, TryAgain)
    assert error.after is not None
    assert error.after.total_seconds() == 55


@pytest.mark.parametrize(
    ("kept", "says", "cure"),
    [
        (
            None,
            "The data set ann/mails is not on Hugging Face",
            "Check the name at https://hub.test",
        ),
        (Repo({}, private=True), "your account may not see it", "Check the name"),
        (Repo({}, disabled=True), "has taken", "Take another one"),
    ],
)
async def test_what_a_person_may_not_see_is_told_alike(
    people: People, kept: Repo | None, says: str, cure: str
) -> None:
    if kept is not None:
        people.hub.datasets["ann/mails"] = kept
    error = await refusal(people.hub, people.ben)
    assert isinstance(error, PersonCanFix)
    assert says in error.message
    assert cure in error.hint
    assert error.field == "data"


async def test_a_token_that_was_revoked_asks_for_a_new_one(people: People) -> None:
    people.hub.revoke(people.ann)
    error = await refusal(people.hub, people.ann)
    assert isinstance(error, PersonCanFix)
    assert error.field == "huggingface"
    assert "does not accept your token any more" in error.message


async def test_a_gated_file_names_the_page_with_its_terms(people: People, tmp_path: Path) -> None:
    people.hub.datasets["ann/mails"] = gated = dataset({"train.parquet": b"PAR1"})
    gated.gated = True
    for token, cure in (("", "connect your account"), (people.ben, "agree at https://hub.test")):
        error = await refusal(people.hub, token, tmp_path)
        assert "given only to those who agree to its terms" in error.message
        assert cure in error.hint
    gated.allowed.add("ben")
    await read(people.hub, people.ben, tmp_path)
    assert (tmp_path / "train.parquet").read_bytes() == b"PAR1"


async def test_a_download_that_breaks_off_goes_on_where_it_was(
    people: People, tmp_path: Path
) -> None:
    content = bytes(24_000_000)  # the library keeps pieces of 10 MB
    people.hub.datasets["ann/mails"] = mails = dataset({"train.parquet": content})
    people.hub.fail("GET", "/resolve/", "cut")
    await read(people.hub, "", tmp_path)
    assert (tmp_path / "train.parquet").read_bytes() == content
    begins = [int(one.rpartition(" ")[2]) for one in mails.asked]
    assert begins[0] == 0
    assert begins[-1] > 0


async def test_what_nobody_waits_for_any_more_ends(people: People, tmp_path: Path) -> None:
    people.hub.models["ann/large"] = large = model(model__safetensors=bytes(40_000_000))
    seen: list[BaseException] = []

    def work(api: HfApi) -> None:
        try:
            for _ in range(1000):
                api.hf_hub_download(
                    "ann/large", "model.safetensors", local_dir=tmp_path, force_download=True
                )
        except hub_library.Abandoned as over:
            seen.append(over)
            raise

    with pytest.raises(TryAgain, match="longer than 1 seconds over"):
        await HubClient(people.hub.url).ask(work, MAILS, within=0.6)
    for _ in range(100):
        if seen:
            break
        await asyncio.sleep(0.1)
    assert len(seen) == 1
    assert large.asked


async def test_a_hub_that_is_not_there_is_said_to_be_out_of_reach(people: People) -> None:
    people.hub.stop_listening()
    error = await refusal(people.hub, people.ann)
    assert isinstance(error, TryAgain)
    assert error.message == "Hugging Face cannot be reached."
