"""Personal data and secrets are known by their shape; every value here is made up."""

import random
import string
from collections import Counter

import pytest

from tests.unit.harness.modules import harness

personal = harness("personal")
draw = random.Random(11)  # noqa: S311 - made-up values


def body(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "FAKE" + "".join(draw.choice(alphabet) for _ in range(length - 4))


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("jane.roe@mail.example.org", "e-mail"),
        ("write to jane@example.org, please", "e-mail"),
        ("4111 1111 1111 1111", "card"),
        ("5500005555555559", "card"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("+49 30 901820", "phone"),
        ("555-013-4567", "phone"),
        ("192.168.10.20", "ip"),
        ("078-05-1120", "social security number"),
        ("hf" + "_" + body(34), "key"),
        ("ghp" + "_" + body(36), "key"),
        ("sk-" + "proj-" + body(60), "key"),
        ("AKIA" + body(16, string.ascii_uppercase), "key"),
        ("api_key = " + body(20) + "7", "key"),
        ("postgresql://" + "app:" + body(12) + "@db.example:5432/prod", "key"),
    ],
)
def test_shapes_are_known(cell: str, kind: str) -> None:
    assert kind in personal.kinds_in(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-01-31 10:00:00", "1234567.891", "113803", "STON/O2. 3101282", "978-0-306-40615-7"),
        *("9780306406157", "token: ${SECRET}", "api_key=<YOUR_API_KEY>", "password: ********"),
        *(
            "3f786850e387550fdab836ed7e6dc881de23001b",
            "use sk-learn, please",
            "a@b",
            "-122.4194155",
        ),
    ],
)
def test_what_only_looks_alike_is_left_alone(cell: str) -> None:
    assert personal.kinds_in(cell) == ()


def found(name: str, *cells: str, text: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = personal.find_personal(name, Counter(cells), text=text)
    return told.personal, told.mentioned


def test_a_column_is_personal_when_many_of_its_cells_are() -> None:
    mails = [f"person{n}@example.org" for n in range(20)]
    assert found("contact", *mails) == (("e-mail",), ())
    assert found("note", *["called twice"] * 99, mails[0]) == ((), ("e-mail",))
    texts = [f"thanks for message {n}" for n in range(40)]
    assert found("body", *texts, *mails, text=True) == ((), ("e-mail",))


def test_long_numbers_are_cards_only_when_most_check_digits_fit() -> None:
    numbers = [str(4 * 10**15 + n * 7_777_777_777) for n in range(300)]
    assert found("account", *numbers) == ((), ())


def test_a_name_may_tell_what_the_shape_does_not() -> None:
    assert found("password", "correcthorse", "hunter42", "letmein!!")[0] == ("key",)
    assert found("mobile_phone", "5550134567", "5550134568")[0] == ("phone",)
    assert found("token", "running", "walked", "houses") == ((), ())
