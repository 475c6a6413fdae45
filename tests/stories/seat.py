"""People at a terminal: `mltrainer` in a process of its own, typed into and read line by line.

They see and do what people in a chat see and do, as far as it exists here; what does not exist
raises NotHere, and no story reaches it.
"""

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.fakes import people
from tests.fakes.llm import NO_PROVIDERS
from tests.stories.serving import ROOT, STOP_SECONDS, surroundings
from tests.stories.somebody import Shown

T = TypeVar("T")
LONGEST = 240.0
WORDS_HERE: Mapping[str, str] = {  # of a card in a chat, and what stands here in their place
    "waiting for your answer": "To begin I need to know",
    "waiting for your yes": "Waits for your yes",
    "waiting for your Hugging Face account": "I need your Hugging Face account",
    ": done": "mltrainer report",  # of the lines of a result, which come one by one, the last
    ": failed": "The job failed",
    "cancelled": "The job was cancelled",
    "Hugging Face": "\nHugging Face\n",
}
TYPED: Mapping[str, str] = {  # for a button
    "Approve": "approve",
    "Cancel": "cancel",
    "Connect accounts": "connect hf",
    "Log": "log",
    "Resume": "resume",
    "Retry": "retry",
}
_PROMPT = "You: "
_TITLED = 2  # lines of an answer of which only the title is there


class NotHere(AssertionError):
    """Something that a terminal does not have."""


@dataclass(frozen=True)
class Printed:
    """What was printed since the person last typed something: their card, answer and form."""

    text: str
    by: str = "mltrainer"
    channel: str = "terminal"
    ts: str = "printed"
    thread: str = ""
    files: tuple[str, ...] = ()

    @property
    def buttons(self) -> tuple[str, ...]:
        """Buttons whose words are offered to be typed."""
        offered = " ".join(re.findall(r"^Say: (.*)$", self.text, re.MULTILINE))
        return tuple(label for label, typed in _OFFERS.items() if typed in offered)

    @property
    def fields(self) -> tuple[str, ...]:
        """The prompt that waits for an answer; a pipe shows it when the answer is there."""
        return ("Hugging Face token",) if "\nHugging Face\n" in self.text else ()

    def __contains__(self, words: str) -> bool:
        return WORDS_HERE.get(words, words) in self.text


_OFFERS = {**TYPED, "Change": "change"}


