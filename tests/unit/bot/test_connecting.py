"""Accounts: only their person opens them, a value is kept in the vault and nowhere else."""

import json
from pathlib import Path

import pytest

from pipeline.errors import TryAgain
from pipeline.ports.chat import Action, AskForm, Card, Form, FormErrors, Reply
from pipeline.secrets import SecretRef
from tests.unit.bot.front import ANA, BEN, CHANNEL, KEY, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def button(card: Card, row: int, label: str) -> Action:
    return next(one for one in card.rows[row].actions if one.label == label)


def form_of(reply: Reply) -> Form:
    assert isinstance(reply, AskForm | FormErrors)
    return reply.form


async def opened(front: Front) -> Form:
    """The form behind Paste, for the first account."""
    panel = whispered(await front.type("connect"))
    return form_of(await front.push(button(panel, 0, "Paste")))


async def test_the_panel_has_a_row_for_each_account(front: Front) -> None:
    panel = whispered(await front.type("connect"))
    rows = [(row.title, row.text, [one.label for one in row.actions]) for row in panel.rows]
    assert rows == [
        ("Hugging Face", "not connected", ["Connect", "Paste"]),
        ("Kaggle", "not connected", ["Paste"]),
    ]


@pytest.mark.parametrize("said", ["huggingface", "hf", "Hugging Face", "HF"])
async def test_a_service_is_known_by_its_names(front: Front, said: str) -> None:
    panel = whispered(await front.type("connect", said))
    assert [row.title for row in panel.rows] == ["Hugging Face"]


async def test_an_unknown_service_is_answered_with_the_known_ones(front: Front) -> None:
    assert "kaggle" in all_of(whispered(await front.type("connect", "nowhere")))


async def test_connect_said_to_the_bot_opens_the_panel(front: Front) -> None:
    await front.say("connect hf", at=CHANNEL.model_copy(update={"thread": "7"}))
    ((actor, card),) = front.chat.whispers
    assert (actor, card.rows[0].title) == (ANA, "Hugging Face")


async def test_a_pasted_key_is_kept_and_the_waiting_jobs_go_on(front: Front) -> None:
    row = await front.waiting("credential", "huggingface")
    other = await front.waiting("credential", "kaggle", at=CHANNEL)
    form = await opened(front)
    assert [(one.label, one.kind, one.value) for one in form.fields] == [
        ("Hugging Face token", "secret", "")
    ]
    said = whispered(await front.send("account", form.state, {"token": f" {KEY} "}))
    assert said.title == "Hugging Face is connected as ann-at-hub."
    assert said.rows[0].text == f"connected as ann-at-hub (…{KEY[-4:]})"
    ref = await front.vault.find(ANA, "huggingface")
    assert ref is not None
    assert json.loads(await front.vault.reveal(ANA, ref, "test")) == {"token": KEY}
    assert await front.replies(row) == ["ana connected Hugging Face."]
    assert await front.replies(other) == []


async def test_a_malformed_key_is_answered_beside_its_field_and_kept_nowhere(front: Front) -> None:
    form = await opened(front)
    shown = form_of(await front.send("account", form.state, {"token": "hf_short"}))
    assert "Hugging Face token" in shown.errors["token"]
    assert "hf_short" not in shown.model_dump_json()
    assert await front.vault.held(ANA) == ()
    assert whispered(await front.send("account", form.state, {"token": KEY})).rows


async def test_a_key_that_the_service_refuses_is_not_kept(front: Front) -> None:
    front.hub.refused = {KEY}
    form = await opened(front)
    shown = form_of(await front.send("account", form.state, {"token": KEY}))
    assert "revoked" in shown.errors["token"]
    assert KEY not in shown.model_dump_json()
    assert await front.vault.held(ANA) == ()


@pytest.mark.parametrize("how", ["silent", "stuck"])
async def test_a_service_that_gives_no_answer_in_time_is_asked_later(
    front: Front, how: str
) -> None:
    setattr(front.hub, how, True)
    form = await opened(front)
    await front.send("account", form.state, {"token": KEY})
    (held,) = await front.vault.held(ANA)
    assert (held.name, held.checked_at) == ("", None)


async def test_a_form_works_once_and_for_ten_minutes(front: Front) -> None:
    form = await opened(front)
    await front.send("account", form.state, {"token": KEY})
    assert "over" in whispered(await front.send("account", form.state, {"token": KEY})).title
    form = await opened(front)
    front.pass_time(minutes=11)
    assert "over" in whispered(await front.send("account", form.state, {"token": KEY})).title


async def test_a_button_that_is_over_brings_fresh_ones(front: Front) -> None:
    panel = whispered(await front.type("connect"))
    front.pass_time(minutes=11)
    fresh = whispered(await front.push(button(panel, 0, "Paste")))
    assert "over" in fresh.title
    assert isinstance(await front.push(button(fresh, 0, "Paste")), AskForm)


async def test_another_persons_button_and_form_are_worth_nothing(front: Front) -> None:
    panel = whispered(await front.type("connect"))
    for label in ("Paste", "Connect"):
        said = await front.push(button(panel, 0, label), by=BEN)
        assert "not yours" in whispered(said).title
    form = form_of(await front.push(button(panel, 0, "Paste")))
    said = await front.send("account", form.state, {"token": KEY}, by=BEN)
    assert "not yours" in whispered(said).title
    assert await front.vault.held(BEN) == ()
    assert await front.vault.held(ANA) == ()


async def test_a_made_up_token_opens_nothing(front: Front) -> None:
    assert "over" in whispered(await front.send("account", "made-up", {"token": KEY})).title


async def test_a_login_link_needs_no_paste(front: Front) -> None:
    row = await front.waiting("credential", "huggingface")
    panel = whispered(await front.type("connect", "hf", at=THREAD))
    card = whispered(await front.push(button(panel, 0, "Connect")))
    assert dict(card.facts)["Code"] == "ABCD-1234"
    assert card.actions[0].url == "https://hub.test/go"
    await front.accounts.notice()
    assert await front.vault.held(ANA) == ()
    front.hub.logged_in = {"token": KEY}
    await front.accounts.notice()
    assert len(await front.vault.held(ANA)) == 1
    assert await front.replies(row) == ["ana connected Hugging Face."]
    assert "connected as ann-at-hub" in front.chat.whispers[-1][1].title


async def test_a_login_that_could_not_be_kept_is_kept_when_the_database_is_back(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = whispered(await front.type("connect", "hf"))
    await front.push(button(panel, 0, "Connect"))
    front.hub.logged_in = {"token": KEY}

    async def away(*_: object, **__: object) -> SecretRef:
        raise TryAgain("The database is away.")

    with monkeypatch.context() as outage:
        outage.setattr(front.vault, "put", away)
        await front.accounts.notice()
    await front.accounts.notice()
    assert len(await front.vault.held(ANA)) == 1


async def test_a_login_nobody_finished_is_over(front: Front) -> None:
    panel = whispered(await front.type("connect", "hf"))
    await front.push(button(panel, 0, "Connect"))
    front.pass_time(minutes=6)
    await front.accounts.notice()
    assert "not finished" in front.chat.whispers[-1][1].title


async def test_a_value_that_was_typed_stands_in_no_arrival_ticket_or_event(front: Front) -> None:
    row = await front.waiting("credential", "huggingface")
    form = await opened(front)
    await front.send("account", form.state, {"token": KEY})
    assert KEY not in repr(front.post.holes)
    assert KEY not in repr(await front.store.unread(row.id))
    assert front.sanitizer.clean(f"say {KEY}").text == "say [secret: huggingface]"
