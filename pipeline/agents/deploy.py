"""Deploy: publish the proven folder, then prove exactly what was published."""

from pathlib import Path

from pipeline.artifacts import Release
from pipeline.context import JobContext
from pipeline.errors import Bug, UnknownName
from pipeline.events import ModelProven
from pipeline.folders import JobFolder
from pipeline.jobs import Stage
from pipeline.outcomes import Done, NeedCredential, Outcome
from pipeline.ports import Ports
from pipeline.ports.host import Published
from pipeline.proving import prove
from pipeline.retry import POLICIES


class Deploy:
    """Publishing again replaces this job's own earlier version, so a repeat does no harm."""

    name = Stage.DEPLOY
    retry = POLICIES[Stage.DEPLOY]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Publish and prove."""
        if context.run is None or context.run.folder is None or context.collected is None:
            raise Bug("Deploy needs a proven model folder.")
        host = ports.hosts.get(context.collected.host)
        if host is None:
            raise UnknownName("host", context.collected.host, ports.hosts)
        kind = host.account  # the owner's was there at intake, and may be over or forgotten now
        if kind is not None and await ports.vault.find(context.owner, kind) is None:
            return NeedCredential(kind, f"It is needed to publish the model at {host.name}.")
        published = await host.publish(Path(context.run.folder), context.job_id, context.owner)
        folder = JobFolder.of(ports.home, context.job_id)
        fetched = await host.fetch(published, folder.scratch("published"))
        proof = await prove(self.name, ports, fetched, folder.scratch("proof"))
        await ports.emit(ModelProven(where=host.name, rows=proof.rows, seconds=proof.seconds))
        release = Release(
            host=host.name,
            url=published.url,
            path=_text(published.path),
            space_url=published.space_url,
            space_path=_text(published.space_path),
            proof=proof,
        )
        return Done(release, _where(published))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _where(published: Published) -> str:
    return published.url or str(published.path)


AGENT = Deploy()
