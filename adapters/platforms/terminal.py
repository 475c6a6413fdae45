"""The terminal as a chat platform: prompt_toolkit reads, rich writes; a pipe works line by line."""

import asyncio
import contextlib
import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.text import Text

from adapters.stdin import Stdin
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import (
    AskForm,
    Card,
    Decide,
    Field,
    Form,
    FormErrors,
    Mention,
    Ref,
    StageLine,
    Submit,
    Whisper,
)

if TYPE_CHECKING:
    from prompt_toolkit.history import InMemoryHistory

_ICONS = {"pending": "·", "running": "…", "done": "✓", "failed": "✗", "skipped": "○"}
_STYLES = {"done": "green", "failed": "red", "running": "cyan"}
_TONES = {"good": "green", "bad": "red", "waiting": "yellow"}
_STAGE_WIDTH = 21
_LABEL_WIDTH = 12
_BOX_WIDTH = 88
_FIRST_PROGRESS = 2.0
_NEXT_PROGRESS = 5.0
_FORM_TRIES = 5
_ASKING = {"waiting", "bad"}
_TYPED = {"change": "change NAME to VALUE"}
_LEAVE = {"exit", "quit", "bye"}
_MOVES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_YES = {"y", "yes", "true", "1"}


@dataclass
class _Shown:
    """What of a card stands on the screen already; `due` is when progress may be said again."""

    lines: dict[str, StageLine] = field(default_factory=dict)
    log: int = 0
    due: float = 0.0


