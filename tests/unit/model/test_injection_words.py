"""What a model or a stranger says is shown as text: it pings, links, formats and moves nothing."""

import io
import json
import re
from pathlib import Path

import pytest

from adapters.platforms.discord import cards as discord
from adapters.platforms.slack import cards as slack
from adapters.platforms.terminal import Terminal
from bot.cards import Live, advance
from bot.job_card import job_card
from pipeline import model_card
from pipeline.agents.deploy import _checked
from pipeline.context import Waiting
from pipeline.errors import Rejected
from pipeline.events import AgentLogged, Event, PlanProposed, StageEnded, StageRetried, ToolReturned
from pipeline.jobs import JobStatus, Place, Stage
from pipeline.ports.chat import Card
from pipeline.proposals import plain
from pipeline.row_rules import RowRule
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, new_job
from tests.fakes.reported import reported_job, row_of
from tests.fakes.slack.seeing import pinged
from tests.fakes.slack.workspace import Message
from tests.unit.model.taken_over import ORDERS

FIRST = ("mention", "link", "picture", "controls", "unseen", "turned around")
HOSTILE = " ".join(ORDERS[name] for name in (*FIRST, *sorted(ORDERS.keys() - FIRST)))
MOVES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
HERE = Place(platform="terminal", space="tty", channel="tty")
SAID: tuple[Event, ...] = (
    AgentLogged(stage=Stage.MONITOR, message=HOSTILE, warning=True),
    StageEnded(stage=Stage.CONFIG, seconds=1, note=HOSTILE),
    StageRetried(
        stage=Stage.CODEGEN, attempt=2, max_attempts=3, delay=2, error=f"The error: {HOSTILE}"
    ),
    ToolReturned(tool="validate_hf_token", result=HOSTILE),
    PlanProposed(lines=(f"Data: {HOSTILE}",), needs_yes=False),
)


def cards() -> list[Card]:
    """A job's card while it works and while it asks, full of a stranger's words."""
    context = new_job(FakeClock())
    asked = Waiting(reason="question", text=HOSTILE, field="data", options=(HOSTILE[:200],))
    return [
        job_card(row_of(context, JobStatus.RUNNABLE), SAID),
        job_card(row_of(context.evolve(waiting=asked), JobStatus.WAITING), SAID),
    ]


@pytest.mark.parametrize("card", cards(), ids=["at work", "asking"])
def test_in_slack_nobody_is_pinged_and_nothing_links(card: Card) -> None:
    shown = json.dumps(slack.shown(card), ensure_ascii=False)
    assert "evil.example" in shown
    assert pinged(Message("C1", "1.1", "UBOT", [slack.shown(card)]), at_worst=True) == set()
    assert '"type": "link"' not in shown
    assert '"type": "user"' not in shown
    assert '"mrkdwn"' not in shown
    assert "\u202e" not in shown
    assert "\\u001b" not in shown


@pytest.mark.parametrize("card", cards(), ids=["at work", "asking"])
def test_in_discord_nobody_is_pinged_and_nothing_links(card: Card) -> None:
    shown = json.dumps(discord.components(card), ensure_ascii=False)
    assert "evil.example" in shown or "evil\\\\.example" in shown
    texts = re.findall(r'"content": "((?:[^"\\]|\\.)*)"', shown)
    text = "\n".join(json.loads(f'"{one}"') for one in texts)
    unescaped = re.sub(r"\\.", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    assert re.search(r"@(?:everyone|here)|<@|\]\(|://", unescaped) is None
    assert "\u202e" not in shown
    assert "\x1b" not in text


@pytest.mark.anyio
@pytest.mark.parametrize("card", cards(), ids=["at work", "asking"])
async def test_in_a_terminal_no_cursor_moves(card: Card) -> None:
    out = io.StringIO()
    terminal = Terminal(actor=ANN, place=HERE, out=out)
    ref = await terminal.post(HERE, card, "1")
    live = Live()
    for event in SAID:
        live = advance(live, event)
    await terminal.edit(ref, card.model_copy(update={"log": live.log}))
    terminal.tell(Card(title=HOSTILE, body=HOSTILE, facts=((HOSTILE, HOSTILE),)))
    assert "obey" in out.getvalue()
    assert MOVES.search(out.getvalue()) is None


@pytest.mark.parametrize("said", ORDERS.values(), ids=ORDERS)
def test_a_models_sentence_is_one_short_line_of_signs_that_are_seen(said: str) -> None:
    line = plain(said * 100)
    assert len(line) <= 240
    assert "\n" not in line
    assert MOVES.search(line) is None
    assert re.search(r"[\u200b\u2060\ufeff\u3164\U000e0000-\U000e0fff]", line) is None


@pytest.mark.parametrize(
    "words",
    [
        "See https://evil.example",
        "See HTTPS://EVIL.EXAMPLE",
        "See WWW.evil.example",
        "See evil.example",
        "Write to mailto:a",
        "Open javascript:alert",
        "![x](y)",
        "<img src=x>",
        "&lt;script&gt;",
        "Ask @everyone",
        "~~~ code",
        "It is right in 99 of a hundred cases",
        "It is right in ٩٩ of a hundred",
        "# A heading",
        "a" * 900,
    ],
)
def test_the_cards_prose_holds_no_link_no_figure_and_no_markup(words: str) -> None:
    with pytest.raises(Rejected):
        _checked(words)


def test_the_cards_prose_holds_nothing_unseen() -> None:
    assert _checked("It sorts\u200b messages.\u202e\n\x1b Well.") == "It sorts messages. Well."


def test_on_the_page_of_a_model_no_reason_links_or_ends_its_line(tmp_path: Path) -> None:
    context = reported_job(tmp_path)
    report, metrics = context.data_report, context.run.metrics if context.run else None
    assert report is not None
    assert metrics is not None
    why = f"may be known only afterwards: {HOSTILE} <img src=x> www.evil.example"
    ignored = {"col`umn [x](https://evil.example)": why}
    context = context.evolve(data_report=report.model_copy(update={"ignored": ignored}))
    page = model_card.card(context, metrics)
    line = next(one for one in page.splitlines() if "ignored:" in one)
    assert "evil.example" in line
    unescaped = re.sub(r"\\.", "", line)
    for mark in ("](", "://", "www.", "<img", "![", "```"):
        assert mark not in unescaped


def test_a_rule_is_said_on_one_line() -> None:
    rule = RowRule(column="a", test="equal to", value=HOSTILE)
    assert "\n" not in rule.said
    assert MOVES.search(rule.said) is None
