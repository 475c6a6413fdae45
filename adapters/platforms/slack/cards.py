"""A card as Slack shows it: blocks for the eye, and a text that states the same for the ear.

All that comes from a card stands in plain_text and rich_text elements, which Slack does not parse.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.card_words import ICONS, TONES, begun, has_ended, standing
from adapters.platforms.slack.text import cut, escaped, plain
from pipeline.jobs import Actor
from pipeline.ports.chat import Action, Card, Row, StageLine

Json = Mapping[str, object]

LONGEST_TEXT = 4000
LONGEST_HEADER = 150
LONGEST_ALT = 1000
MOST_ACTIONS = 5
MOST_ROWS = 10
_SHORT_TITLE = 75  # a longer one is a sentence, too much for the size of a header
_USER = re.compile(r"[UW][A-Z0-9]+")
LINK = "link"
_THREAD = "thread:"
_LONGEST_TITLE = 2000
_LONGEST_BODY = 2900
_LONGEST_BLOCK = 2500
_LONGEST_LABEL = 75
_LONGEST_VALUE = 2000
_LONGEST_URL = 3000
_LONGEST_FACT = 500
_LONGEST_NOTE = 400
_LOG_LINES = 3
_LOG_LENGTH = 600
_CONFIRM_LENGTH = 300


def blocks(card: Card, notify: Actor | None = None, thread: str | None = None) -> list[Json]:
    """The card within all of Slack's limits; what is too long is cut with an ellipsis.

    A click on a whisper does not say in which thread it stands: its buttons keep `thread`.
    """
    stages, facts = [*_stages(card.stages)], [*_facts(card.facts)]
    parts = [
        *_head(card, notify),
        *_paragraph(card.body),
        *([*facts, *stages] if has_ended(card) else [*stages, *facts]),
        *_log(card),
        *_rows(card.rows, thread),
        *_actions(card.actions, thread),
    ]
    return parts or [_rich([_text(" ")])]


def text(card: Card, notify: Actor | None = None) -> str:
    """Everything a card says, for notifications and screen readers."""
    tone = TONES[card.tone]
    lines = [card.title, f"({tone.partition(' ')[2]})" if tone else "", card.body]
    stages = [stage_text(stage) for stage in card.stages]
    facts = [f"{label}: {value}" for label, value in card.facts]
    lines += [*facts, *stages] if has_ended(card) else [*stages, *facts]
    lines += [f"{row.title}: {row.text}" for row in card.rows]
    lines += card.log[-_LOG_LINES:]
    if card.actions:
        lines.append("Buttons: " + ", ".join(action.label for action in card.actions) + ".")
    said = escaped("\n".join(line for line in lines if line))
    return (
        cut((f"<@{notify.id}> " if notify and _is_user(notify) else "") + said, LONGEST_TEXT) or "…"
    )


def shown(card: Card, notify: Actor | None = None, thread: str | None = None) -> dict[str, Any]:
    """Both, as the calls that send a message take them."""
    parts = [dict(one) for one in blocks(card, notify, thread)]
    return {"text": text(card, notify), "blocks": parts}


def stage_text(stage: StageLine) -> str:
    """`✓ dataset  done 4.8s`: icon and word, and what else is known."""
    return f"{ICONS[stage.state]} {stage.title}  {_standing(stage)}"


def action_name(action_id: str) -> str:
    """The action's own id, without the number that tells several buttons apart."""
    return action_id.partition("#")[0]


def kept_thread(block_id: str) -> str | None:
    """The thread that a whisper's buttons keep."""
    kept = block_id.removeprefix(_THREAD).partition("#")[0]
    return (kept or None) if block_id.startswith(_THREAD) else None


def _standing(stage: StageLine) -> str:
    return standing(stage, cut(stage.note.strip(), _LONGEST_NOTE))


def _head(card: Card, notify: Actor | None) -> Iterable[Json]:
    """A header, or a bold line where somebody is called or the title is a whole question."""
    title = plain(card.title).strip()
    if title and notify is None and len(title) <= _SHORT_TITLE:
        yield {"type": "header", "text": plain_text(title, LONGEST_HEADER)}
    elif parts := [*_call(card, notify)]:
        yield _rich(parts)
    if TONES[card.tone]:
        yield _small(TONES[card.tone])


def _call(card: Card, notify: Actor | None) -> Iterable[Json]:
    """The person who is called, and the title in bold."""
    if notify is not None and _is_user(notify):
        yield {"type": "user", "user_id": notify.id}
        yield _text(" ")
    if title := plain(card.title).strip():
        yield _text(cut(title, _LONGEST_TITLE), bold=True)


def _is_user(notify: Actor) -> bool:
    return _USER.fullmatch(notify.id) is not None


def _paragraph(body: str) -> Iterable[Json]:
    if body.strip():
        yield _rich([_text(cut(plain(body.strip()), _LONGEST_BODY))])


