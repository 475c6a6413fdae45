"""A key of Kaggle's is asked about: whose it is, what it may do, and how much GPU is left."""

import pytest

from adapters.accounts.kaggle import KaggleKeys, adapter
from adapters.stored_keys import StoredKeys
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.account import Checked
from tests.fakes.jobs import ANN
from tests.fakes.kaggle.faults import ALWAYS
from tests.unit.kaggle.conftest import QUICK, House

pytestmark = pytest.mark.anyio
LEFT = "29 hours of GPU are left there until Saturday, 28 November."


def _service(house: House, url: str = "") -> KaggleKeys:
    made = adapter(kaggle_api_url=url or house.url, patience=QUICK)
    assert isinstance(made, KaggleKeys)
    return made


async def test_both_kinds_of_key_tell_whose_they_are_and_the_hours_left(house: House) -> None:
    service = _service(house)
    for values in (house.ann.values, house.ann.old_values):
        assert await service.check(values) == Checked(name="ann-k", detail=LEFT)


async def test_a_stored_key_is_shown_with_the_hours_left(house: House) -> None:
    accounts = StoredKeys(house.vault, {"kaggle": _service(house)})
    ref = await house.vault.find(ANN, "kaggle")
    assert ref is not None
    verdict = await accounts.check(ANN, ref)
    assert (verdict.status, verdict.detail) == ("ok", f"It belongs to ann-k. {LEFT}")


@pytest.mark.parametrize("key", ["KGAT_" + "0" * 32, "0" * 32, "KGAT_x\ny", "schlüssel"])
async def test_a_wrong_key_is_refused_whatever_the_server_itself_has(
    house: House, key: str
) -> None:
    with pytest.raises(PersonCanFix, match="does not accept your key") as told:
        await _service(house).check({"username": "ann-k", "key": key})
    assert told.value.field == "kaggle"
    assert "https://www.kaggle.com/settings" in told.value.hint
    assert "the-server" not in [who for who, _, _ in house.world.asked]


async def test_a_key_that_ended_is_refused(house: House) -> None:
    house.ann.active = False
    with pytest.raises(PersonCanFix, match="does not accept your key"):
        await _service(house).check(house.ann.values)


async def test_somebody_elses_key_is_named(house: House) -> None:
    with pytest.raises(PersonCanFix, match="belongs to 'ben-k', not to 'ann-k'"):
        await _service(house).check({"username": "ann-k", "key": house.ben.token})


async def test_a_key_that_may_do_less_is_still_known(house: House) -> None:
    house.world.faults.refuse("GetAcceleratorQuotaStatistics", 403)
    assert await _service(house).check(house.ann.values) == Checked(name="ann-k")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, PersonCanFix, "Kaggle does not allow this to your key"),
        (429, TryAgain, "Kaggle asks to slow down"),
        (503, TryAgain, r"trouble of its own \(503\)"),
    ],
)
async def test_no_answer_is_told_apart_from_a_wrong_key(
    house: House, status: int, kind: type[MLTrainerError], words: str
) -> None:
    house.world.faults.refuse("IntrospectToken", status, retry_after="7")
    with pytest.raises(kind, match=words) as told:
        await _service(house).check(house.ann.values)
    assert told.value.hint
    if status == 429:
        assert isinstance(told.value, TryAgain)
        assert told.value.after is not None
        assert told.value.after.total_seconds() == 7


async def test_silence_nonsense_and_refused_connections_show_no_key(house: House) -> None:
    service = _service(house)
    house.world.faults.set("IntrospectToken", "hang")
    errors = [await _told(service, house)]
    house.world.faults.set("IntrospectToken", "nonsense")
    errors.append(await _told(service, house))
    house.world.faults.set("IntrospectToken", "drop", ALWAYS)
    errors.append(await _told(service, house))
    errors.append(await _told(_service(house, "http://127.0.0.1:9"), house))
    assert [error.message for error in errors] == [
        "Kaggle does not answer in time.",
        "Kaggle answered something unexpected.",
        "Kaggle cannot be reached.",
        "Kaggle cannot be reached.",
    ]
    shown = repr(errors) + "".join(f"{error} {error.hint}" for error in errors)
    assert house.ann.token not in shown


async def _told(service: KaggleKeys, house: House) -> TryAgain:
    with pytest.raises(TryAgain) as told:
        await service.check(house.ann.values)
    return told.value
