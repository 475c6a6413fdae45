"""A card within Slack's limits, whatever stands on it; nothing on it calls or links."""

import json
import random
from functools import partial
from typing import get_args

import pytest

from adapters.platforms.slack import cards, forms
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Action, Card, Field, Form, Row, StageLine, StageState
from tests.fakes.slack import limits
from tests.fakes.slack.seeing import pinged
from tests.fakes.slack.workspace import Message

ANN = Actor(platform="slack", space="T1", id="UANN")
PLACE = Place(platform="slack", space="T1", channel="C1", thread="1.1")
STATES = get_args(StageState)
HOSTILE = (
    "<!channel> <!here> @everyone @channel <@UANN> <#C1> <http://evil.example|click me> "
    "*bold* _it_ ~no~ `code` ```block``` > quote &lt; \u202eelif\u202c \u200b :smile: 👩\u200d💻 "
)

SIGNS = "ab <>&@#*_~`\n\t\u202e\u200b\u0000é漢👩"


def words(dice: random.Random) -> str:
    """A text of any length that may stand on a card."""
    most = dice.choice([0, 1, 10, 80, 500, 6000])
    return "".join(dice.choices(SIGNS, k=dice.randint(0, most)))


def any_action(dice: random.Random) -> Action:
    return Action(
        id=dice.choice(["approve", "connect"]),
        label=words(dice),
        argument=words(dice),
        style=dice.choice(["default", "primary", "danger"]),
        url=dice.choice(["", "https://example.com/model"]),
        confirm=words(dice),
    )


def any_card(dice: random.Random) -> Card:
    """A card with any number of everything."""
    some = partial(dice.randint, 0)
    return Card(
        title=words(dice),
        body=words(dice),
        facts=tuple((words(dice), words(dice)) for _ in range(some(30))),
        rows=tuple(
            Row(title=words(dice), text=words(dice), actions=(any_action(dice),) * some(2))
            for _ in range(some(12))
        ),
        stages=tuple(
            StageLine(title=words(dice), state=dice.choice(STATES), note=words(dice))
            for _ in range(some(12))
        ),
        log=tuple(words(dice) for _ in range(some(8))),
        actions=tuple(any_action(dice) for _ in range(some(7))),
        tone=dice.choice(["info", "good", "bad", "waiting"]),
    )


def any_form(dice: random.Random) -> Form:
    kinds = ("text", "long", "secret", "choice", "bool", "file")
    fields = [
        Field(
            id=f"field-{number}",
            label=words(dice),
            kind=dice.choice(kinds),
            hint=words(dice),
            choices=tuple(words(dice) for _ in range(dice.randint(1, 130))),
            required=dice.random() < 0.5,
            value=words(dice),
        )
        for number in range(dice.randint(1, 5))
    ]
    errors = {one.id: words(dice) for one in fields[:2]}
    return Form(id="f", title=words(dice), state="t" * 80, fields=tuple(fields), errors=errors)


@pytest.mark.parametrize("seed", range(60))
def test_slack_takes_every_card(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  (no secret)
    card, notify, thread = any_card(dice), dice.choice([None, ANN]), dice.choice([None, "1.1"])
    shown = json.loads(json.dumps(cards.shown(card, notify, thread)))

    assert limits.in_message(shown["blocks"]) == []
    assert 0 < len(shown["text"]) <= 4000


@pytest.mark.parametrize("seed", range(60))
def test_slack_takes_every_form(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  (no secret)
    view = forms.view(any_form(dice), PLACE)

    assert limits.in_view(json.loads(json.dumps(view))) == []


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
