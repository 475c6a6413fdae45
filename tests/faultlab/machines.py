"""Processes of the bot, as a supervisor keeps them: whoever ends is started again after a while."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import psutil

Role = Literal["serve", "worker"]
START_SECONDS, STOP_SECONDS, LOOK_SECONDS = 120.0, 30.0, 0.1
RESTART_SECONDS = 0.5
READY = "ready"


@dataclass
class Machine:
    """One process that works or talks; `exits` are the codes with which it ended by itself."""

    name: str
    role: Role
    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path
    back_at: float = 0.0
    frozen: bool = False
    exits: list[int] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _process: "subprocess.Popen[bytes] | None" = None
    _log: IO[bytes] | None = None
    _began: int = 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def printed(self) -> str:
        """All that it printed, over every start."""
        path = self.folder / f"{self.name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    @property
    def ready(self) -> bool:
        """Whether it has said so since it was started last."""
        return self.alive and READY in self.printed[self._began :].splitlines()

    def start(self) -> None:
        """Start it, with a clock that is right; it is ready some seconds later."""
        self.set_clock(0)
        self._began = len(self.printed)
        self._close()
        self._log = (self.folder / f"{self.name}.log").open("ab")
        watched = ("-m", "tests.faultlab.watched", self.name, str(self.folder), "--")
        self._process = subprocess.Popen(
            [sys.executable, *watched, *self.arguments],
            env=dict(self.environ),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def kill(self, away: float = RESTART_SECONDS) -> None:
        """End it at once; it is back after a while."""
        with self.lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait(STOP_SECONDS)
            self._process, self.frozen = None, False
            self.back_at = time.monotonic() + away

    def kill_all(self, away: float) -> None:
        """End it at once with every process that it began, as when its power is cut."""
        with self.lock:
            began = psutil.Process(self.pid).children(recursive=True) if self.alive else []
            self.kill(away)
            for one in began:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs(began, STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and wait; it is back at once."""
        with self.lock:
            if not self.alive or self._process is None:
                return 0
            self.thaw()
            self._process.terminate()
            code = self._process.wait(STOP_SECONDS)
            self._process, self.back_at = None, time.monotonic()
            self.exits += [code] if code else []
            return code

    def freeze(self) -> None:
        with self.lock:
            if self.alive:
                os.kill(self.pid, signal.SIGSTOP)
                self.frozen = True

    def thaw(self) -> None:
        with self.lock:
            if self.alive:
                os.kill(self.pid, signal.SIGCONT)
            self.frozen = False

    def set_clock(self, seconds: float) -> None:
        """Let its clock be wrong by this."""
        new = self.folder / f"{self.name}.clock.new"
        new.write_text(str(seconds), "utf-8")
        new.replace(self.folder / f"{self.name}.clock")

    def look(self) -> None:
        """Start it where it is not there and should be."""
        with self.lock:
            if self._process is not None and (code := self._process.poll()) is not None:
                self.exits.append(code)
                self._process, self.back_at = None, time.monotonic() + RESTART_SECONDS
            if self._process is None and time.monotonic() >= self.back_at:
                self.start()

    def end(self) -> None:
        """Leave nothing of it behind."""
        self.kill()
        self._close()

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


class DidNotStart(AssertionError):
    """A machine was not ready in time; the message holds what it printed."""


@dataclass
class Fleet:
    """All machines of a site."""

    machines: tuple[Machine, ...]
    _over: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def running(self) -> Iterator["Fleet"]:
        """Start them one after the other, then keep them; in the end all are killed."""
        supervisor = threading.Thread(target=self._supervise, daemon=True)
        try:
            for machine in self.machines:
                machine.start()
                self.wait_for(machine)
            supervisor.start()
            yield self
        finally:
            self._over.set()
            if supervisor.ident is not None:
                supervisor.join()
            for machine in self.machines:
                machine.end()

    def of(self, role: Role) -> list[Machine]:
        return [one for one in self.machines if one.role == role]

    @property
    def awake(self) -> list[Machine]:
        """Those that are there and not frozen."""
        return [one for one in self.machines if one.alive and not one.frozen]

    def wait_until_ready(self) -> None:
        """Until every one is there again."""
        for machine in self.machines:
            self.wait_for(machine)

    def wait_for(self, machine: Machine) -> None:
        """Until this one is there again."""
        end = time.monotonic() + START_SECONDS
        while not machine.ready:
            starting = self._over.is_set() or machine.alive or machine.back_at
            if time.monotonic() > end or not starting:
                raise DidNotStart(f"{machine.name} was not ready:\n{machine.printed[-4000:]}")
            time.sleep(LOOK_SECONDS)

    def _supervise(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for machine in self.machines:
                machine.look()
