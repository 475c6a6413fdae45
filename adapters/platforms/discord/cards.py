"""A card as Discord shows it: components with buttons, or content where there are none.

All that comes from a card is escaped, and counted after that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from adapters.card_words import ICONS, TONES, begun, has_ended, standing
from adapters.plain_text import cut, plain, units
from adapters.platforms.discord.drawing import Json
from adapters.platforms.discord.text import fenced, fitted
from pipeline.jobs import Actor
from pipeline.ports.chat import Action, Card, Row, StageLine

MOST_COMPONENTS = 40
LONGEST_TEXT = 4000
LONGEST_CONTENT = 2000
LONGEST_ALT = 1024
LONGEST_ID = 100
MOST_ACTIONS = 5
MOST_ROWS = 10
Kind = Literal["a", "y"]
"""What begins the id of a button: `a`, or `y` where it answers a question that was asked back."""
ASKS = "?"
"""The same for a button that asks back before anything happens."""

_ROW, _BUTTON, _TEXT, _CONTAINER = 1, 2, 10, 17
_LINK_STYLE = 5
_STYLES = MappingProxyType({"default": 2, "primary": 1, "danger": 4})
_COLOURS = MappingProxyType(
    {"info": 0x5865F2, "good": 0x23A55A, "bad": 0xD83C3E, "waiting": 0xF0B232}
)
_SCHEMES = ("https://", "http://", "discord://")
_LONGEST_LABEL = 75
_LONGEST_URL = 512
_SHORT_TITLE = 75  # a longer one is a sentence, too much for the size of a heading
_LONGEST_TITLE = 800
_LONGEST_FACT = 500
_LONGEST_NOTE = 400
_LONGEST_LINE = 200
_LONGEST_ROW = 300
_LOG_LINES = 3
_FENCE = "```"


@dataclass
class _Room:
    """How much text a message still takes; what matters most takes from it first."""

    left: int

    def line(self, before: str, text: str, after: str, most: int) -> str:
        """A line of marks around a text; empty where there is no room for it."""
        room = self.left - units(before) - units(after) - 1
        if room <= 1:
            return ""
        said = before + fitted(text, min(most, room)) + after
        self.left -= units(said) + 1
        return said

    def text(self, text: str, most: int) -> str:
        """A text of its own."""
        return self.line("", text, "", most) if text.strip() else ""


def is_plain(card: Card) -> bool:
    """Whether a card is a few words, which Discord shows as an ordinary message."""
    return not (card.actions or card.stages or card.rows or card.log)


def components(card: Card, notify: Actor | None = None, kind: Kind = "a") -> list[Json]:
    """The card within all of Discord's limits; what is too long is cut with an ellipsis."""
    room = _Room(LONGEST_TEXT - 1)
    head = [*_head(card, room, notify)]
    stages, facts = _block(_stages(card.stages, room)), _block(_facts(card.facts, room))
    rows = [*_rows(card.rows, room, kind)]
    body = room.text(card.body.strip(), LONGEST_CONTENT)
    log = _log(card, room)
    told = [facts, stages] if has_ended(card) else [stages, facts]
    texts = [*_block(head), body, *told[0], *told[1], *log]
    buttons = _buttons(card.actions[:MOST_ACTIONS], 0, kind)
    spoken = [_text(text) for text in texts if text]
    spoken += _kept(rows, MOST_COMPONENTS - 1 - len(spoken) - len(buttons) - 1)
    parts = [*spoken, *([_row(buttons)] if buttons else [])]
    colour = _COLOURS[card.tone]
    return [
        {"type": _CONTAINER, "components": parts or [_text("…")], "accent_color": colour},
    ]


def content(card: Card, notify: Actor | None = None) -> str:
    """A notice, or what stands beside a picture."""
    room = _Room(LONGEST_CONTENT - 1)
    lines = [*_head(card, room, notify, heading=False), room.text(card.body.strip(), 1500)]
    return "\n".join(line for line in [*lines, *_facts(card.facts, room)] if line)


def custom_id(kind: str, number: int, action: str, argument: str) -> str:
    """What a button says when it is pressed."""
    return f"{kind}:{number}:{action}:{argument}"


def button_of(said: str) -> tuple[str, str, str] | None:
    """Kind, action and argument of a button; None for one that is none of ours."""
    kind, number, action, argument = [*said.split(":", 3), "", "", ""][:4]
    known = kind in {"a", "y", ASKS} and number.isdecimal() and action
    return (kind, action, argument) if known else None


