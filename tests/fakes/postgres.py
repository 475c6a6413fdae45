"""A real PostgreSQL of the tests' own: a server in a temporary folder, and a new database a test.

`tests/conftest.py` makes fixtures of it. Debian's package keeps its programs out of the PATH, and
none of them runs as root.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

_PACKAGED = Path("/usr/lib/postgresql")
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_ROOT = 0
# Durable as the default is: fsync is what the figures of a benchmark are about.
_SETTINGS = ("listen_addresses=127.0.0.1", "max_connections=200", "log_min_messages=fatal")


def programs() -> Path | None:
    """Folder of `initdb` and `postgres`; None where PostgreSQL is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(_PACKAGED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _packaged_user() -> str:
    """Not whom a sandbox may run as: the kernel limits the processes of a user, whoever's."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class PostgresServer:
    """A server on a port of its own, which may be stopped, killed and started again.

    with PostgresServer() as server, server.database() as url:
        ...
    """

    def __init__(self) -> None:
        found = programs()
        if found is None:
            raise FileNotFoundError("PostgreSQL is not installed.")
        self._programs = found
        self._user = _packaged_user() if os.geteuid() == _ROOT else None
        # Not below pytest's folders: those are closed to the user that the server runs as.
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def __enter__(self) -> Self:
        if self._user is not None:
            os.chown(self._folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-D", self.data)
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def data(self) -> str:
        """The data folder."""
        return str(self._folder / "data")

    @property
    def pid(self) -> int:
        """The process that all others of the server are children of."""
        if self._process is None:
            raise RuntimeError("The server is not running.")
        return self._process.pid

    def url(self, name: str = "postgres") -> str:
        """The address of a database, as DATABASE_URL takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        place = ("-D", self.data, "-p", str(self.port), "-k", str(self._folder))
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), *place, *options],
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGTERM waits for clients, SIGINT cuts them off, SIGQUIT is as a power cut."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:  # a client that is frozen holds it up
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(_START_SECONDS)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT, away: float = 0.0) -> None:
        """Stop, be away for some seconds, and start again on the same port."""
        self.stop(how)
        time.sleep(away)
        self.start()

    def terminate_all(self) -> int:
        """End every connection of others; returns how many there were."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return len(ended.fetchall())

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a new database, dropped at the end whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, user=self._user, cwd=self._folder, check=True, capture_output=True)

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
