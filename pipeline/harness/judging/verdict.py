"""Is the model any good? One plain sentence, decided by what it surely has over guessing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from figures_form import rows_of
from skill import LITTLE

Level = Literal["good", "weak", "none", "suspicious"]
NEARLY_PERFECT = 0.97  # of the way to perfect; with an alarm it is too good to be true
FEW = 30  # held-out rows; on fewer, no model is called good


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The headline number against the best that needs no learning and the best simple model.

    `skill` is how far it gets from guessing (0) to perfect (1); less than `little` is little.
    `surely` and `likely` say whether it beats guessing at 99 % and at 95 %; `mostly` that it does
    for nearly all rows, where a few decide the score; `ranked` says in words how well its
    probabilities rank the rows, where they tell something though its answers do not; `matched`
    that a simple model is as good, as far as the rows can tell. `guessing` is what is beaten or
    not and `told` are the figures in words. `backed` says in words where else it was surely
    better: then few held-out rows are enough.
    """

    value: float
    trivial: float
    skill: float
    rows: int
    surely: bool
    likely: bool
    told: str
    guessing: str = "guessing"
    mostly: bool = False
    ranked: str = ""
    matched: bool = False
    little: float = LITTLE
    backed: str = ""


def judge(score: Score, alarms: Sequence[str]) -> tuple[Level, str]:
    """Level and sentence; `alarms` are reasons why a very good score may not be real."""
    than, told = score.guessing, score.told
    if not score.surely:
        return _unsure(score)
    if alarms and score.skill >= NEARLY_PERFECT:
        return "suspicious", f"Too good to be trusted as it is: {told}. {alarms[0]}"
    if score.rows < FEW and not score.backed:
        few = f"Better than {than}, but measured on too few rows to rely on: {told}."
        return "weak", few
    if score.skill < score.little:
        return "weak", f"Only a little better than {than}: {told}."
    if score.matched:
        return "good", f"Good, though a simple model does as well: {told}."
    also = f", {score.backed}" if score.rows < FEW else ""
    return "good", f"Clearly better than {than}{also}: {told}."


def _unsure(score: Score) -> tuple[Level, str]:
    """What is not surely better, said as exactly as the rows allow."""
    than, told = score.guessing, score.told
    if score.mostly:
        most = f"Better than {than} for most rows, but a few extreme ones decide the score: {told}."
        return "weak", most
    if score.ranked:
        more = f"Its answers are not surely better than {than}, but its probabilities tell more:"
        return "weak", f"{more} {score.ranked}; {told}."
    if score.likely:
        return "none", f"Not surely better than {than}: {told}."
    if score.skill > 0 and score.rows < FEW:
        few = f"No better than {than} as far as {rows_of(score.rows)} can tell: {told}."
        return "none", few
    return "none", f"No better than {than}: {told}."
