"""How good the trained models are, beside simple comparisons and beside other tools.

    make bench-quality
    make bench-quality-peers
    python tests/benchmarks/bench_quality.py --sets titanic adult --seeds 0-2 --budget 15
    python tests/benchmarks/bench_quality.py --table

Everybody learns from the same rows and is measured on the same held-out ones, one training at a
time on one thread. Results are kept one file a trial, so a run that was stopped goes on where it
was; docs/quality.md is made of them by --table. On a machine that does other work as well, give
the benchmark a core of its own, or the seconds of its budget are worth less:

    setsid -w sh -c 'echo -15 >/proc/self/autogroup; nice -n -15 taskset -c 1 make bench-quality'
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.recipe import known_recipes  # noqa: E402
from tests.benchmarks.quality.document import write  # noqa: E402
from tests.benchmarks.quality.sets import SETS, DataSet, chosen  # noqa: E402
from tests.benchmarks.quality.standing import standing  # noqa: E402
from tests.benchmarks.quality.store import Store  # noqa: E402
from tests.benchmarks.quality.tables import PEER_SEEDS  # noqa: E402
from tests.benchmarks.quality.trials import OURS, PEERS, SIMPLE, Bench  # noqa: E402

DOCUMENT = ROOT / "docs" / "quality.md"
AROUND_SECONDS = 10  # reading, cutting, scoring and measuring anew, beside the training


def main() -> None:
    """Run, or make the tables of what was run."""
    told = arguments()
    store = Store(told.results)
    if told.table:
        write(store, told.budget, DOCUMENT)
        return
    sets = [one for one in chosen(told.sets) if one.task in known_recipes()]
    if not told.sets:
        sets = [one for one in sets if (one.peers if told.peers else one.files)]
    bench = Bench(store, told.budget, say, keep=told.keep)
    plans = [(one, trials(one, told), models(one, told)) for one in sets]
    least, most = (minutes(store, plans, told.budget, anew=anew) for anew in (False, True))
    print(f"{least:.0f} minutes; {most:.0f} where our code has changed since", flush=True)
    failed = sum(bench.run(one, runs, names) for one, runs, names in plans)
    if SIMPLE in models(SETS[0], told):
        summary(store, sets, told.budget)
    sys.exit(f"{failed} measurements failed" if failed else 0)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(one.name for one in SETS)
    parser.add_argument("--sets", nargs="+", default=[], metavar="NAME", help=f"some of {names}")
    parser.add_argument("--seeds", type=seeds, help="one number, or the first and last: 0-2")
    parser.add_argument("--models", nargs="+", help=f"{OURS}, {SIMPLE} or names of peers/")
    parser.add_argument("--peers", action="store_true", help="the other tools, three seeds a set")
    parser.add_argument("--budget", type=float, default=60, help="seconds of each training")
    kept = ROOT / ".benchmarks" / "quality"
    parser.add_argument("--results", type=Path, default=kept, help="folder of the results")
    parser.add_argument("--keep", action="store_true", help="trust results of older code of ours")
    parser.add_argument("--table", action="store_true", help=f"only write {DOCUMENT.name} anew")
    return parser.parse_args()


def seeds(text: str) -> range:
    """`3` is that seed alone, `0-2` are three."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def trials(one: DataSet, told: argparse.Namespace) -> list[int]:
    """The trials of a data set that are wanted and exist."""
    most = min(one.seeds, PEER_SEEDS) if told.peers else one.seeds
    return [seed for seed in told.seeds or range(most) if seed < one.seeds]


def models(one: DataSet, told: argparse.Namespace) -> Sequence[str]:
    """What is measured on a data set."""
    if told.models:
        return list(told.models)
    return (*PEERS.get(one.task, ()), OURS) if told.peers else (OURS, SIMPLE)


def minutes(
    store: Store,
    plans: Sequence[tuple[DataSet, Sequence[int], Sequence[str]]],
    budget: float,
    *,
    anew: bool,
) -> float:
    """How long it takes to measure what is not in the store, going by what is.

    `anew`: ours as well, which is stale once a script of the recipe has changed.
    """
    seconds = 0.0
    for one, runs, names in plans:
        for model in names:
            known = [trial[model].seconds for trial in store.trials(one.name) if model in trial]
            each = mean(known) if known else 0 if model == SIMPLE else budget
            stale = anew and model == OURS
            missing = [t for t in runs if stale or store.read(one.name, t, model) is None]
            seconds += len(missing) * (each + AROUND_SECONDS)
    return seconds / 60


def summary(store: Store, sets: Sequence[DataSet], budget: float) -> None:
    """Say where ours is not the better one, in the mean or often enough."""
    for one in sets:
        found = standing(store, one.name, (OURS, SIMPLE), budget, one.seeds)
        for duel in found.duels() if found else ():
            mark = " " if duel.ahead and duel.often else "!"
            print(
                f"{mark} {one.name:<15}{duel.other:<16}{duel.ours_mean:12.4f}"
                f"{duel.other_mean:12.4f}  {duel.won} of {duel.runs}"
                + (f", {duel.even} even" if duel.even else "")
            )


def say(line: str) -> None:
    """Show a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