class Terminal:
    """One person in one terminal; `place` is the thread in which the next line is said.

    `out` defaults to stdout. Without a terminal there are no escape codes, and lines are appended
    where a terminal would change one in place.
    """

    name = "terminal"

    def __init__(
        self,
        *,
        actor: Actor,
        place: Place,
        out: TextIO | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.place = place
        self.interrupted = False
        self._actor = actor
        self._said: InMemoryHistory | None = None  # never on disk: somebody may paste a key
        stream = out or sys.stdout
        whole_lines = not stream.isatty()  # a person reads words, a program reads lines
        self._console = Console(
            file=stream, highlight=False, markup=False, emoji=False, soft_wrap=whole_lines
        )
        self._monotonic = monotonic
        self._shown: dict[str, _Shown] = {}
        self._status: Status | None = None
        self._lines = Stdin()
        self._talk: asyncio.Task[None] | None = None
        self._session = uuid.uuid4().hex
        self._turns = 0

    async def start(self, decide: Decide) -> None:
        """Listen: each line is a mention in `place`, answered before the next one is read."""
        self._talk = asyncio.create_task(self._listen(decide))

    async def closed(self) -> None:
        """Wait until the person leaves."""
        if self._talk is not None:
            await self._talk

    async def stop(self) -> None:
        """Stop listening and give the line at the bottom back."""
        self._still()
        if self._talk is not None:
            self._talk.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._talk

    async def open_thread(self, place: Place, title: str, key: str) -> Place:  # noqa: ARG002  (no threads here)
        """The place itself: a terminal shows one thread at a time."""
        return place

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        """Print a card; `notify` has no meaning where the person is looking."""
        del notify
        if card.stages:
            self._print(Text(f"{card.title}  {card.body}", style="bold"))
            self._shown[key] = _Shown(due=self._monotonic() + _FIRST_PROGRESS)
            self._draw(card, self._shown[key])
        else:
            self._say(card)
        return Ref(place=place, id=key)

    async def edit(self, ref: Ref, card: Card) -> Ref:
        """Print what has changed."""
        self._draw(card, self._shown.setdefault(ref.id, _Shown()))
        return ref

    def greet(self, card: Card) -> None:
        """The box at the top."""
        width = min(_BOX_WIDTH, self._console.width)
        box = Panel(Text(card.body), title=card.title, width=width, padding=(0, 2))
        self._console.print(box, soft_wrap=False)

    def tell(self, card: Card) -> None:
        """Say something outside any job."""
        self._say(card)

    async def ask(self, question: str) -> str | None:
        """One line of the person; None when they leave."""
        self._print(Text(question))
        return await self._read("> ")

    def _draw(self, card: Card, shown: _Shown) -> None:
        for line in card.log[shown.log :]:
            shown_line = line.replace("\n", "\n   ")
            self._print(
                Text(f"   {shown_line}", style="yellow" if line.startswith("Warning") else "dim")
            )
        shown.log = len(card.log)
        for stage in card.stages:
            before = shown.lines.get(stage.title)
            if stage == before:
                continue
            shown.lines[stage.title] = stage
            if stage.state in {"done", "failed", "skipped"}:
                self._still()
                self._print(_stage_text(stage))
            elif stage.state == "running":
                fresh = before is None or before.state != "running"
                self._progress(stage, shown, fresh=fresh)

    def _progress(self, stage: StageLine, shown: _Shown, *, fresh: bool) -> None:
        """The running stage: one changing line on a terminal, now and then a line on a pipe."""
        if self._console.is_terminal:
            if self._status is None:
                self._status = self._console.status(_stage_text(stage))
                self._status.start()
            self._status.update(_still(_stage_text(stage)))
            return
        now = self._monotonic()
        if fresh:
            shown.due = now + _FIRST_PROGRESS
        elif now >= shown.due:
            shown.due = now + _NEXT_PROGRESS
            self._print(_stage_text(stage))

    def _still(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _say(self, card: Card) -> None:
        self._still()
        head = Text("Agent: ", style="bold")
        head.append(card.title, style=_TONES.get(card.tone, ""))
        self._print(Text())
        self._print(head)
        if card.body:
            self._print(Text(card.body))
        for label, text in card.facts:
            self._print(Text(f"{label:<{_LABEL_WIDTH}}{text}"))
        for row in card.rows:
            self._print(Text(f"{row.title}  {row.text}".rstrip()))
        for stage in card.stages:
            if stage.state != "pending":
                self._print(_stage_text(stage))
        if self._talk is not None and card.tone in _ASKING:
            self._offer(card)

    def _offer(self, card: Card) -> None:
        """What stands for the buttons; Cancel alone is no answer to a question."""
        typed = [_TYPED.get(one.id, one.id) for one in card.actions]
        if typed not in ([], ["cancel"]):
            self._print(Text(f"Say: {', '.join(typed)}", style="dim"))

    def _print(self, text: Text) -> None:
        self._console.print(_still(text))

    async def _listen(self, decide: Decide) -> None:
        while (line := await self._read("You: ")) is not None:
            said = line.strip()
            if said.lower() in _LEAVE:
                return
            if said:
                await self._turn(decide, said)

    async def _turn(self, decide: Decide, said: str) -> None:
        mention = Mention(key=self._key(), actor=self._actor, place=self.place, text=said)
        reply = await decide(mention)
        for _ in range(_FORM_TRIES):
            if not isinstance(reply, AskForm | FormErrors):
                break
            reply = await decide(await self._fill(reply.form))
        if isinstance(reply, Whisper):
            self._say(reply.card)

    async def _fill(self, form: Form) -> Submit:
        """Ask field by field; a secret is read without being shown."""
        self._print(Text(form.title, style="bold"))
        values: dict[str, str | bool] = {}
        for one in form.fields:
            if one.id in form.errors:
                self._print(Text(f"{one.label}: {form.errors[one.id]}", style="red"))
            text = await self._read(_label(one), secret=one.kind == "secret") or ""
            values[one.id] = text.lower() in _YES if one.kind == "bool" else text
        return Submit(
            key=self._key(),
            actor=self._actor,
            place=self.place,
            form=form.id,
            state=form.state,
            values=values,
        )

    def _key(self) -> str:
        self._turns += 1
        return f"terminal:{self._session}:{self._turns}"

    async def _read(self, prompt: str, *, secret: bool = False) -> str | None:
        """The next line without its end; None at the end of input and on Ctrl-C."""
        self._still()
        if sys.stdin.isatty() and self._console.is_terminal:
            return await self._prompt(prompt, secret=secret)
        line = await self._lines.line()
        if line is not None:
            self._print(Text(prompt + ("" if secret else line)))
        return line

    async def _prompt(self, prompt: str, *, secret: bool) -> str | None:
        from prompt_toolkit import PromptSession  # noqa: PLC0415  (0.1 s that only a person waits for)
        from prompt_toolkit.history import InMemoryHistory  # noqa: PLC0415  (as above)

        self._said = self._said or InMemoryHistory()
        history = None if secret else self._said
        session: PromptSession[str] = PromptSession(history=history, reserve_space_for_menu=0)
        try:
            return await session.prompt_async(prompt, is_password=secret)
        except EOFError:
            return None
        except KeyboardInterrupt:
            self.interrupted = True
            return None


def _still(text: Text) -> Text:
    """The same without what moves a cursor or turns a line around, whoever wrote it."""
    text.plain = _MOVES.sub("", text.plain)
    return text


def _stage_text(stage: StageLine) -> Text:
    """`>> dataset              ✓  4.8s`."""
    text = Text(f">> {stage.title:<{_STAGE_WIDTH}}")
    text.append(_ICONS[stage.state], style=_STYLES.get(stage.state, ""))
    text.append(f"  {stage.note or stage.state}")
    return text


def _label(one: Field) -> str:
    choices = f" ({', '.join(one.choices)})" if one.choices else ""
    hint = f" [{one.hint}]" if one.hint else ""
    return f"{one.label}{choices}{hint}: "
