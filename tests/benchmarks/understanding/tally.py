"""What came of a set of prompts, counted, and the counts of several as one table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.benchmarks.understanding.reader import Watch
from tests.benchmarks.understood import Verdict

_HEAD = (
    *("set", "read by", "lines", "right", "task", "columns", "asked", "wrong", "stopped"),
    *("no answer", "tokens", "US$", "seconds"),
)
_WORDS = 2  # columns of words; the others hold numbers


@dataclass
class Tally:
    """The counts of one set, read by rules alone or with one provider's model."""

    prompts: str
    reader: str
    endings: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    columns: int = 0
    silent: int = 0
    tokens: int = 0
    seconds: float = 0.0
    usd: Decimal = Decimal(0)

    def add(self, verdict: Verdict, watch: Watch) -> None:
        """One more prompt."""
        self.endings[verdict.ending] += 1
        self.tasks += verdict.task
        self.columns += verdict.columns
        self.silent += watch.is_silent
        self.tokens += watch.tokens
        self.seconds += watch.seconds
        self.usd += watch.ledger.usd

    @property
    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        counts = [self.endings[name] for name in ("right", "asked", "wrong", "stopped")]
        right, asked, wrong, stopped = (str(count) for count in counts)
        return (
            *(self.prompts, self.reader, str(self.endings.total()), right),
            *(str(self.tasks), str(self.columns), asked, wrong, stopped),
            *(str(self.silent), f"{self.tokens:,}", f"{self.usd:.4f}", f"{self.seconds:.1f}"),
        )


def table(tallies: Iterable[Tally]) -> str:
    """All of them, one line each."""
    rows = [_HEAD, *(tally.cells for tally in tallies)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < _WORDS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
