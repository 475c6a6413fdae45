"""A token of Modal's: whose it is, what is wrong with it, and a login that gives one."""

import json
import traceback
from datetime import UTC, datetime

import pytest
from grpclib import Status

from adapters.accounts.modal import ACCOUNT, Modal
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN, BEN_TOKEN
from tests.unit.modal.conftest import values

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 26, tzinfo=UTC)
SECRET = ANN_TOKEN[1]


def service(modal: FakeModal, seconds: float = 8) -> Modal:
    return Modal(ACCOUNT, modal.url, seconds)


async def test_a_good_token_names_its_workspace(
    modal: FakeModal, capfd: pytest.CaptureFixture[str]
) -> None:
    checked = await service(modal).check(values(ANN_TOKEN))

    assert checked is not None
    assert checked.name == "ann-lab"
    assert capfd.readouterr() == ("", "")


async def test_only_the_persons_own_token_is_ever_sent(
    modal: FakeModal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODAL_TOKEN_ID", BEN_TOKEN[0])
    monkeypatch.setenv("MODAL_TOKEN_SECRET", BEN_TOKEN[1])
    monkeypatch.setenv("MODAL_SERVER_URL", "http://127.0.0.1:9")

    await service(modal).check(values(ANN_TOKEN))
    with pytest.raises(PersonCanFix):
        await service(modal).check({})

    assert set(modal.tokens) == {ANN_TOKEN}


async def test_a_wrong_token_is_told_apart_and_never_repeated(modal: FakeModal) -> None:
    wrong = ("ak-WrongWrongWrongWrong01", "as-WrongWrongWrongWrong01")

    with pytest.raises(PersonCanFix, match="not accepted") as caught:
        await service(modal).check(values(wrong))

    assert caught.value.field == "modal"
    assert "https://modal.com/settings/tokens" in caught.value.hint
    assert wrong[1] not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("sign", [" ", "\n", "\u200b"])
async def test_what_is_no_token_is_not_even_sent(modal: FakeModal, sign: str) -> None:
    with pytest.raises(PersonCanFix, match="no token has"):
        await service(modal).check({"token_id": ANN_TOKEN[0], "token_secret": f"as-{sign}a"})

    assert modal.calls == []


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (Status.PERMISSION_DENIED, PersonCanFix, "may not run anything"),
        (Status.RESOURCE_EXHAUSTED, PersonCanFix, "no such machine free"),
        (Status.FAILED_PRECONDITION, PersonCanFix, "refuses"),
        (Status.DATA_LOSS, TryAgain, "trouble of its own"),
    ],
)
async def test_every_refusal_has_words_of_ours(
    modal: FakeModal, status: Status, kind: type[MLTrainerError], words: str
) -> None:
    modal.refuse("ClientHello", status, f"bad {SECRET}")

    with pytest.raises(kind, match=words) as caught:
        await service(modal).check(values(ANN_TOKEN))

    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.hint


async def test_a_server_that_does_not_answer_is_asked_again_later(modal: FakeModal) -> None:
    modal.hang("ClientHello")

    with pytest.raises(TryAgain, match="does not answer in time"):
        await service(modal, 0.5).check(values(ANN_TOKEN))


async def test_a_server_in_trouble_is_asked_again_later(modal: FakeModal) -> None:
    modal.refuse("ClientHello", Status.UNAVAILABLE, times=100)

    with pytest.raises(TryAgain):
        await service(modal, 0.5).check(values(ANN_TOKEN))


async def test_a_busy_server_is_asked_again_later(modal: FakeModal) -> None:
    modal.slow_down("ClientHello", 30)

    with pytest.raises(TryAgain):
        await service(modal, 0.5).check(values(ANN_TOKEN))


async def test_nobody_at_the_address_is_told_before_time_is_up() -> None:
    with pytest.raises(TryAgain, match="cannot be reached"):
        await Modal(ACCOUNT, "http://127.0.0.1:9", 0.5).check(values(ANN_TOKEN))


async def test_a_login_in_the_browser_gives_a_token_once(modal: FakeModal) -> None:
    link = await service(modal).begin_login(NOW)
    assert link is not None
    flow = json.loads(link.state)["flow"]

    before = await service(modal).finish_login(link)
    modal.logins[flow] = ANN_TOKEN
    after = await service(modal).finish_login(link)

    assert (before, after) == (None, values(ANN_TOKEN))
    assert link.code == "ABCD-EFGH"
    with pytest.raises(PersonCanFix, match="over"):
        await service(modal).finish_login(link)
