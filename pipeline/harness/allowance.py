"""How much an archive may expand to, checked before anything is written and while writing."""

from dataclasses import dataclass

from progress import Problem

FREE_BYTES = 64 << 20  # below this the ratio does not matter: short tables pack very well


class TooMuch(Problem):
    """An archive expands beyond its limits; the data is not used."""


@dataclass(slots=True)
class Allowance:
    """What one archive, with the archives inside it, may still take. `name` is for messages."""

    name: str
    most_bytes: int
    most_entries: int
    bytes: int = 0
    entries: int = 0

    @classmethod
    def of(cls, name: str, size: int, *, total: int, ratio: int, entries: int) -> "Allowance":
        """The allowance of an archive of `size` bytes: `total`, and `ratio` times its size."""
        return cls(name, min(total, max(FREE_BYTES, ratio * size)), entries)

    def announce(self, size: int) -> None:
        """Refuse before `size` more bytes are written."""
        if self.bytes + size > self.most_bytes:
            raise TooMuch(
                f"{self.name} expands to {_shown(self.bytes + size)}, the limit is "
                f"{_shown(self.most_bytes)} for an archive of this size.",
                "Unpack it yourself and give the folder, or send only the files to train on.",
            )

    def take(self, size: int) -> None:
        """Count bytes that were really unpacked."""
        self.announce(size)
        self.bytes += size

    def count(self, entries: int = 1) -> None:
        """Count entries, used or not."""
        self.entries += entries
        if self.entries > self.most_entries:
            raise TooMuch(
                f"{self.name} holds more than {self.most_entries:,} entries, the limit.",
                "Send fewer files, for example one table instead of a file per row.",
            )


def _shown(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 10**10 else f"{size / 1e6:,.0f} MB"