def _stages(stages: Sequence[StageLine]) -> Iterable[Json]:
    """A line a stage; those that have not begun share the last one."""
    later = [stage.title for stage in stages if not begun(stage)]
    parts: list[Json] = []
    for stage in filter(begun, stages):
        parts.append(_text(f"{ICONS[stage.state]} "))
        parts.append(_text(plain(stage.title), bold=True))
        parts.append(_text(plain(f"  {_standing(stage)}\n")))
    if later:
        parts.append(_text(plain(f"{ICONS['pending']} pending: " + ", ".join(later))))
    if parts:
        yield _rich(_within(parts))


def _facts(facts: Sequence[tuple[str, str]]) -> Iterable[Json]:
    parts: list[Json] = []
    for label, value in facts:
        parts.append(_text(plain(cut(label, _LONGEST_LABEL)), bold=True))
        parts.append(_text(plain(f"  {cut(value, _LONGEST_FACT)}\n")))
    if parts:
        yield _rich(_within(parts))


def _log(card: Card) -> Iterable[Json]:
    """The end of the log: three small lines beside stages, else as much as there is room for."""
    if not card.log:
        return
    if card.stages:
        lines = (cut(line.replace("\n", " "), _LOG_LENGTH // _LOG_LINES) for line in card.log)
        yield _small("\n".join([*lines][-_LOG_LINES:]))
        return
    kept: list[str] = []
    room = _LONGEST_BLOCK
    for line in reversed(card.log):
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.insert(0, cut(plain(line), _LONGEST_BLOCK))
    yield _rich_text("rich_text_preformatted", [_text("\n".join(kept))])


def _rows(rows: Sequence[Row], thread: str | None) -> Iterable[Json]:
    """Each with its buttons under it; Slack wants every block of a message to be its own."""
    for number, row in enumerate(rows[:MOST_ROWS], 1):
        words = [_text(cut(plain(row.title), _LONGEST_FACT), bold=True)]
        if row.text:
            words.append(_text(cut(plain(f"  {row.text}"), _LONGEST_FACT)))
        yield _rich(words)
        yield from _actions(row.actions, f"{thread}#{number}" if thread else None, number)


def _actions(actions: Sequence[Action], thread: str | None, list_row: int = 0) -> Iterable[Json]:
    if actions:
        pairs = enumerate(actions[:MOST_ACTIONS], list_row * MOST_ACTIONS)
        row: Json = {"type": "actions", "elements": [_button(number, one) for number, one in pairs]}
        yield {**row, "block_id": f"{_THREAD}{thread}"} if thread else row


def _button(number: int, action: Action) -> Json:
    """A button; its `action_id` is numbered, for Slack wants each of a message to be its own."""
    name = LINK if action.url else action.id
    button: dict[str, object] = {
        "type": "button",
        "action_id": f"{name}#{number}",
        "text": plain_text(action.label, _LONGEST_LABEL),
    }
    if action.argument:
        button["value"] = action.argument[:_LONGEST_VALUE]
    if action.url and len(action.url) <= _LONGEST_URL:
        button["url"] = action.url
    if action.style != "default":
        button["style"] = action.style
    if action.confirm:
        button["confirm"] = _confirm(action)
    return button


def _confirm(action: Action) -> Json:
    question: dict[str, object] = {
        "title": plain_text(f"{action.label}?", 100),
        "text": plain_text(action.confirm, _CONFIRM_LENGTH),
        "confirm": plain_text(action.label, 30),
        "deny": plain_text("Go back", 30),
    }
    return question | ({"style": action.style} if action.style != "default" else {})


def plain_text(words: str, most: int) -> Json:
    """An element that Slack shows as it stands; never empty, which Slack would refuse."""
    return {"type": "plain_text", "text": cut(plain(words), most) or "…", "emoji": False}


def _small(words: str) -> Json:
    return {"type": "context", "elements": [plain_text(words, _LOG_LENGTH)]}


def comment(card: Card, notify: Actor | None = None) -> list[Json]:
    """What stands beside a picture: rich text alone, which is all that Slack takes there."""
    parts = [*_call(card, notify), _text("\n")] if card.title or notify else []
    parts += [_text(plain(f"{card.body}\n"))] if card.body else []
    parts += [_text(plain(f"{label}  {value}\n")) for label, value in card.facts]
    return [_rich(_within(parts))] if parts else []


def _rich(parts: Sequence[Json]) -> Json:
    return _rich_text("rich_text_section", parts)


def _rich_text(kind: str, parts: Sequence[Json]) -> Json:
    """A block of rich text; Slack takes no part in it that is empty."""
    full = [part for part in parts if part.get("text") != ""] or [_text(" ")]
    return {"type": "rich_text", "elements": [{"type": kind, "elements": full}]}


def _text(words: str, *, bold: bool = False) -> Json:
    part: dict[str, object] = {"type": "text", "text": words}
    return part | ({"style": {"bold": True}} if bold else {})


def _within(parts: Sequence[Json]) -> list[Json]:
    """As many parts as a block has room for, without the last one's line end."""
    kept: list[Json] = []
    room = _LONGEST_BLOCK
    for part in parts:
        words = str(part.get("text", ""))
        room -= len(words)
        if room < 0:
            return [*kept, _text("…")]
        last = len(kept) == len(parts) - 1
        kept.append({**part, "text": words.rstrip("\n")} if last and words.strip() else part)
    return kept
