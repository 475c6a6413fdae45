"""A whole installation beside a fake platform, with a wire wherever one part reaches another."""

import base64
import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from pipeline.folders import flush
from tests.fakes.discord import FakeDiscord
from tests.fakes.disk import PowerlessDisk, powered
from tests.fakes.llm import NO_PROVIDERS
from tests.fakes.postgres import PostgresServer
from tests.faultlab.machines import Fleet, Machine
from tests.faultlab.services import Service
from tests.faultlab.wires import Wire, Wires, port_of, through
from tests.stories.kill_counts import Rows, rows_of_file
from tests.stories.serving import ROOT, free_port, surroundings
from tests.stories.towns import Town, listening, settings_of

World = Literal["sqlite", "postgres"]
WORKERS, REPLICAS = 3, 2
DISK_MEGABYTES = 300


@dataclass(frozen=True)
class Site:
    """What hurts can reach. `wires` lead to the platform, to each service and to the database.

    `home` lies on a small disk of its own where this machine allows that.
    """

    town: Town
    home: Path
    disk: PowerlessDisk | None
    fleet: Fleet
    cutting: Wires
    wires: Mapping[str, Wire]
    services: Sequence[Service]
    rows: Rows
    server: PostgresServer | None = None
    url: str = ""

    @property
    def workers(self) -> list[Machine]:
        """The machines that drive jobs."""
        return self.fleet.of("worker") or self.fleet.of("serve")


@dataclass
class Building:
    """Puts a site together; everything is taken down again in the end."""

    world: World
    town: Town
    folder: Path
    environments: Path
    services: Sequence[Service]
    settings: Mapping[str, str] = field(default_factory=dict)

    @contextlib.contextmanager
    def built(self) -> Iterator[Site]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as until_the_end:
            disk = until_the_end.enter_context(powered(self.folder, DISK_MEGABYTES))
            home = (disk.path if disk else self.folder) / "home"
            home.mkdir(mode=0o700, exist_ok=True)
            until_the_end.callback(keep, home, self.folder / "kept")
            cutting = until_the_end.enter_context(Wires().laid())
            server, url = None, ""
            if self.world == "postgres":
                server = until_the_end.enter_context(PostgresServer())
                url = until_the_end.enter_context(server.database())
            wires = self._wires(cutting, url)
            environ = self._environ(home, wires, url)
            fleet = Fleet(tuple(self._machines(environ)))
            if "inbound" not in wires and not isinstance(self.town, FakeDiscord):
                ports = [int(one.environ["PORT"]) for one in fleet.of("serve")]
                wires["inbound"] = cutting.lay(*ports)
                listening(self.town, wires["inbound"].url)
            rows = rows_of_server(url) if url else rows_of_file(home)
            until_the_end.enter_context(fleet.running())
            yield Site(
                self.town, home, disk, fleet, cutting, wires, self.services, rows, server, url
            )

    def _wires(self, cutting: Wires, url: str) -> dict[str, Wire]:
        """One to the platform, one to each service, and one to the database."""
        outbound = cutting.lay(port_of(self.town.base))
        lead_through(self.town, outbound)
        wires = {"platform": outbound}
        wires |= {one.title: cutting.lay(port_of(one.url)) for one in self.services}
        return wires | ({"database": cutting.lay(port_of(url))} if url else {})

    def _environ(self, home: Path, wires: Mapping[str, Wire], url: str) -> dict[str, str]:
        environ = {
            **surroundings(),
            **NO_PROVIDERS,
            "MLTRAINER_HOME": str(home),
            "MLTRAINER_ENV_CACHE": str(self.environments),
            "MLTRAINER_RETRY_SCALE": "0.05",
            "MLTRAINER_APPROVAL": "always",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            **settings_of(self.town),
            **{one.setting: through(one.url, wires[one.title]) for one in self.services},
        }
        if url:
            key = base64.b64encode(bytes(32)).decode()
            environ |= {
                "DATABASE_URL": through(url, wires["database"]),
                "MLTRAINER_MASTER_KEYS": key,
            }
        return environ | dict(self.settings)

    def _machines(self, environ: Mapping[str, str]) -> Iterator[Machine]:
        if self.world == "sqlite":
            yield self._machine("serve-1", "serve", ("serve",), environ)
            return
        for number in range(1, WORKERS + 1):
            yield self._machine(f"worker-{number}", "worker", ("worker",), environ)
        for number in range(1, REPLICAS + 1):
            yield self._machine(f"serve-{number}", "serve", ("serve", "--no-work"), environ)

    def _machine(
        self,
        name: str,
        role: Literal["serve", "worker"],
        arguments: tuple[str, ...],
        environ: Mapping[str, str],
    ) -> Machine:
        own = {**environ, "PORT": str(free_port())}
        return Machine(name, role, arguments, own, self.folder)


def lead_through(town: Town, wire: Wire) -> None:
    """Let the bot, and every address that it is given there, go by way of a wire."""
    if isinstance(town, FakeDiscord):
        town.base = town.world.base = wire.url
        town.gateway.address = town.gateway_url
    else:
        town.base = town.workspace.base = wire.url


def rows_of_server(url: str) -> Rows:
    """What a query finds in a PostgreSQL, past every wire."""

    def rows(query: str) -> list[dict[str, Any]]:
        with psycopg.connect(url, row_factory=dict_row, connect_timeout=5) as connection:
            return list(connection.execute(query.encode()).fetchall())

    return rows


def keep(home: Path, folder: Path) -> None:
    """Copy what tells of a run from a disk that may go: its database and its logs."""
    folder.mkdir(exist_ok=True)
    for path in (*home.glob("mltrainer.db*"), *home.glob("logs/*.log*")):
        shutil.copy(path, folder)


def fill(home: Path) -> Callable[[], None]:
    """Take all space that is left on a small disk; returns what gives it back."""
    file = home / "filler"
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        for _ in range(DISK_MEGABYTES * 2):
            filler.write(bytes(1 << 20))

    def free() -> None:
        """It is gone for good: a power cut soon after must not bring it back."""
        file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the disk may be away
            flush(home)

    return free
