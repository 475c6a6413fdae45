"""The figures as tables, on a screen and in docs/sanitizer.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.blocks import fill
from tests.benchmarks.corpus.scoring import Score, Share
from tests.benchmarks.quality.markdown import table

HEAD = ("part", "detector", "recall", "covered", "precision", "false alarms", "ms", "ms p99")
Figures = Mapping[str, Mapping[str, Score]]


def tables(parts: Figures, groups: Mapping[str, Score]) -> str:
    """One row a part and detector; then ours by part and by sort of secret, if there is any."""
    rows = [_row(part, name, one) for part, all_ in parts.items() for name, one in all_.items()]
    whole = table(HEAD, rows)
    return f"{whole}\n\n{_by_group(groups)}" if groups else whole


def _by_group(groups: Mapping[str, Score]) -> str:
    rows = (
        (name, str(one.recall.whole), _shown(one.recall), _shown(one.covered))
        for name, one in groups.items()
    )
    return table(("secrets", "messages", "recall", "covered"), rows)


def _row(part: str, name: str, one: Score) -> Sequence[str]:
    shares: Sequence[Share] = (one.recall, one.covered, one.precision, one.false_alarms)
    return (part, name, *map(_shown, shares), f"{one.ms_median:.2f}", f"{one.ms_p99:.2f}")


def _shown(share: Share) -> str:
    """A share, its 95% interval, and what it was counted on."""
    if not share.whole:
        return "-"
    low, high = share.interval()
    return f"{share.value:.3f} ({low:.3f} to {high:.3f}) of {share.whole}"


def write(document: Path, block: str) -> None:
    """Fill the generated block anew; ValueError where its marks are missing."""
    document.write_text(fill(document.read_text("utf-8"), {"figures": block}), "utf-8")
