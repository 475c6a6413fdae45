"""A folder on this machine as the host of finished models: <home>/models/<name>."""

import asyncio
import errno
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Bug, NoRoom, PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.host import Published, Terms


@dataclass(frozen=True)
class FolderHost:
    """Implements pipeline.ports.host.Host below the folder `models`."""

    models: Path
    name: str = "folder"
    title: str = "folder"
    account: str | None = None

    async def publish(
        self,
        folder: Path,
        name: str,
        owner: Actor,  # noqa: ARG002  (a folder is nobody's account)
        *,
        terms: Terms = Terms(),  # noqa: ARG002, B008  (nobody else sees it; it is frozen)
    ) -> Published:
        """Copy the model folder; an earlier version of the same name gives way in one step.

        PersonCanFix when the disk is full or the folder cannot be written.
        """
        if Path(name).name != name or name.startswith("."):
            raise Bug(f"'{name}' is not a folder name.")
        try:
            await asyncio.to_thread(self._publish, folder, name)
        except (OSError, shutil.Error) as error:
            raise self._translated(error) from error
        return Published(url=None, path=self.models / name)

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:  # noqa: ARG002  (as above)
        """Copy what was published into `into`, so that the copy is proven."""
        if published.path is None:
            raise Bug("This host publishes folders only.")
        try:
            return await asyncio.to_thread(_copy, published.path, into)
        except (OSError, shutil.Error) as error:
            raise self._translated(error) from error

    def _publish(self, folder: Path, name: str) -> None:
        self.models.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.models / name
        for leftover in self.models.glob(f".{name}-*"):  # of a publishing that was interrupted
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=self.models) as place:
            draft = _copy(folder, Path(place, "new"))
            if target.exists():
                target.rename(Path(place, "old"))
            draft.rename(target)

    def _translated(self, error: OSError) -> PersonCanFix:
        if error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in str(error):
            return NoRoom(
                f"The disk is full: the model could not be copied to {self.models}.",
                "Free some space, then retry; the trained model is kept.",
            )
        return PersonCanFix(
            f"The model could not be copied to {self.models}: {error.strerror or error}.",
            "Make that folder writable for the bot, then retry.",
        )


def _copy(folder: Path, target: Path) -> Path:
    """Copy a folder for its owner's eyes only, links as links; what stood at `target` goes."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(folder, target, symlinks=True, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
    return target


def adapter(*, models: Path) -> FolderHost:
    """The host that keeps models in a folder of this machine."""
    return FolderHost(models)
