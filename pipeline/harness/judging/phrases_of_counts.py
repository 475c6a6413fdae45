"""What a score of counted things means in words: boxes, marked places, texts beside texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from figures_form import number, rows_of, share
from metrics import Counted, Outcome, value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The headline value of some rows, and what the best of the guesses, `guess`, reaches."""

    outcome: Outcome
    value: float
    floor: float
    guess: str
    target: str

    @property
    def rows(self) -> str:
        """How many rows, in words."""
        return f"{rows_of(len(self.outcome))} held out"


def _span_f1(found: Found) -> str:
    return _found_and_right(found, "entities", "marks", "both together reach")


def _map(found: Found) -> str:
    return _found_and_right(
        found, "objects", "draws a box around", "counted by how well they fit, its boxes reach"
    )


def _found_and_right(found: Found, things: str, does: str, reaches: str) -> str:
    """How many of the things there are it finds, where the outcome counts that too."""
    rows = found.outcome
    reached = f"{number(found.value)} of 1, where {found.guess} reaches {number(found.floor)}"
    if not isinstance(rows, Counted) or not {"recall", "precision"} <= rows.by.keys():
        return f"in finding {things} it reaches {reached}, on {found.rows}"
    recall, precision = value_of("recall", rows), value_of("precision", rows)
    right = f"{share(precision)} of what it {does} is right" if np.isfinite(precision) else ""
    right = right or f"{does} nothing else"
    return (
        f"it finds {share(recall)} of the {things} that are there, and {right}, on {found.rows};"
        f" {reaches} {reached}"
    )


def _map50(found: Found) -> str:
    return (
        f"boxes that cover an object by half or more count as right, and so it reaches"
        f" {number(found.value)} of 1 on {found.rows}, where {found.guess} reaches"
        f" {number(found.floor)}"
    )


def _shares(what: str, found: Found) -> str:
    """A ROUGE score: what its texts have in common with those that people wrote."""
    return (
        f"its texts have {share(found.value)} of their {what} in common with those that people"
        f" wrote, on {found.rows}, where {found.guess} has {share(found.floor)}"
    )


def _of_hundred(what: str, found: Found) -> str:
    """BLEU and chrF."""
    return (
        f"its texts reach {number(found.value)} of 100 in {what} in common with those that people"
        f" wrote, on {found.rows}, where {found.guess} reaches {number(found.floor)}"
    )


def _nats_per_char(found: Found) -> str:
    return (
        f"it is surprised by {number(found.value)} nats a letter in text that it never saw, on"
        f" {found.rows}, where {found.guess} is by {number(found.floor)} (0: it would know every"
        " next letter)"
    )


def _perplexity(found: Found) -> str:
    return (
        f"at each step it hesitates between {number(found.value)} words or parts of words, on"
        f" {found.rows}, where {found.guess} does between {number(found.floor)}"
    )


def _eval_loss(found: Found) -> str:
    return (
        f"its loss on answers that it never saw is {number(found.value)}, on {found.rows}, where"
        f" {found.guess} has {number(found.floor)} (0: it would know them by heart)"
    )


TOLD_OF_COUNTS: Mapping[str, Callable[[Found], str]] = MappingProxyType(
    {
        "map": _map,
        "map50": _map50,
        "span_f1": _span_f1,
        "rouge1": partial(_shares, "words"),
        "rouge2": partial(_shares, "pairs of words"),
        "rougeL": partial(_shares, "words, in the same order,"),
        "bleu": partial(_of_hundred, "words and phrases"),
        "chrf": partial(_of_hundred, "strings of letters"),
        "nats_per_char": _nats_per_char,
        "perplexity": _perplexity,
        "eval_loss": _eval_loss,
    }
)
