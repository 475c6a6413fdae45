"""The composition root: settings in, a working house out. The only file that imports adapters."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pydantic import SecretStr

from adapters import condition, guarded_agents, guarded_runtime, queues
from adapters.clock import SystemClock
from adapters.database import file_of, parse_url
from adapters.guarded import GuardedModels
from adapters.guarded_workbench import GuardedWorkbench
from adapters.lock import HomeLock
from adapters.platforms.terminal import Terminal
from adapters.records import Database
from adapters.sanitizer import KeySanitizer
from adapters.shelves import called as called  # noqa: PLC0414  (as below)
from adapters.shelves import shelf as shelf  # noqa: PLC0414  (others reach it through here)
from adapters.stored_keys import StoredKeys
from adapters.turns import Limits
from adapters.watch import Watch, WatchedDatabase, WatchedPost, WatchedStore
from adapters.workbench import adapter as make_workbench
from bot.journal import Journal, set_up
from bot.settings import Settings, make_home
from pipeline.agents import find_agents
from pipeline.errors import Bug
from pipeline.events import Event
from pipeline.jobs import Actor, JobId, Place
from pipeline.orchestrator import Orchestrator
from pipeline.ports import Ports
from pipeline.ports.account import Service
from pipeline.ports.chat import ThreadedChat
from pipeline.ports.check import Check
from pipeline.ports.clock import Clock
from pipeline.ports.lock import Lock
from pipeline.ports.post import Post
from pipeline.ports.queue import Drive, Queue
from pipeline.ports.runtime import Workbench
from pipeline.ports.sanitizer import Sanitizer
from pipeline.ports.store import Store
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from adapters.models import LanguageModels
    from adapters.vault.master_keys import KeySource
    from adapters.web import WebServer


@dataclass(frozen=True, slots=True)
class Records:
    """The saved jobs of a home: all that looking at them and wishing needs."""

    settings: Settings
    home: Path
    clock: Clock
    store: Store
    lock: Lock
    database: Database
    sanitizer: Sanitizer
    watch: Watch

    def post(self) -> Post:
        """Arrivals, letters and tickets."""
        return WatchedPost(database=self.database, clock=self.clock, watch=self.watch)

    def vault(self) -> Vault:
        """Everybody's secrets, under the master keys of this home."""
        return open_vault(self)


@dataclass(frozen=True, slots=True)
class House(Records):
    """A home that can work: agents, workbench and shelves plugged in."""

    workbench: Workbench
    drive: Drive
    models: "LanguageModels"

    def queue(self, only: JobId | None = None) -> Queue:
        """Who drives the jobs: this process alone, or it and others on the same database."""
        limits = Limits(self.settings.jobs_at_once, self.settings.jobs_per_person)
        known = self.database.url, self.store, self.clock, self.lock
        return queues.queue(*known, limits=limits, only=only)


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncIterator[Records]:
    """Open the job table, brought up to date; enough for list, status, log and every wish."""
    await asyncio.to_thread(make_home, settings.home)
    sanitizer = open_sanitizer(settings)
    set_up(settings.home, sanitizer=sanitizer)
    clock, watch = SystemClock(), Watch()
    database = WatchedDatabase(settings.database_url, watch)
    await database.open()
    try:
        yield Records(
            settings=settings,
            home=settings.home,
            clock=clock,
            store=WatchedStore(database=database, clock=clock, watch=watch),
            lock=home_lock(settings),
            database=database,
            sanitizer=sanitizer,
            watch=watch,
        )
    finally:
        await database.close()


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open everything a job needs to run."""
    async with open_records(settings) as records, language_models(records) as models:
        workbench = GuardedWorkbench(await open_workbench(settings), records.sanitizer)
        vault = records.vault()
        places = {"models": settings.home / "models"}
        kept = {one.name: getattr(records, one.name) for one in fields(Records)}
        parts = {**dict(settings), "workbench": workbench, "vault": vault, **places}
        ports = Ports(
            clock=records.clock,
            emit=_nowhere,
            workbench=workbench,
            sources=shelf("sources", **parts),
            runtimes=guarded_runtime.guard(shelf("runtimes", **parts), records.sanitizer),
            hosts=shelf("hosts", **parts),
            vault=vault,
            accounts=StoredKeys(vault, accounts(settings)),
            home=settings.home,
            approval=settings.approval,
            models=GuardedModels(models, records.sanitizer),
            weights=called("adapters.weights.shelf", "adapter", {**dict(settings), **kept}),
            share=settings.share,
            trainings_at_once=settings.trainings_at_once,
            model_usd=Decimal(str(settings.max_job_usd)),
        )
        journal = Journal(settings.home, records.sanitizer)
        records.watch.listen(journal.note)
        orchestrator = Orchestrator(
            store=records.store,
            agents=guarded_agents.guard(find_agents(), records.sanitizer),
            ports=ports,
            journal=journal,
            retry_scale=settings.retry_scale,
            alone=records.database.sqlite is not None,
        )
        yield House(**kept, workbench=workbench, drive=orchestrator.drive, models=models)


def language_models(records: Records) -> "LanguageModels":
    """The language models of a home. Nobody is asked, and nothing slow imported, before it is."""
    from adapters.models import LanguageModels  # noqa: PLC0415  (few commands need it)

    services = shelf("accounts", **dict(records.settings))
    return LanguageModels(services, records.vault(), records.clock)


def open_chats(settings: Settings) -> tuple[ThreadedChat, ...]:
    """The chat platforms that are set up; nothing is called yet. A terminal is opened by itself."""
    made = shelf("platforms", Terminal.name, **dict(settings)).values()
    return tuple(chat for chat in made if chat is not None)


def open_web(
    house: House,
    chats: Sequence[ThreadedChat],
    draining: Callable[[], bool],
    sent: Callable[[], Mapping[str, Mapping[str, int]]],
    port: int | None = None,
) -> "WebServer":
    """The web server: what platforms send, /health, /ready and /metrics, on PORT or `port`.

    `sent` says by platform what became of messages.
    """
    folders = {"home": house.home, "environments": house.settings.env_cache}
    parts = {"chats": chats, "draining": draining, "sent": sent, "folders": folders}
    kept = {one.name: getattr(house, one.name) for one in fields(Records)}
    on = house.settings.port if port is None else port
    web: WebServer = called("adapters.front", "adapter", {**kept, **parts, "port": on})
    return web


async def open_workbench(settings: Settings) -> Workbench:
    """The workbench at the best sandbox level of this machine."""
    return await make_workbench(env_cache=settings.env_cache, sandbox=settings.sandbox)


def open_vault(records: Records) -> Vault:
    """The vault of a home. What may stand in a log of it are fields that are no secret."""
    from adapters.vault import SqlVault  # noqa: PLC0415  (few commands need it; slow to import)

    services = accounts(records.settings)
    public = {kind: one.account.public for kind, one in services.items()}
    return SqlVault(
        database=records.database,
        clock=records.clock,
        keys=master_keys(records.settings),
        on_value=records.sanitizer.know,
        public=public,
    )


def master_keys(settings: Settings) -> "KeySource":
    """Where the master keys come from: the setting, else a file in the home."""
    from adapters.vault.master_keys import choose_source  # noqa: PLC0415  (as above)

    given = settings.master_keys.get_secret_value() if settings.master_keys else None
    return choose_source(given, settings.home, may_make=is_embedded(settings))


def open_sanitizer(settings: Settings) -> Sanitizer:
    """Knows the shapes of every account's keys, and the secrets that the settings hold."""
    sanitizer = KeySanitizer(service.account for service in accounts(settings).values())
    for setting in dict(settings).values():
        if isinstance(setting, SecretStr):
            for value in setting.get_secret_value().split(","):
                sanitizer.know(value.strip())
    return sanitizer


