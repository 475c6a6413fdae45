"""From which probability on the positive of two classes is said, and what that brings."""

import numpy as np
from config import Care, Json
from figures_form import quoted, share
from metrics import Classified
from phrases import found_and_right

EVEN = 0.5
USUAL = 0.02  # as near to a half as anybody expects
WHY = {
    "misses": "so that fewer of them are missed",
    "false_alarms": "so that there are fewer false alarms",
    None: "where the score is best",
}


def threshold_of(outcome: Classified, care: Care | None) -> dict[str, Json] | None:
    """The threshold as the answers show it; None where the likelier class is said, as usual."""
    if outcome.positive is None:
        return None
    chance, said = outcome.chances[:, outcome.positive], outcome.said == outcome.positive
    low = float(chance[said].min()) if said.any() else 1.0
    high = float(chance[~said].max()) if not said.all() else 0.0
    at = (low + high) / 2
    if low < high or (care is None and (abs(at - EVEN) < USUAL or high < EVEN <= low)):
        return None
    recall, precision = found_and_right(outcome, outcome.positive)
    name = quoted(outcome.classes[outcome.positive])
    brings = f"it finds {share(recall)} of them, and {share(precision)} of what it calls {name} is"
    return {
        "from": at,
        "care": care,
        "found": None if np.isnan(recall) else recall,
        "right": None if np.isnan(precision) else precision,
        "told": f"{name} is said from a probability of about {share(at)} on, {WHY[care]}: {brings}."
        if said.any()
        else f"{name} is said for none of the rows held out.",
    }
