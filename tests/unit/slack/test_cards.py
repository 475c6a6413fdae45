"""A card within Slack's limits, whatever stands on it; nothing on it calls or links."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.platforms.slack import cards, forms
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Action, Card, Field, Form, Row, StageLine
from tests.fakes.slack import limits
from tests.fakes.slack.seeing import pinged
from tests.fakes.slack.workspace import Message

ANN = Actor(platform="slack", space="T1", id="UANN")
PLACE = Place(platform="slack", space="T1", channel="C1", thread="1.1")
STATES = ("pending", "running", "done", "failed", "skipped")
HOSTILE = (
    "<!channel> <!here> @everyone @channel <@UANN> <#C1> <http://evil.example|click me> "
    "*bold* _it_ ~no~ `code` ```block``` > quote &lt; \u202eelif\u202c \u200b :smile: 👩\u200d💻 "
)

words = st.one_of(st.text(max_size=60), st.text(max_size=5).map(lambda one: one * 2000))
actions = st.builds(
    Action,
    id=st.sampled_from(["approve", "connect"]),
    label=words,
    argument=words,
    style=st.sampled_from(["default", "primary", "danger"]),
    url=st.sampled_from(["", "https://example.com/model"]),
    confirm=words,
)
any_card = st.builds(
    Card,
    title=words,
    body=words,
    facts=st.lists(st.tuples(words, words), max_size=30).map(tuple),
    rows=st.lists(
        st.builds(Row, title=words, text=words, actions=st.lists(actions, max_size=2).map(tuple)),
        max_size=12,
    ).map(tuple),
    stages=st.lists(
        st.builds(StageLine, title=words, state=st.sampled_from(STATES), note=words), max_size=12
    ).map(tuple),
    log=st.lists(words, max_size=8).map(tuple),
    actions=st.lists(actions, max_size=7).map(tuple),
    tone=st.sampled_from(["info", "good", "bad", "waiting"]),
)


@settings(max_examples=150, deadline=None)
@given(any_card, st.sampled_from([None, ANN]), st.sampled_from([None, "1.1"]))
def test_slack_takes_every_card(card: Card, notify: Actor | None, thread: str | None) -> None:
    shown = json.loads(json.dumps(cards.shown(card, notify, thread)))

    assert limits.in_message(shown["blocks"]) == []
    assert 0 < len(shown["text"]) <= 4000
    assert len(json.dumps(shown["blocks"])) < 100_000


def everywhere(hostile: str) -> Card:
    """A card on which a hostile text stands in every place."""
    action = Action(id="a", label=hostile, argument="j-1", confirm=hostile)
    return Card(
        title=hostile,
        body=hostile,
        facts=((hostile, hostile),),
        rows=(Row(title=hostile, text=hostile, actions=(action,)),),
        stages=tuple(StageLine(title=hostile, state=one, note=hostile) for one in STATES[:4]),
        log=(hostile,),
        actions=(action,),
    )


@pytest.mark.parametrize("times", [1, 500])
def test_hostile_words_call_nobody(times: int) -> None:
    shown = cards.shown(everywhere(HOSTILE * times))
    message = Message("C1", "1.1", "UBOT", [shown])

    assert pinged(message, at_worst=True) == set()
    assert pinged(Message("C1", "1.1", "UBOT", [shown | {"parse": "full"}]), at_worst=True) == set()
    assert "<" not in shown["text"]
    assert limits.in_message(shown["blocks"]) == []


def test_two_hundred_mentions_call_nobody() -> None:
    crowd = " ".join(f"<@U{number:03}>" for number in range(200))
    message = Message("C1", "1.1", "UBOT", [cards.shown(everywhere(crowd), ANN)])

    assert pinged(message, at_worst=True) == {"UANN"}


def test_only_a_real_person_is_called() -> None:
    odd = Actor(platform="slack", space="T1", id="UANN> <!channel")

    assert pinged(Message("C1", "1", "UBOT", [cards.shown(Card(title="x"), odd)])) == set()


def test_slack_formats_nothing_of_ours() -> None:
    """All words stand in elements that Slack shows as they are."""
    kinds = json.dumps(cards.blocks(everywhere(HOSTILE), ANN))

    assert '"mrkdwn"' not in kinds
    assert '"link"' not in kinds
    assert '"emoji": true' not in kinds


def test_the_text_says_all_that_the_eye_sees() -> None:
    card = Card(
        title="Job j-1",
        body="a spam filter",
        stages=(StageLine(title="dataset", state="done", note="4.8s"), StageLine(title="deploy")),
        facts=(("Cost", "$0.10"),),
        actions=(Action(id="cancel", label="Cancel"),),
        tone="waiting",
    )

    assert cards.text(card).splitlines() == [
        "Job j-1",
        "(Waiting for you)",
        "a spam filter",
        "✓ dataset  done 4.8s",
        "○ deploy  pending",
        "Cost: $0.10",
        "Buttons: Cancel.",
    ]


def test_a_log_shows_its_end() -> None:
    log = tuple(f"line {number}: " + "x" * 90 for number in range(100))
    whole = str(cards.blocks(Card(title="Log", log=log)))
    beside = str(cards.blocks(Card(title="Job", stages=(StageLine(title="data"),), log=log)))

    assert "line 99:" in whole
    assert "line 80:" in whole
    assert "line 1:" not in whole
    assert "line 99:" in beside
    assert "line 96:" not in beside


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Field,
            id=st.uuids().map(str),
            label=words,
            kind=st.sampled_from(["text", "long", "secret", "choice", "bool", "file"]),
            hint=words,
            choices=st.lists(words, min_size=1, max_size=130).map(tuple),
            required=st.booleans(),
            value=words,
        ),
        min_size=1,
        max_size=5,
    ),
    words,
)
def test_slack_takes_every_form(fields: list[Field], title: str) -> None:
    wrong = {one.id: title for one in fields[:2]}
    form = Form(id="f", title=title, state="t" * 80, fields=tuple(fields), errors=wrong)

    assert limits.in_view(json.loads(json.dumps(forms.view(form, PLACE)))) == []


def test_a_secret_never_stands_in_a_form() -> None:
    canary = "hf_" + "c" * 34
    field = Field(id="token", label="Token", kind="secret", value=canary)
    view = forms.view(Form(id="f", title="T", state="s", fields=(field,)), PLACE)

    assert canary not in json.dumps(view)
    assert view["clear_on_close"] is True


def test_a_picture_has_rich_text_beside_it() -> None:
    card = Card(title="Curve", body=HOSTILE, facts=(("Loss", "0.3"),))
    shown = cards.comment(card, ANN)

    assert [one["type"] for one in shown] == ["rich_text"]
    assert pinged(Message("C1", "1", "UBOT", [{"blocks": shown}])) == {"UANN"}
