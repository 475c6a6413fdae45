"""What came of the jobs that met a trouble, as a table and in figures."""

from collections.abc import Sequence

from pipeline.jobs import JobStatus
from tests.benchmarks.faults.play import Carried
from tests.benchmarks.quality.markdown import table

_HEAD = ("service", "trouble", "where", "what its person reads", "what they do", "made", "end")
_HEALED = "nothing: it went on by itself"


def lines(all_of: Sequence[Carried]) -> list[str]:
    """The table, and the figures below it."""
    rows = [
        (
            one.service,
            one.kind,
            one.where,
            _read(one),
            ", ".join(one.did) or "nothing",
            str(one.made),
            one.status.value if one.good else f"**{one.status.value}**",
        )
        for one in all_of
    ]
    return [table(_HEAD, rows), "", *figures(all_of), *_wrong(all_of)]


def figures(all_of: Sequence[Carried]) -> list[str]:
    """How many were lost, doubled, unclear or leaked."""
    counted = {
        "jobs lost": sum(one.status is not JobStatus.DONE for one in all_of),
        "runs or repositories doubled": sum(one.made > 1 for one in all_of),
        "never made": sum(one.made < 1 for one in all_of),
        "messages without cause or cure": sum(len(one.unclear) for one in all_of),
        "secrets told": sum(len(one.leaked) for one in all_of),
        "troubles that did not strike": sum(not one.struck for one in all_of),
    }
    told = ", ".join(f"{count} {what}" for what, count in counted.items())
    return [f"{len(all_of)} troubles: {told}."]


def _read(one: Carried) -> str:
    if not one.said:
        return _HEALED
    first = one.said[0]
    again = f" (and {len(one.said) - 1} more)" if len(one.said) > 1 else ""
    return f"{first.message} {first.hint}{again}"


def _wrong(all_of: Sequence[Carried]) -> list[str]:
    """Each thing that is not as it should be."""
    return [
        f"- {one.service}, {one.kind}: {what}"
        for one in all_of
        for what in (*one.unclear, *(f"a secret in {place}" for place in one.leaked))
    ]
