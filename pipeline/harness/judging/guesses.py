"""What is reached without the model: the baselines' answers, and guesses known by themselves."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from heldout import Held, outcome_of
from judging import Kind, Reached, positive_of
from metrics import Classified, Outcome, by_chance, value_of
from serving import Model


def baselines_of(
    load: Callable[[Path], Model], held: Held, metric: str, outcome: Outcome, folder: Path
) -> list[Reached]:
    """What each baseline reaches, measured exactly as the model is; guesses come first."""
    titles: Mapping[str, str] = json.loads((folder / "baselines.json").read_text("utf-8"))
    reached = []
    for name, title in titles.items():
        theirs = outcome_of(held.truth, held.answers(load(folder / name)), positive_of(outcome))
        kind: Kind = "trivial" if name.startswith("trivial") else "simple"
        reached.append(Reached(kind, title, value_of(metric, theirs), theirs))
    said = {one.title for one in reached}
    return [*(one for one in guesses_of(metric, outcome) if one.title not in said), *reached]


def guesses_of(metric: str, outcome: Outcome) -> list[Reached]:
    """Where the metric rewards other guesses than always the commonest."""
    guesses: list[Reached] = []
    chance = by_chance(metric, outcome)
    if chance is not None:
        guesses.append(Reached("trivial", "each class at random, as often as it occurs", chance))
    if metric == "f1" and isinstance(outcome, Classified) and outcome.positive is not None:
        always = replace(outcome, said=np.full(len(outcome), outcome.positive))
        title = f"always {outcome.classes[outcome.positive]}"
        guesses.append(Reached("trivial", title, value_of(metric, always), always))
    return guesses
