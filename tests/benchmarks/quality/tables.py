"""Ours beside others, as tables made of stored results alone, whoever wins."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import mean

from pipeline.jobs import TaskType
from tests.benchmarks.quality.markdown import shown, table
from tests.benchmarks.quality.sets import CLASSES, GROUPS, NUMBERS, SERIES, SETS, TEXTS, DataSet
from tests.benchmarks.quality.standing import Standing, standing
from tests.benchmarks.quality.store import Store
from tests.benchmarks.quality.trials import OURS, PEERS, SIMPLE

PEER_SEEDS = 3
NOTHING = "Nothing was measured yet."
TITLES = {
    OURS: "mltrainer",
    "autogluon_tables": "AutoGluon",
    "flaml_tables": "FLAML",
    "autogluon_series": "AutoGluon-TS",
}
HEADS = {
    CLASSES: "Classes from a table",
    NUMBERS: "Numbers from a table",
    TEXTS: "Classes of texts",
    SERIES: "Forecasts",
    GROUPS: "Groups",
}


def beside_simple(store: Store, budget: float) -> str:
    """Ours beside the simple comparisons, a table for each task."""
    parts = []
    for task, head in HEADS.items():
        found = (
            standing(store, one.name, (OURS, SIMPLE), budget, one.seeds)
            for one in SETS
            if one.task == task
        )
        known = [one for one in found if one]
        if known:
            parts.append(f"**{head}**\n\n{_beside(known)}")
    return "\n\n".join(parts) or NOTHING


def beside_peers(store: Store, budget: float) -> str:
    """Ours beside the other tools, for tables and for forecasts, with ranks."""
    kinds: Mapping[str, tuple[TaskType, ...]] = {
        "Tables": (CLASSES, NUMBERS),
        "Forecasts": (SERIES,),
    }
    parts = []
    for head, tasks in kinds.items():
        chosen = [one for one in SETS if one.task in tasks and one.peers]
        found = (_with_peers(store, budget, one) for one in chosen)
        known = [one for one in found if one]
        text = _ranked(known, (OURS, *PEERS[tasks[0]])) if known else NOTHING
        parts.append(f"**{head}**\n\n{text}")
    return "\n\n".join(parts)


def _beside(known: Sequence[Standing]) -> str:
    others = list(dict.fromkeys(name for one in known for name in one.models if name != OURS))
    head = ["data set", "metric", "runs", TITLES[OURS], *others]
    return table(head, ([*_named(one), *_cells(one, (OURS, *others))] for one in known))


def _cells(one: Standing, models: Sequence[str]) -> list[str]:
    duels = {duel.other: duel for duel in one.duels()}
    told = []
    for name in models:
        cell, duel = _cell(one, name), duels.get(name)
        even = f", {duel.even} even" if duel and duel.even else ""
        told.append(f"{cell} ({duel.won}{even})" if duel else cell)
    return told


def _ranked(known: Sequence[Standing], models: Sequence[str]) -> str:
    ranks: dict[str, list[float]] = defaultdict(list)
    for one in known:
        for name, places in one.ranks().items():
            ranks[name].extend(places)
    runs = str(len(ranks[OURS]))
    rows = [[*_named(one), *(_cell(one, name) for name in models)] for one in known]
    rows.append(["mean rank", "", runs, *(f"{mean(ranks[name]):.2f}" for name in models)])
    firsts = (str(sum(place == 1 for place in ranks[name])) for name in models)
    rows.append(["best alone", "", runs, *firsts])
    return table(["data set", "metric", "runs", *(TITLES[name] for name in models)], rows)


def _with_peers(store: Store, budget: float, chosen: DataSet) -> Standing | None:
    files = (OURS, *PEERS[chosen.task])
    return standing(store, chosen.name, files, budget, min(PEER_SEEDS, chosen.seeds))


def _named(one: Standing) -> list[str]:
    arrow = "↑" if one.better == "higher" else "↓"
    return [one.name, f"{one.metric} {arrow}", str(len(one.trials))]


def _cell(one: Standing, model: str) -> str:
    if model not in one.models:
        return ""
    text = shown(one.mean(model))
    return f"**{text}**" if model in one.best() else text
