"""What Discord takes as a message and as a form, with every problem named by its field."""

from typing import Any

import pytest

from tests.fakes.discord.form_limits import check_commands, check_modal, check_suggestions
from tests.fakes.discord.limits import check_message
from tests.fakes.discord.refusals import Refused

Json = dict[str, Any]
MODERN = 1 << 15


def text(words: str = "x") -> Json:
    return {"type": 10, "content": words}


def button(label: str = "Go", **more: object) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": label, **more}


def row(*inside: Json) -> Json:
    return {"type": 1, "components": list(inside)}


def container(*inside: Json) -> Json:
    return {"type": 17, "components": list(inside)}


def modern(*components: Json, **more: object) -> Json:
    return {"flags": MODERN, "components": list(components), **more}


def label(component: Json, words: str = "Token", **more: object) -> Json:
    return {"type": 18, "label": words, "component": component, **more}


def modal(*components: Json, title: str = "Title", custom_id: str = "f:x:y") -> Json:
    return {"title": title, "custom_id": custom_id, "components": list(components)}


def field(custom_id: str = "token", **more: object) -> Json:
    return {"type": 4, "style": 1, "custom_id": custom_id, **more}


def refused(body: Json, *names: str) -> Json:
    with pytest.raises(Refused) as raised:
        check_message(body, list(names), [1] * len(names))
    assert raised.value.code == 50035
    errors: Json = raised.value.document["errors"]
    return errors


def test_a_card_at_its_limits_is_taken() -> None:
    rows = [row(*(button(f"{at}-{one}") for one in range(5))) for at in range(5)]
    texts = [text("x" * 500) for _ in range(8)]
    check_message(modern(container(*texts, *rows)), [], [])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        (modern(text(), content="no"), "content"),
        (modern(text(), embeds=[{"title": "no"}]), "embeds"),
        (modern(*(text() for _ in range(41))), "components"),
        (modern(text("x" * 2001), text("x" * 2000)), "components"),
        (modern(row(button("a"), button("b", custom_id="a"))), "components"),
        (modern(row(*(button(str(one)) for one in range(6)))), "components.0.components"),
        (modern(row(button("x" * 81))), "components.0.components.0.label"),
        (modern(row(button(custom_id="x" * 101))), "components.0.components.0.custom_id"),
        (modern(row(button(style=5, url="ftp://x"))), "components.0.components.0.url"),
        (modern(container(container(text()))), "components.0.components.0.type"),
        (modern(text("")), "components.0.content"),
        (modern({"type": 99}), "components.0.type"),
        ({"content": "x", "components": [text()]}, "components.0.type"),
        ({"content": "x", "nonce": "x" * 26}, "nonce"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_field(body: Json, path: str) -> None:
    place = refused(body)
    for part in path.split("."):
        place = place[part]
    assert place["_errors"][0]["code"]


def test_a_picture_in_a_card_has_to_be_sent_along() -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://p.png"}}]}
    assert "components" in refused(modern(gallery))
    check_message(modern(gallery), ["p.png"], [10])


def test_nothing_is_no_message_and_a_large_file_neither() -> None:
    with pytest.raises(Refused, match="50006"):
        check_message({}, [], [])
    with pytest.raises(Refused, match="40005"):
        check_message({}, ["large"], [10 * 2**20 + 1])


def test_a_form_at_its_limits_is_taken() -> None:
    fields = [label(field(f"f{at}", max_length=4000), "x" * 45) for at in range(5)]
    check_modal(modal(*fields, title="x" * 45, custom_id="x" * 100))


@pytest.mark.parametrize(
    "form",
    [
        modal(label(field()), title="x" * 46),
        modal(label(field()), custom_id="x" * 101),
        modal(*(label(field(str(at))) for at in range(6))),
        modal(label(field()), label(field())),
        modal(label(field(), "x" * 46)),
        modal(label(field(), description="x" * 101)),
        modal(label(field(max_length=4001))),
        modal(label(field(max_length=3, value="long"))),
        modal(label(field(disabled=True))),
        modal(label({"type": 19, "custom_id": "s", "min_values": 0})),
        modal(row(field())),
        modal(label({"type": 3, "custom_id": "s", "options": []})),
        modal(label({"type": 21, "custom_id": "s", "options": [{"label": "x", "value": ""}]})),
        modal(),
    ],
)
def test_a_form_that_breaks_a_rule_is_refused(form: Json) -> None:
    with pytest.raises(Refused, match="50035"):
        check_modal(form)


def command(**more: object) -> Json:
    return {"name": "mltrainer", "description": "Train", **more}


def option(name: str = "job", **more: object) -> Json:
    return {"type": 3, "name": name, "description": "Which", **more}


@pytest.mark.parametrize(
    "commands",
    [
        [command(), command()],
        [command(name="Upper")],
        [command(description="x" * 101)],
        [command(options=[option(str(at)) for at in range(26)])],
        [command(options=[option("a"), option("b", required=True)])],
        [command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])])],
        [command(options=[option(choices=[{"name": "x", "value": "x"}], autocomplete=True)])],
    ],
)
def test_commands_that_break_a_rule_are_refused(commands: list[Json]) -> None:
    with pytest.raises(Refused, match="50035"):
        check_commands(commands)


def test_there_are_at_most_25_suggestions() -> None:
    choices = [{"name": str(at), "value": str(at)} for at in range(26)]
    check_suggestions({"choices": choices[:25]})
    with pytest.raises(Refused, match="50035"):
        check_suggestions({"choices": choices})
