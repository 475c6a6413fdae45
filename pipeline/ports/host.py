"""Where finished models live."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.jobs import Actor


@dataclass(frozen=True, slots=True)
class Published:
    """What now exists at the host; `notes` say what could not be, and why."""

    url: str | None
    path: Path | None
    revision: str | None = None
    space_url: str | None = None
    space_path: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Where a model goes and who may see it, as far as its person said so; empty: the usual.

    `owner` is an account or an organisation of the host, `name` the model's name there; `space`
    asks for a page on which it can be tried.
    """

    owner: str = ""
    name: str = ""
    private: bool = True
    space: bool = True


class Host(Protocol):
    """Publishes a model folder; the same job published twice replaces its own earlier version.

    `title` is what people call it, `account` the kind of credential that publishing takes, if any.
    """

    name: str
    title: str
    account: str | None

    async def publish(
        self,
        folder: Path,
        name: str,
        owner: Actor,
        *,
        terms: Terms = Terms(),
    ) -> Published:
        """Copy the folder to the host under `name`, with the owner's own credential only.

        `name` is the job's, by which its own earlier version is known again. PersonCanFix when the
        owner has no credential, whoever let the job go on.
        """
        ...

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:
        """Bring back what was published, so that exactly that can be proven."""
        ...
