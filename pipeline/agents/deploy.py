"""Deploy: publish the proven folder, then prove exactly what was published."""

import asyncio
import re
from functools import partial
from pathlib import Path

from pydantic import Field

from pipeline import challenging, describing, model_card
from pipeline.artifacts import Release
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import Bug, Rejected, UnknownName
from pipeline.events import AgentLogged, ModelProven
from pipeline.folders import JobFolder
from pipeline.improving import improved
from pipeline.jobs import Stage
from pipeline.outcomes import Done, NeedCredential, Outcome
from pipeline.ports import Ports
from pipeline.ports.host import Published, Terms
from pipeline.prompting import one_line
from pipeline.proving import prove
from pipeline.retry import POLICIES

_LONGEST = 800
_NOT_WORDS = re.compile(r"\d|:/|www\.|\w\.\w|\w:\w|&\w+;|[<>\[\]`|#*_~\\@]", re.IGNORECASE)


class Prose(Reply):
    """Three short paragraphs of plain words."""

    about: str = Field(description="what the model does, and from what")
    use_for: str = Field(description="what it can be used for")
    not_for: str = Field(description="what it should not be used for, and its limits")


class Deploy:
    """Publishing again replaces this job's own earlier version, so a repeat does no harm."""

    name = Stage.DEPLOY
    retry = POLICIES[Stage.DEPLOY]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Publish and prove."""
        if context.run is None or context.run.folder is None or context.collected is None:
            raise Bug("Deploy needs a proven model folder.")
        champion, metrics = context.run.champion, context.run.metrics
        if context.champion and champion and metrics:
            told = challenging.verdict(metrics.metric, champion, context.champion.job)
            await ports.emit(AgentLogged(stage=self.name, message=told))
            if not challenging.wins(metrics.metric, champion):
                return Done(context.champion.release, told)
        host = ports.hosts.get(context.collected.host)
        if host is None:
            raise UnknownName("host", context.collected.host, ports.hosts)
        kind = host.account  # the owner's was there at intake, and may be over or forgotten now
        if kind is not None and await ports.vault.find(context.owner, kind) is None:
            return NeedCredential(kind, host.title, "It is needed to publish the model there.")
        await improved(self, context, ports, partial(self._told, context, ports))
        name = context.champion.job if context.champion else context.job_id
        published = await host.publish(
            Path(context.run.folder), name, context.owner, terms=_terms(context)
        )
        folder = JobFolder.of(ports.home, context.job_id)
        for note in published.notes:
            await ports.emit(AgentLogged(stage=self.name, message=note, warning=True))
        into = folder.scratch("published") if published.path else folder.published
        fetched = await host.fetch(published, into, context.owner)
        proof = await prove(self.name, ports, fetched, folder.scratch("proof"))
        await ports.emit(ModelProven(where=host.title, rows=proof.rows, seconds=proof.seconds))
        release = Release(
            host=host.name,
            url=published.url,
            path=_text(published.path or fetched),
            revision=published.revision,
            space_url=published.space_url,
            space_path=_text(published.space_path),
            proof=proof,
        )
        return Done(release, _where(published))

    async def _told(self, context: JobContext, ports: Ports) -> bool | None:
        """Put a model's words on the card; Rejected where they hold what is not theirs to say."""
        run = context.run
        if run is None or run.folder is None or run.metrics is None or context.data_report is None:
            return None  # nothing is known that words could be made of
        warnings = "\n".join(run.metrics.warnings) or "none"
        reply = await ask(
            context,
            ports,
            self.name,
            Prose,
            prompt="deploy",
            values={
                **describing.facts(context, ports),
                "verdict": describing.output(run.metrics.verdict, context, ports),
                "warnings": describing.output(warnings, context, ports),
            },
        )
        if reply is None:
            return None
        paragraphs = {"About": reply.about, "Use it for": reply.use_for, "Limits": reply.not_for}
        told = {title: _checked(text) for title, text in paragraphs.items() if text.strip()}
        card = model_card.card(context, run.metrics, run.pictures, told)
        await asyncio.to_thread((Path(run.folder) / "README.md").write_text, card, "utf-8")
        return True


def _terms(context: JobContext) -> Terms:
    """What the person said of where it goes; nobody else sees it unless they said so."""
    if context.intent is None:
        return Terms()
    said = context.intent.deploy
    return Terms(
        owner=said.hf_org or said.hf_username or "",
        name=said.hf_repo_name or "",
        private=said.private_repo is not False,
        space=said.create_space is not False,
    )


def _checked(text: str) -> str:
    """One paragraph of plain words."""
    words = one_line(text)
    if len(words) > _LONGEST:
        raise Rejected("A paragraph of the card is too long.")
    if _NOT_WORDS.search(words):
        raise Rejected("The card's words hold a figure, a link or markup.")
    return words


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _where(published: Published) -> str:
    return published.url or str(published.path)


AGENT = Deploy()