class Sitter:
    """Somebody at their own terminal, with a home of their own; `beside` is what a shell printed.

    `asked` stays empty: there are no dialogs.
    """

    def __init__(self, seats: "Seats", name: str) -> None:
        self.id, self.asked = name, list[str]()
        self.folder = seats.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._seats = seats
        self._shown: list[str] = []
        self.beside: list[str] = []
        self._typed_at = 0
        self._process: subprocess.Popen[str] | None = None

    # Saying and doing

    def mention(
        self, channel: str, text: str, thread: Shown = None, files: Sequence[Shown] = ()
    ) -> Printed:
        """Type a line; files are written to the folder and named in it."""
        del channel, thread
        for one in files:
            (self.folder / one.name).write_bytes(one.content)
        self.type(" ".join([text, *(one.name for one in files)]))
        return Printed(text, by=self.id, ts="typed")

    def click(self, where: Shown, label: str, *, confirm: bool = True) -> None:
        """Type what stands for a button."""
        del where, confirm
        if label not in TYPED:
            raise NotHere(f"no word stands for the button “{label}”")
        self.type(TYPED[label])

    def fill(self, view: Shown, values: Mapping[str, Shown]) -> dict[str, str]:
        """Answer the prompts in their order, unseen; an error stands before the same prompt."""
        for label in view.fields:
            before = len(self.transcript)
            self.type(values[label], echoed=False)
            error = rf"^{re.escape(label)}: (\S.+)$"
            said = self._answer(before)
            if found := re.search(error, said, re.MULTILINE):
                return {label: found[1]}
        return {}

    def _answer(self, before: int) -> str:
        """What stands below the prompt, once it is more than the form's title."""

        def find() -> str | None:
            said = self.transcript[before:].partition("]: \n")[2]
            return said if len(said.split("\n")) > _TITLED else None

        return self.wait_until(find, "an answer to the field")

    def run(self, *arguments: str, typed: str = "") -> str:
        """Another command at the same machine; what it printed."""
        done = self._seats.run(self, *arguments, typed=typed)
        self.beside.append(done.stdout + done.stderr)
        return self.beside[-1]

    def type(self, line: str, *, echoed: bool = True) -> None:
        """Type one line; `echoed` says whether it will be seen."""
        process = self.sit_down()
        self._typed_at = len(self.transcript)
        assert process.stdin is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        if echoed:
            self.wait_until(lambda: self._echoed(line), f"“{line}” to be read", LONGEST)

    def dm(self, text: str, files: Sequence[Shown] = ()) -> Printed:
        raise NotHere(f"direct messages: {text} {files}")

    def edit(self, message: Shown, text: str) -> None:
        raise NotHere(f"editing what was typed: {message} {text}")

    def command(self, name: str, text: str = "", channel: str = "C1") -> None:
        raise NotHere(f"slash commands: {name} {text} {channel}")

    def dismiss(self, view: Shown) -> None:
        raise NotHere(f"closing a form: {view}")

    # Looking

    @property
    def transcript(self) -> str:
        """Everything printed so far, over every start."""
        return "".join(self._shown)

    @property
    def now(self) -> Printed:
        """What was printed since something was typed."""
        return Printed(self.transcript[self._typed_at :])

    def thread(self, channel: Shown, /) -> list[Printed]:
        """The words that began it, and what was printed since something was typed."""
        return [channel, self.now]

    def look(self, message: Shown) -> Printed:
        del message
        return self.now

    def whispers(self) -> list[Printed]:
        return [self.now]

    def dms(self) -> list[Printed]:
        raise NotHere("direct messages")

    def pings(self) -> list[Printed]:
        raise NotHere("notifications")

    def modal(self) -> Printed | None:
        return self.now if self.now.fields else None

    def wait_for(self, words: str, timeout: float = 30.0, thread: Shown = None) -> Printed:
        del thread
        return self.wait_until(
            lambda: self.now if words in self.now else None, f"“{words}”", timeout
        )

    def wait_for_whisper(self, words: str, timeout: float = 30.0) -> Printed:
        return self.wait_for(words, timeout)

    def wait_for_modal(self, words: str = "", timeout: float = 30.0) -> Printed:
        return self.wait_for(words, timeout)

    def wait_until(self, find: Callable[[], T | None], what: str, timeout: float = 30.0) -> T:
        """What `find` finds, once it does; fails with everything that was printed."""
        return people.wait_until(find, f"{what}, as {self.id}", timeout, self.everything)

    def everything(self) -> str:
        return self.transcript

    # The process

    @property
    def sits(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def sit_down(self) -> subprocess.Popen[str]:
        """Begin the conversation, unless it goes on."""
        if self._process is None or not self.sits:
            self._process = self._seats.open(self)
            reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
            reader.start()
            self.wait_until(lambda: self._greeted() or None, "the greeting", LONGEST)
        return self._process

    def leave(self) -> int:
        """Say goodbye; the exit code."""
        if self._process is None:
            return 0
        self._hang_up(self._process)
        return self._process.wait(STOP_SECONDS)

    def die(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._hang_up(self._process)
            self._typed_at = len(self.transcript)

    def _hang_up(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()

    def _greeted(self) -> bool:
        said = self.transcript[self._typed_at :]
        return "Tell me what you'd like" in said or "Previous session found" in said

    def _echoed(self, line: str) -> bool | None:
        """Whether the line was read; what is said from then on is its answer."""
        found = re.compile(rf"^(?:{_PROMPT}|> ){re.escape(line)}$", re.MULTILINE)
        at = found.search(self.transcript, self._typed_at)
        if at is None:
            return None
        self._typed_at = at.end()
        return True

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self._shown.extend(process.stdout)


class Seats:
    """Terminals beside each other, each with a home of its own below `folder`.

    They are a platform and the bot on it in one: the process that is talked to does the work.
    """

    def __init__(self, folder: Path, environments: Path, **settings: str) -> None:
        self.folder = self.home = folder / "seats"
        self._sitters: dict[str, Sitter] = {}
        self.environ = {
            **surroundings(),
            **NO_PROVIDERS,
            "MLTRAINER_ENV_CACHE": str(environments),
            "MLTRAINER_RETRY_SCALE": "0.01",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def alive(self) -> bool:
        return True

    def person(self, name: str, *, admin: bool = False) -> Sitter:
        del admin
        return self._sitters.setdefault(name, Sitter(self, name))

    def open(self, sitter: Sitter) -> subprocess.Popen[str]:
        """`mltrainer` for this person."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot"],
            env=self.environ | _own(sitter),
            cwd=sitter.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def run(
        self, sitter: Sitter, *arguments: str, typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Another command in the home of this person."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self.environ | _own(sitter),
            cwd=sitter.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def stop(self) -> int:
        """Everybody leaves; the highest exit code."""
        return max([one.leave() for one in self._sitters.values()], default=0)

    def start(self) -> None:
        """Nothing to do: whoever types sits down."""

    def kill(self) -> None:
        for one in self._sitters.values():
            one.die()

    def restart(self) -> None:
        """Sit down again where somebody was interrupted, and go on."""
        for one in self._sitters.values():
            one.sit_down()
            if "Previous session found" in one.now:
                one.type("r")

    def printed(self) -> str:
        return "".join(one.transcript for one in self._sitters.values())

    def everything_sent(self) -> str:
        return self.printed()


def _own(sitter: Sitter) -> dict[str, str]:
    return {"MLTRAINER_HOME": str(sitter.folder / "home"), "LOGNAME": sitter.id}
