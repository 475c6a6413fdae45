"""What a person hears of a Hugging Face token or login, and which verdict a stored one gets."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from adapters import hub_login, hub_whose
from adapters.accounts.huggingface import ACCOUNT, HuggingFace, adapter
from adapters.hosts.huggingface import HubHost
from adapters.sanitizer import KeySanitizer
from adapters.stored_keys import StoredKeys
from bot.accounts import credentials
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.account import Verdict
from pipeline.ports.host import Terms
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub
from tests.fakes.hub.faults import Trouble
from tests.fakes.hub.login import Login
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
    values = await service.finish_login(link)
    assert values is not None
    assert values["token"] == people.ann


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


async def logged_in(people: People, monkeypatch: pytest.MonkeyPatch) -> Login:
    """Ann has logged in with a code; whatever is given for hours is over in a while."""
    monkeypatch.setattr(hub_login, "_SOON", timedelta(hours=9))
    service = adapter(hf_endpoint=people.hub.url)
    link = await service.begin_login(NOW)
    assert link is not None
    login = people.hub.logins[link.state]
    login.token = people.ann
    values = await service.finish_login(link)
    assert values is not None
    now = FakeClock().now()
    await credentials.keep(people.vault, service, ANN, values, now=now, know=lambda _: None)
    login.token = people.hub.token(people.hub.account("ann"))
    return login


async def test_a_login_that_is_soon_over_is_renewed_for_whoever_needs_it(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = await logged_in(people, monkeypatch)
    assert [one.expires_at for one in await people.vault.held(ANN)] == [None]
    host = HubHost(people.vault, people.hub.url, people.hub.spaces_url)
    async with anyio.create_task_group() as both:
        for _ in range(2):
            both.start_soon(values_at, host)
    assert login.renewed == 2
    assert (await verdict_of(people)).status == "ok"
    ref = await people.vault.find(ANN, "huggingface")
    assert ref is not None
    kept = json.loads(await people.vault.reveal(ANN, ref, "test"))
    assert (kept["token"], kept["refresh"]) == (login.token, login.refresh)
    assert [one.name for one in await people.vault.held(ANN)] == ["ann"]


async def test_a_login_that_the_hub_has_ended_says_to_log_in_again(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = await logged_in(people, monkeypatch)
    host = HubHost(people.vault, people.hub.url, people.hub.spaces_url)
    people.hub.fail("POST", "/oauth/token", 503)
    with pytest.raises(TryAgain):
        await host.publish(folder, JOB, ANN)
    login.over = True
    with pytest.raises(PersonCanFix, match="Your login at Hugging Face is over") as error:
        await host.publish(folder, JOB, ANN)
    assert error.value.hint == "Log in again (`connect huggingface`), then say “retry”."
    assert error.value.field == "huggingface"
    assert (await verdict_of(people)).status == "invalid"


async def test_a_login_without_a_renewal_says_that_it_is_over(people: People, folder: Path) -> None:
    text = json.dumps({"token": people.ann})
    await people.vault.put(ANN, "huggingface", text, tail="", expires_at=FakeClock().now())
    host = HubHost(people.vault, people.hub.url, people.hub.spaces_url)
    with pytest.raises(PersonCanFix, match="Your Hugging Face login is over") as error:
        await host.publish(folder, JOB, ANN)
    assert "again (`connect huggingface`)" in error.value.hint


def test_the_token_of_a_login_is_taken_out_of_a_text_as_a_whole() -> None:
    token = f"hf_oauth_{'eyJhbGciOi' * 3}.{'eyJzY29wZSI6' * 9}.{'AbC-def_12' * 6}"
    cleaned = KeySanitizer([ACCOUNT]).clean(f"It said {token}.")
    assert cleaned.text == "It said [secret: huggingface]."


async def values_at(host: HubHost) -> None:
    """Somebody begins to work with Ann's account."""
    await host._client(ANN, "publish")
