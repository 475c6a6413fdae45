"""What a person hears of a Hugging Face token or login, and which verdict a stored one gets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters import hub_whose
from adapters.accounts.huggingface import ACCOUNT, HuggingFace, adapter
from adapters.hosts.huggingface import HubHost
from adapters.stored_keys import StoredKeys
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.account import Verdict
from pipeline.ports.host import Terms
from tests.fakes.hub import FakeHub
from tests.fakes.hub.faults import Trouble
from tests.fakes.jobs import ANN
from tests.unit.hub.conftest import JOB, People

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 27, tzinfo=UTC)
FINE = {"ann": ("repo.write", "repo.content.read")}


async def told(hub: FakeHub, token: str) -> MLTrainerError:
    with pytest.raises(MLTrainerError) as error:
        await adapter(hf_endpoint=f"{hub.url}/").check({"token": token})
    assert token not in str(vars(error.value))
    return error.value


async def test_a_token_that_may_publish_is_whose_it_is(hub: FakeHub) -> None:
    ann = hub.account("ann")
    for token in (hub.token(ann), hub.token(ann, "fineGrained", FINE)):
        checked = await adapter(hf_endpoint=hub.url).check({"token": f" {token}\n"})
        assert checked is not None
        assert checked.name == "ann"


async def test_a_token_that_only_reads_says_whose_it_is_and_what_to_make(hub: FakeHub) -> None:
    ann = hub.account("ann")
    narrow = {"ann/one": ("repo.write",), "ann": ("repo.content.read",)}
    for token in (hub.token(ann, "read"), hub.token(ann, "fineGrained", narrow)):
        error = await told(hub, token)
        assert "belongs to ann, but may not publish" in error.message
        assert "Make one that may write at https://" in error.hint


async def test_whose_token_it_is_is_asked_once_in_a_while_and_anew_after_a_refusal(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.both()
    assert (await verdict_of(people)).status == "ok"
    host = HubHost(people.vault, people.hub.url, people.hub.spaces_url, 0.01, 1.0)
    await host.publish(folder, JOB, ANN, terms=Terms(name="mails", space=False))
    assert (await verdict_of(people)).status == "ok"
    assert questions(people.hub) == 1
    people.hub.fail("POST", "/commit/", 401)
    with pytest.raises(PersonCanFix, match="does not accept your token"):
        await host.publish(folder, JOB, ANN, terms=Terms(name="more", space=False))
    with pytest.raises(PersonCanFix, match="does not belong to"):
        await host.publish(folder, JOB, ANN, terms=Terms(name="strangers/mails", space=False))
    assert (await verdict_of(people)).status == "ok"
    assert questions(people.hub) == 3
    monkeypatch.setattr(hub_whose, "SECONDS", 0.0)
    assert (await verdict_of(people)).status == "ok"
    assert questions(people.hub) == 4


def questions(hub: FakeHub) -> int:
    return sum("/whoami" in one.path for one in hub.requests)


async def test_a_wrong_token_and_one_with_a_line_end_are_refused(hub: FakeHub) -> None:
    assert "is not accepted" in (await told(hub, "hf_wrong")).message
    asked = len(hub.requests)
    assert "is no token" in (await told(hub, "hf_good\nhf_other")).message
    assert len(hub.requests) == asked


@pytest.mark.parametrize(
    ("trouble", "status", "says"),
    [
        (401, "invalid", "make a new one"),
        (429, "rate_limited", "slow down"),
        (503, "server", "trouble of its own (503)"),
        ("garbage", "network", "does not answer properly"),
        ("hang", "network", "does not answer in time"),
        ("cut", "network", "does not answer at its address"),
    ],
)
async def test_a_verdict_on_a_stored_token_has_its_cure(
    people: People, trouble: Trouble, status: str, says: str
) -> None:
    await people.both()
    people.hub.fail("GET", "/whoami", trouble, headers={"Retry-After": "7"})
    verdict = await verdict_of(people)
    assert verdict.status == status
    assert says in verdict.detail
    assert people.ann not in verdict.detail


async def test_a_stored_token_that_only_reads_is_forbidden_and_a_dead_hub_is_no_verdict(
    people: People,
) -> None:
    await people.connect(ANN, people.hub.token(people.hub.account("ann"), "read"))
    assert (await verdict_of(people)).status == "forbidden"
    people.hub.stop_listening()
    assert (await verdict_of(people)).status == "network"


async def verdict_of(people: People) -> Verdict:
    ref = await people.vault.find(ANN, "huggingface")
    assert ref is not None
    service = HuggingFace(ACCOUNT, people.hub.url, seconds=1.0)
    return await StoredKeys(people.vault, {"huggingface": service}).check(ANN, ref)


async def test_a_login_with_a_code_gives_a_token_once_the_person_said_yes(people: People) -> None:
    service = adapter(hf_endpoint=people.hub.url)
    link = await service.begin_login(NOW)
    assert link is not None
    assert link.url.startswith(people.hub.url)
    assert link.expires_at == NOW + timedelta(seconds=900)
    assert await service.finish_login(link) is None
    login = people.hub.logins[link.state]
    assert login.user_code == link.code
    login.token = people.ann
    assert await service.finish_login(link) == {"token": people.ann}


async def test_a_login_that_was_refused_or_is_over_says_what_else_to_do(people: People) -> None:
    service = adapter(hf_endpoint=people.hub.url)
    link = await service.begin_login(NOW)
    assert link is not None
    people.hub.fail("POST", "/oauth/token", 503)
    with pytest.raises(TryAgain):
        await service.finish_login(link)
    people.hub.logins[link.state].denied = True
    with pytest.raises(PersonCanFix, match="was refused") as error:
        await service.finish_login(link)
    assert error.value.hint == "Begin anew, or paste a token."
