"""A form that is shown once more has what was typed into it, but for keys."""

from adapters.sanitizer import KeySanitizer
from bot.inbox.pasted import filled_again
from pipeline.ports.card import Field, Form
from pipeline.ports.chat import FormErrors, Ok, Submit
from tests.fakes.service import HUB
from tests.unit.bot.front import ANA, KEY, THREAD

FORM = Form(
    id="account",
    title="Kaggle",
    state="t1",
    fields=(
        Field(id="name", label="Username"),
        Field(id="minutes", label="Minutes", value="2"),
        Field(id="public", label="Public", kind="bool", value="yes"),
        Field(id="key", label="Key", kind="secret"),
    ),
    errors={"key": "Not like this."},
)


def again(**typed: str | bool) -> dict[str, str]:
    submit = Submit(key="1", actor=ANA, place=THREAD, form="account", state="t1", values=typed)
    reply = filled_again(FormErrors(form=FORM), submit, KeySanitizer([HUB]))
    assert isinstance(reply, FormErrors)
    assert reply.form.errors == FORM.errors
    return {one.id: one.value for one in reply.form.fields}


def test_what_was_typed_stands_in_it_again() -> None:
    shown = again(name="ann-miller", minutes="3", public=False)
    assert shown == {"name": "ann-miller", "minutes": "3", "public": "False", "key": ""}


def test_a_secret_does_not_whatever_was_typed_there() -> None:
    assert again(key="hunter2")["key"] == ""


def test_a_key_in_a_field_for_something_else_does_not() -> None:
    assert again(name=KEY)["name"] == ""
    assert again(minutes=f"3 {KEY}")["minutes"] == "2"
    assert again(minutes="[secret: huggingface]")["minutes"] == "2"


def test_any_other_reply_is_left_as_it_is() -> None:
    submit = Submit(key="1", actor=ANA, place=THREAD, form="new", state="new")
    assert filled_again(Ok(), submit, KeySanitizer([HUB])) == Ok()
