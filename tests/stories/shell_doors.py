"""The doors of the command line: keys piped in, typed unseen, and said where they do not belong."""

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.stories.canaries import Canaries
from tests.stories.chatting import WORDS, messages
from tests.stories.serving import Served

LONGEST = 120.0


@dataclass
class ShellDoors:
    """A person at the shell of the machine that the bot runs on; `shown` is all they saw."""

    bot: Served
    canaries: Canaries
    shown: list[str] = field(default_factory=list)

    def plant(self, door: str, shape: str = "hf", *, broken: bool = False) -> str:
        return self.canaries.plant(f"shell, {door}", shape, broken=broken)

    def run(self, *arguments: str, typed: str = "", code: int = 0) -> str:
        """Another command beside the bot, which must end with this exit code."""
        ended = self.bot.run(*arguments, typed=typed)
        self.shown.append(ended.stdout + ended.stderr)
        assert ended.returncode == code, (arguments[:2], ended.returncode, self.shown[-1])
        return self.shown[-1]

    def piped(self) -> None:
        """Lines of stdin: wrong, then right; and a key in place of a name or beside it."""
        bad, good = self.plant("piped, bad", broken=True), self.plant("piped")
        self.run("secrets", "add", "huggingface", typed=f"{bad}\n", code=2)
        self.run("secrets", "add", "huggingface", typed=f"{good}\n")
        old = self.plant("piped, two lines", "kaggle-old")
        self.run("connect", "kaggle", typed=f"ann-miller\n{old}\n")
        self.run("connect", "openai", self.plant("argument", "openai"), code=2)
        self.run("secrets", "forget", self.plant("forget"), code=2)
        assert good[-4:] in self.run("secrets", "list")
        assert "huggingface" in self.run("secrets", "list", "--json")

    def hidden(self) -> None:
        """Typed at a terminal, where nothing of it is shown."""
        token, mistyped = self.plant("typed", "modal-id"), self.plant("mistyped", "modal-secret")
        secret = self.plant("typed second", "modal-secret")
        asked = (
            ("Modal token id (hidden): ", token),
            ("Modal token secret (hidden): ", f"{mistyped}!"),
            ("Modal token secret (hidden): ", secret),
        )
        with at_terminal(self.bot, "connect", "modal") as terminal:
            for prompt, answer in asked:
                terminal.wait_for(prompt)
                terminal.type(f"{answer}\n")
            terminal.wait_for("is connected")
            assert terminal.process.wait(LONGEST) == 0
        self.shown.append(terminal.seen)

    def in_words(self) -> None:
        """A key in the words of a request, in the answer, and where a job's id should be."""
        told = self.run("run", f"make me a model, key {self.plant('run')}", code=3)
        found = re.search(r"j-[a-z0-9]{8}", told)
        assert found
        job = found[0]
        told = self.run("answer", job, f"use {self.plant('answer', 'groq')}", code=3)
        self.run("cancel", job)
        self.run("status", self.plant("status"), code=2)

    def conversation(self, folder: Path) -> None:
        """A job that waits for an account asks for it in the conversation; it is not shown."""
        folder.mkdir(exist_ok=True)
        upload = messages()
        (folder / upload.name).write_bytes(upload.content)
        bad, good = self.plant("talk, bad", broken=True), self.plant("talk")
        self.canaries.allow("shell, talk, words", lambda where: where == "the shell")  # their own
        said = f"{WORDS} from {folder / upload.name}, key {self.plant('talk, words', 'github')}"
        lines = [f"{said}, and publish it to parcel", bad, good, "cancel", "exit", ""]
        self.run("secrets", "forget", "huggingface")
        ended = self.bot.run("--quiet", typed="\n".join(lines))
        self.shown.append(ended.stdout + ended.stderr)
        assert "does not look like a Hugging Face token" in self.shown[-1], self.shown[-1]
        assert "cancelled" in self.shown[-1], self.shown[-1]
        assert good[-4:] in self.run("secrets", "list")


class at_terminal(contextlib.ExitStack):  # noqa: N801 - used as a function is
    """A command of the bot's home in a terminal of its own."""

    def __init__(self, bot: Served, *arguments: str) -> None:
        super().__init__()
        self._master, slave = pty.openpty()
        self.callback(os.close, self._master)
        self.seen = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=bot.environ,
            cwd=bot.folder,
        )
        os.close(slave)
        self.callback(self.process.kill)

    def wait_for(self, words: str) -> None:
        """Read until the words are there; what was read before counts no more."""
        start = len(self.seen)
        while words not in self.seen[start:]:
            ready, _, _ = select.select([self._master], [], [], LONGEST)
            assert ready, f"{words!r} never came: {self.seen}"
            self.seen += os.read(self._master, 4096).decode(errors="replace")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())