def accounts(
    settings: Settings, connected: Callable[[], None] | None = None
) -> Mapping[str, Service]:
    """The services that people have accounts at, by the kind of their secret.

    `connected` hears when somebody has given a good key of a language model.
    """
    found = shelf("accounts", **dict(settings), connected=connected)
    return {kind: one for kind, one in found.items() if one.account.fields}


def is_embedded(settings: Settings) -> bool:
    """One process and a file, rather than a server that several machines share."""
    return file_of(parse_url(settings.database_url)) is not None


def home_lock(settings: Settings) -> Lock:
    """The lock of the home: who works on its jobs. A server's database lets many work at once."""
    return queues.home_lock(parse_url(settings.database_url), settings.home)


def talk_lock(settings: Settings) -> HomeLock | None:
    """Who talks for an embedded home; on a server's database the letters themselves are locked."""
    return HomeLock(settings.home / "talking.lock") if is_embedded(settings) else None


async def look_at_database(settings: Settings) -> Check:
    """What `doctor` says of the database."""
    return await condition.look(settings.database_url)


async def look_at_secrets(settings: Settings) -> Check:
    """What `doctor` says of the master keys."""
    file = None if settings.master_keys else settings.home / "master.key"
    if not await condition.is_current(settings.database_url):
        return await condition.look_at_keys(master_keys(settings), file)
    async with open_records(settings) as records:
        return await condition.look_at_secrets(records.database, records.vault(), file)


async def look_at(what: str, settings: Settings, **more: object) -> tuple[Check, ...]:
    """What `doctor` says of a part of the outside, whose values have the right shapes."""
    looking = called(f"adapters.{what}", "look", {**dict(settings), **more})
    checks: tuple[Check, ...] = await looking
    return checks


async def look_at_models(settings: Settings) -> tuple[Check, ...]:
    """What `doctor` says of the server's own language models."""
    services = shelf("accounts", **dict(settings)).values()
    return await look_at("model_checks", settings, services=services)


def slack_manifest(*, host: str, socket: bool, thread_replies: bool) -> Mapping[str, Any]:
    """The manifest of the Slack app, as JSON's own types."""
    from adapters.platforms.slack.manifest import manifest  # noqa: PLC0415  (only for set-up)

    return manifest(host=host, socket=socket, thread_replies=thread_replies)


def discord_invite(application: str, token: str = "", *, delete: bool) -> tuple[str, str]:
    """The id of the Discord app, in its token or as given, and the link that invites it."""
    from adapters.platforms.discord.invite import application_of, link  # noqa: PLC0415  (as above)

    named = application_of(token) or application
    return named, link(named, delete=delete)


def terminal(*, actor: Actor, place: Place, out: TextIO | None = None) -> Terminal:
    """One person's terminal; `out` defaults to stdout."""
    return Terminal(actor=actor, place=place, out=out)


async def _nowhere(event: Event) -> None:
    """Outside a stage there is nothing to write an event to; the orchestrator replaces this."""
    raise Bug(f"{type(event).__name__} was emitted outside a stage.")
