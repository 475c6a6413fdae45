"""The bot as it is really run: `mltrainer serve` in a process of its own, beside fake platforms."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.fakes.llm import NO_PROVIDERS
from tests.fakes.nobody import NO_SERVICES
from tests.stories.towns import Town, listening, settings_of

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS, LAST_WORDS_SECONDS = 120.0, 60.0, 2.0
SCRUBBED = ("SLACK_", "DISCORD_", "MLTRAINER_", "ANTHROPIC_", "OPENAI_", "GEMINI_", "GROQ_")
DIVERTING = {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "database_url", "port"}
DIVERTING |= {"hf_token", "ray_auth_token"}


class DidNotStart(AssertionError):
    """The bot ended or said nothing; the message holds what it printed."""


class Served:
    """`mltrainer serve` with the home `folder`/home; restarted, it has the same home and port.

        with Served(slack, tmp_path, environments) as bot:
            ann.mention("C1", "train a classifier")
            bot.kill()
            bot.restart()

    It serves one platform or several; Slack over HTTP or Socket Mode, as the fake is. `settings`
    are added to its environment.
    """

    def __init__(
        self, towns: Town | Sequence[Town], folder: Path, environments: Path, **settings: str
    ) -> None:
        self.towns = towns if isinstance(towns, Sequence) else (towns,)
        self.folder, self.home = folder, folder / "home"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []
        self.environ = {
            **surroundings(),
            **NO_PROVIDERS,
            "MLTRAINER_HOME": str(self.home),
            "MLTRAINER_ENV_CACHE": str(environments),
            "MLTRAINER_RETRY_SCALE": "0.01",
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **{name: value for town in self.towns for name, value in settings_of(town).items()},
            **settings,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *arguments: str, timeout: float = START_SECONDS) -> None:
        """Start it and wait for `ready`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", *arguments],
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        self._process = process
        self._wait_for_ready(self._read(process), timeout)
        for town in self.towns:
            listening(town, self.url)

    def stop(self) -> int:
        """Ask it to end (SIGTERM); returns its exit code."""
        self._running.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._running.kill()
        self._ended()

    def restart(self) -> None:
        """Start it again, after it was stopped or killed."""
        if self.alive:
            self.stop()
        self.start()

    def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None:
            self._process.kill()
            self._ended()

    def get(self, path: str) -> str:
        """What its web server answers at /health or /ready."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - loopback
            return str(answer.read().decode())

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Another command of the command line, with the same home and settings."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self.environ,
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def printed(self) -> str:
        """All that it printed so far, over every start, to stdout and stderr."""
        return "".join(self.output)

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "it was never started"
        return self._process

    def _ended(self) -> int:
        """Wait for its end and its last words, which a program it started may hold open."""
        code = self._running.wait(STOP_SECONDS)
        for reader in self._readers:
            reader.join(LAST_WORDS_SECONDS)
        return code

    def _read(self, process: subprocess.Popen[str]) -> "queue.Queue[str]":
        """Read both pipes for as long as they are open; lines of stdout arrive in the queue."""
        lines: queue.Queue[str] = queue.Queue()

        def read(pipe: IO[str], *, telling: bool) -> None:
            with pipe:
                for line in pipe:
                    self.output.append(line)
                    if telling:
                        lines.put(line.strip())
            if telling:
                lines.put("")

        assert process.stdout
        assert process.stderr
        for pipe, telling in ((process.stdout, True), (process.stderr, False)):
            named = {"telling": telling}
            reader = threading.Thread(target=read, args=(pipe,), kwargs=named, daemon=True)
            reader.start()
            self._readers.append(reader)
        return lines

    def _wait_for_ready(self, lines: "queue.Queue[str]", timeout: float) -> None:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                line = lines.get(timeout=0.1)
            except queue.Empty:
                if not self.alive:
                    break
                continue
            if line == "ready":
                return
        code = self._running.poll()
        self.end()
        how = f"ended with {code}" if code is not None else f"was not ready in {timeout} s"
        raise DidNotStart(f"`mltrainer serve` {how}:\n{self.printed()}")


def surroundings() -> dict[str, str]:
    """This machine's environment without what would configure or divert the bot, or lead out."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(SCRUBBED) and name.lower() not in DIVERTING
    }
    return kept | NO_SERVICES


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
