"""From a form to the vault: shapes, the service's word, and what is kept."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from bot.accounts import credentials
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.account import Account, AccountField, Checked, LoginLink
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.fakes.vault import MemoryVault

pytestmark = pytest.mark.anyio

ACCOUNT = Account(
    kind="lender",
    title="Lender",
    use="lends machines",
    page="https://lender.example/keys",
    fields=(
        AccountField(id="id", label="Lender id", shape=r"[a-z]+", example="a word", secret=False),
        AccountField(id="key", label="Lender key", shape=r"k-[0-9]{4,20}", example="k- and digits"),
    ),
)
GOOD = {"id": " ann\n", "key": "k-1234567890987 "}


class Lender:
    """pipeline.ports.account.Service that answers as planned."""

    account = ACCOUNT

    def __init__(self, answer: Checked | MLTrainerError | None = None) -> None:
        self.answer = answer
        self.asked: list[Mapping[str, str]] = []

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        self.asked.append(values)
        if isinstance(self.answer, MLTrainerError):
            raise self.answer
        return self.answer

    async def begin_login(self, now: datetime) -> LoginLink | None:
        raise NotImplementedError

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        raise NotImplementedError

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:
        raise NotImplementedError


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def vault(clock: FakeClock) -> MemoryVault:
    return MemoryVault(clock=clock)


def test_values_of_the_right_shape_have_no_problem() -> None:
    assert credentials.problems(ACCOUNT, GOOD) == {}


def test_each_field_of_a_wrong_shape_is_named_without_its_value() -> None:
    wrong = credentials.problems(ACCOUNT, {"id": "Ann", "key": "k-12345x"})

    assert set(wrong) == {"id", "key"}
    assert "Lender key" in wrong["key"]
    assert "k- and digits" in wrong["key"]
    assert "12345" not in wrong["key"]


def test_a_missing_field_is_a_problem() -> None:
    assert set(credentials.problems(ACCOUNT, {"id": "ann"})) == {"key"}


async def test_what_is_kept_is_what_the_service_accepted(
    vault: MemoryVault, clock: FakeClock
) -> None:
    known: list[str] = []
    end = clock.now() + timedelta(days=30)
    service = Lender(Checked(name="ann-at-work", expires_at=end))

    await credentials.keep(
        vault, service, ANN, {**GOOD, "other": "x"}, now=clock.now(), know=known.append
    )

    (held,) = await vault.held(ANN)
    ref = await vault.find(ANN, "lender")
    assert ref is not None
    values = {"id": "ann", "key": "k-1234567890987"}
    assert json.loads(await vault.reveal(ANN, ref, "test")) == values
    assert service.asked == [values]
    assert known == ["k-1234567890987"]
    assert (held.tail, held.name) == ("0987", "ann-at-work")
    assert (held.expires_at, held.checked_at) == (end, clock.now())


async def test_a_service_that_cannot_be_asked_leaves_it_unchecked(
    vault: MemoryVault, clock: FakeClock
) -> None:
    assert await credentials.keep(vault, Lender(), ANN, GOOD, now=clock.now(), know=print) is None

    (held,) = await vault.held(ANN)
    assert (held.checked_at, held.name) == (None, "")


async def test_values_that_the_service_refuses_are_kept_nowhere(
    vault: MemoryVault, clock: FakeClock
) -> None:
    service = Lender(PersonCanFix("Lender does not know this key.", "Make a new one."))

    with pytest.raises(PersonCanFix, match="does not know"):
        await credentials.keep(vault, service, ANN, GOOD, now=clock.now(), know=print)

    assert await vault.held(ANN) == ()


async def test_a_service_that_is_down_costs_nobody_their_key(
    vault: MemoryVault, clock: FakeClock
) -> None:
    service = Lender(TryAgain("Lender does not answer."))

    assert await credentials.keep(vault, service, ANN, GOOD, now=clock.now(), know=print) is None

    assert [one.checked_at for one in await vault.held(ANN)] == [None]


def test_a_short_value_shows_no_tail() -> None:
    assert credentials.tail(ACCOUNT, {"id": "ann", "key": "k-1234"}) == ""


def test_an_account_without_a_secret_shows_no_tail() -> None:
    open_account = ACCOUNT.model_copy(update={"fields": ACCOUNT.fields[:1]})

    assert credentials.tail(open_account, {"id": "annannannannann"}) == ""