def _head(card: Card, room: _Room, notify: Actor | None, *, heading: bool = True) -> Iterator[str]:
    """A heading, or a bold line where somebody is called or the title is a whole question."""
    title = " ".join(card.title.split())
    call = f"<@{notify.id}> " if notify and notify.id.isdecimal() else ""
    room.left -= units(call)
    if heading and title and not call and len(title) <= _SHORT_TITLE:
        yield room.line("### ", title, "", _LONGEST_TITLE)
    elif title:
        yield call + room.line("**", title, "**", _LONGEST_TITLE)
    elif call:
        yield call.strip()
    if TONES[card.tone]:
        yield room.line("-# ", TONES[card.tone], "", _LONGEST_LINE)


def _stages(stages: Sequence[StageLine], room: _Room) -> Iterator[str]:
    """A line a stage; those that have not begun share the last one."""
    later = [stage.title for stage in stages if not begun(stage)]
    for stage in stages:
        if begun(stage):
            name = fitted(stage.title, _LONGEST_LABEL)
            before = f"{ICONS[stage.state]} **{name}**  "
            note = stage.note.strip().replace("\n", " ")
            yield room.line(before, standing(stage, note), "", _LONGEST_NOTE)
    if later:
        yield room.text(f"{ICONS['pending']} pending: " + ", ".join(later), _LONGEST_FACT)


def _facts(facts: Sequence[tuple[str, str]], room: _Room) -> Iterator[str]:
    for label, value in facts:
        name = fitted(" ".join(label.split()), _LONGEST_LABEL)
        yield room.line(f"**{name}**  " if name else "", value, "", _LONGEST_FACT)


def _log(card: Card, room: _Room) -> list[str]:
    """The end of the log: three small lines beside stages, else as much as there is room for."""
    if not card.log:
        return []
    if card.stages:
        lines = [" ".join(line.split("\n")) for line in card.log[-_LOG_LINES:]]
        return _block(room.line("-# ", line, "", _LONGEST_LINE) for line in lines)
    kept: list[str] = []
    room.left -= 2 * len(_FENCE) + 2
    for line in reversed([cut(fenced(line), LONGEST_CONTENT) for line in card.log]):
        if units(line) + 1 > room.left:
            break
        room.left -= units(line) + 1
        kept.insert(0, line)
    return [f"{_FENCE}\n" + "\n".join(kept) + f"\n{_FENCE}"] if kept else []


def _rows(rows: Sequence[Row], room: _Room, kind: Kind) -> Iterator[tuple[str, list[Json]]]:
    """Each with its buttons."""
    for number, row in enumerate(rows[:MOST_ROWS], 1):
        title = fitted(" ".join(row.title.split()), _LONGEST_ROW)
        said = room.line(f"**{title}**  " if title else "", row.text, "", _LONGEST_ROW)
        if said:
            yield said.rstrip(), _buttons(row.actions, number * MOST_ACTIONS, kind)


def _kept(rows: Sequence[tuple[str, list[Json]]], room: int) -> list[Json]:
    """The rows with their buttons while Discord takes so many parts, the rest in words."""
    parts: list[Json] = []
    unpressed: list[str] = []
    for said, buttons in rows:
        needed = 1 + (1 + len(buttons) if buttons else 0)
        if unpressed or needed > room - 1:  # one more says the rest
            unpressed.append(said)
            continue
        room -= needed
        parts += [_text(said), *([_row(buttons)] if buttons else [])]
    return [*parts, _text("\n".join(unpressed))] if unpressed else parts


def _buttons(actions: Sequence[Action], first: int, kind: Kind) -> list[Json]:
    drawn = (_button(number, action, kind) for number, action in enumerate(actions, first))
    return [button for button in drawn if button is not None]


def _button(number: int, action: Action, kind: Kind) -> Json | None:
    """A button; None for one that Discord would refuse the whole message for."""
    button: Json = {"type": _BUTTON, "label": cut(plain(action.label), _LONGEST_LABEL) or "…"}
    if action.url:
        fits = action.url.startswith(_SCHEMES) and len(action.url) <= _LONGEST_URL
        return {**button, "style": _LINK_STYLE, "url": action.url} if fits else None
    begins = ASKS if action.confirm else kind
    said = custom_id(begins, number, action.id, action.argument)
    if units(said) > LONGEST_ID:
        return None
    return {**button, "style": _STYLES[action.style], "custom_id": said}


def _row(buttons: Sequence[Json]) -> Json:
    return {"type": _ROW, "components": [*buttons]}


def _text(words: str) -> Json:
    return {"type": _TEXT, "content": words}


def _block(lines: Iterable[str]) -> list[str]:
    """Lines as one text, if there are any."""
    said = "\n".join(line for line in lines if line)
    return [said] if said else []
