"""The house that is soaked: one process on SQLite, or five on PostgreSQL."""

import itertools
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from adapters.vault.master_keys import encode
from tests.fakes.postgres import PostgresServer
from tests.faultlab.site import rows_of_server
from tests.stories.kill_counts import Rows, rows_of_file
from tests.stories.serving import ROOT, Served
from tests.stories.towns import Town, listening

Kind = Literal["sqlite", "postgres"]
SETTINGS = {"MLTRAINER_APPROVAL": "always"}
REPLICAS, WORKERS = 2, 3
STOP_SECONDS = 60.0
KEY_BYTES = 32


@dataclass
class World:
    """A house at work. `replicas` talk; a worker only works."""

    home: Path
    url: str
    replicas: list[Served] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _turns: Iterator[int] = field(default_factory=itertools.count)

    def pids(self) -> Mapping[str, int]:
        """Every long-living process by its name."""
        talking = {f"serve {n}": one.pid for n, one in enumerate(self.replicas, 1) if one.alive}
        working = {f"worker {n}": one.pid for n, one in enumerate(self.workers, 1)}
        return talking | working

    def turn(self, town: Town) -> None:
        """Lead the platform to the next replica, as a load balancer would."""
        if len(self.replicas) > 1:
            listening(town, self.replicas[next(self._turns) % len(self.replicas)].url)

    @property
    def rows(self) -> Rows:
        """What a query finds in its database."""
        embedded = self.url.startswith("sqlite")
        return rows_of_file(self.home) if embedded else rows_of_server(self.url)

    def database_size(self) -> int:
        """Bytes of the whole database."""
        if self.url.startswith("sqlite"):
            return sum(file.stat().st_size for file in self.home.glob("mltrainer.db*"))
        return int(self.rows("select pg_database_size(current_database()) as size")[0]["size"])

    def dead(self) -> list[str]:
        """Processes that ended although nobody asked them to."""
        talking = [f"serve {n}" for n, one in enumerate(self.replicas, 1) if not one.alive]
        gone = [f"worker {n}" for n, one in enumerate(self.workers, 1) if one.poll() is not None]
        return talking + gone


@contextmanager
def opened(kind: Kind, town: Town, folder: Path, environments: Path) -> Iterator[World]:
    """Everything started; all of it ended afterwards."""
    make_world: Callable[..., Iterator[World]] = _on_sqlite if kind == "sqlite" else _on_postgres
    yield from make_world(town, folder, environments)


def _on_sqlite(town: Town, folder: Path, environments: Path) -> Iterator[World]:
    with Served(town, folder, environments, **SETTINGS) as bot:
        yield World(bot.home, f"sqlite:///{bot.home / 'mltrainer.db'}", [bot])


def _on_postgres(town: Town, folder: Path, environments: Path) -> Iterator[World]:
    with ExitStack() as ended:
        server = ended.enter_context(PostgresServer())
        url = ended.enter_context(server.database())
        shared = {
            **SETTINGS,
            "DATABASE_URL": url,
            "MLTRAINER_MASTER_KEYS": encode(secrets.token_bytes(KEY_BYTES)),
        }
        world = World(folder / "home", url)
        for _ in range(REPLICAS):
            bot = Served(town, folder, environments, **shared)
            ended.callback(bot.end)
            bot.start("--no-work")
            world.replicas.append(bot)
        for _ in range(WORKERS):
            world.workers.append(_worker(world.replicas[0].environ, folder))
        ended.callback(_end, world.workers)
        yield world


def _worker(environ: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "worker"],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end(workers: list[subprocess.Popen[bytes]]) -> None:
    for one in workers:
        one.terminate()
    for one in workers:
        try:
            one.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            one.kill()
