"""What a backup holds and what a restore made of it."""

from pathlib import Path

from pydantic import AwareDatetime, field_validator

from pipeline.jobs import Frozen, JobId

FORMAT = 1
DATABASE, KEY, MANIFEST = "mltrainer.db", "master.key", "manifest.json"
FOLDERS = ("jobs", "models")


class Packed(Frozen):
    """A file of an archive, by its path below the home."""

    path: str
    size: int
    sha256: str

    @field_validator("path", mode="before")
    @classmethod
    def _is_text(cls, path: str) -> str:
        """A file system takes any bytes for a name; those that are no UTF-8 are escaped here."""
        return path.encode(errors="backslashreplace").decode()


class Manifest(Frozen):
    """The last file of an archive: without it, or with another one, the archive is broken.

    `schema_revision` is of the tables; None where the database is a server's and not in here.
    """

    format: int = FORMAT
    made_at: AwareDatetime
    home: str
    schema_revision: str | None
    files: tuple[Packed, ...]

    @property
    def has_key(self) -> bool:
        """Whether the master key is in the archive."""
        return any(one.path == KEY for one in self.files)


class BackedUp(Frozen):
    """A finished backup; `bytes` of the archive, `files` in it, `jobs` of the database."""

    file: Path
    bytes: int
    files: int
    jobs: int
    with_key: bool
    with_database: bool


class Restored(Frozen):
    """What is in the home now. `before` is where the earlier home is kept."""

    made_at: AwareDatetime
    jobs: int
    open: int
    latest: JobId | None
    with_key: bool
    with_database: bool
    before: Path | None
