"""Where a job's files lie below the home."""

import ctypes
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.jobs import JobId


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The folder of one job; each part is made by the stage that fills it."""

    path: Path

    @classmethod
    def of(cls, home: Path, job_id: JobId) -> "JobFolder":
        """The folder of a job in this home."""
        return cls(home / "jobs" / job_id)

    @property
    def data(self) -> Path:
        """Copies of the person's files."""
        return self.path / "data"

    @property
    def uploads(self) -> Path:
        """Files that came with the messages of a chat."""
        return self.path / "uploads"

    @property
    def report(self) -> Path:
        """Work folder of the data report."""
        return self.path / "report"

    @property
    def tables(self) -> Path:
        """The person's data as the report read it, a table a part."""
        return self.report / "tables"

    @property
    def kept(self) -> Path:
        """The tables without the rows that are no examples; not there where all count."""
        return self.path / "kept"

    @property
    def rows(self) -> Path:
        """The tables that are cut into parts."""
        return self.kept if self.kept.is_dir() else self.tables

    @property
    def prepared(self) -> Path:
        """The splits: fit/ and heldout/."""
        return self.path / "prepared"

    @property
    def first_fit(self) -> Path:
        """What prepared/fit was before a script was changed; not there where it still is that."""
        return self.path / "first_fit"

    @property
    def bundle(self) -> Path:
        """Scripts and config.json of the training."""
        return self.path / "bundle"

    @property
    def model(self) -> Path:
        """The finished model folder, as it is proven and published."""
        return self.path / "model"

    @property
    def published(self) -> Path:
        """What was fetched back from a host elsewhere and proven; predictions are made with it."""
        return self.path / "published"

    def run(self, name: str) -> Path:
        """Work folder of one training run."""
        return self.path / "runs" / name

    def scratch(self, name: str) -> Path:
        """A folder that may be emptied at any time."""
        return self.path / "scratch" / name


def fresh(folder: Path) -> Path:
    """Empty folder at this path; what was there is gone."""
    remove(folder)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def flush(folder: Path) -> None:
    """Wait until everything on the disk that this folder lies on is really written there.

    A power cut may leave files empty that were written half a minute before it, where nobody asked
    for this. One call does for any number of files. OSError when the disk cannot take them.
    """
    sync = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if sync is None:  # not Linux
        os.sync()
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        if sync(opened):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(opened)


def remove(folder: Path) -> None:
    """Delete a folder tree without following links; another process may be at it as well."""
    if not folder.exists() or folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(root) / name).unlink(missing_ok=True)
        for name in folders:
            _remove_empty(Path(root) / name)
    _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    with suppress(FileNotFoundError):
        folder.unlink() if folder.is_symlink() else folder.rmdir()
