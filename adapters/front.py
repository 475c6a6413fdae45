"""The web server of a process, with what it is asked: platforms, health, readiness, metrics."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from adapters import figures, web
from adapters.gauges import Sources
from adapters.metrics import Metrics
from adapters.records import Database
from adapters.watch import Watch
from pipeline.ports.clock import Clock


def adapter(
    *,
    database: Database,
    clock: Clock,
    watch: Watch,
    chats: Sequence[web.Reachable],
    draining: Callable[[], bool],
    sent: Callable[[], Mapping[str, Mapping[str, int]]],
    folders: Mapping[str, Path],
    port: int,
) -> web.WebServer:
    """Not listening yet. From now on the metrics hear what happens in this process."""
    sources = Sources(
        count=lambda: figures.count(database, clock.now()),
        connected=lambda: {chat.name: chat.connected for chat in chats},
        sent=sent,
        folders=folders,
    )
    metrics = Metrics(sources)
    watch.listen(metrics.note)
    app = web.application(
        chats=chats,
        database=lambda: figures.ask(database),
        metrics=metrics.page,
        draining=draining,
    )
    return web.WebServer(app, port=port)
