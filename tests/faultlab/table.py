"""What many runs of the lab came to, as a table."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields

from tests.faultlab.checks import Found
from tests.faultlab.lab import Ended

_MANY = 0.95


def line(one: Ended) -> str:
    """One run in one line."""
    plan, tally = one.plan, one.tally
    wrong = len(list(one.found.lines()))
    return (
        f"{plan.world}, {plan.platform}, seed {plan.seed}: {len(one.happened)} hurts, "
        f"{tally.jobs_over} of {tally.jobs} jobs over ({tally.jobs_done} done), "
        f"{one.submissions} submissions, {tally.messages} messages, {one.seconds:.0f} s: "
        + ("good" if not wrong else f"{wrong} VIOLATIONS")
    )


def violations(one: Ended) -> Iterable[str]:
    """Each violation with the run that it was found in."""
    for what in one.found.lines():
        yield f"  {one.plan.world}, {one.plan.platform}, seed {one.plan.seed}: {what}"


def lines(runs: Sequence[Ended]) -> Iterable[str]:
    """The whole table, in Markdown."""
    yield "| what | count |"
    yield "|---|---|"
    hurts = Counter(one.kind for run in runs for one in run.happened)
    yield f"| hurts, in {len(runs)} runs | {hurts.total()} |"
    for kind, times in sorted(hurts.items()):
        yield f"| {kind} | {times} |"
    for name, value in _work(runs):
        yield f"| {name} | {value} |"
    for one in fields(Found):
        found = sum(len(getattr(run.found, one.name)) for run in runs)
        yield f"| **{one.name.replace('_', ' ')}** | {found} |"
    for world in sorted({run.plan.world for run in runs}):
        of_world = [run for run in runs if run.plan.world == world]
        yield f"| recovery after a kill, {world} (p50, p95, longest) | {recovery(of_world)} |"


def _work(runs: Sequence[Ended]) -> Iterable[tuple[str, int]]:
    """What was done all the while."""
    yield "jobs", sum(one.tally.jobs for one in runs)
    yield "jobs done", sum(one.tally.jobs_done for one in runs)
    yield "remote submissions", sum(one.submissions for one in runs)
    yield "events", sum(one.tally.events for one in runs)
    yield "messages", sum(one.tally.messages for one in runs)
    yield "processes that ended by themselves", sum(len(one.exits) for one in runs)


def recovery(runs: Sequence[Ended]) -> str:
    """How long it took until what a killed process had in hand was gone on with."""
    seconds = sorted(value for one in runs for value in one.recoveries)
    if not seconds:
        return "nothing was cut off"
    many = seconds[min(int(len(seconds) * _MANY), len(seconds) - 1)]
    middle = statistics.median(seconds)
    return f"{middle:.1f} s, {many:.1f} s, {seconds[-1]:.1f} s ({len(seconds)} attempts)"
