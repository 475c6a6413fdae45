"""Is the model any good? One plain sentence, decided by the interval and the baselines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from metrics import Better

Level = Literal["good", "weak", "none", "suspicious"]
LITTLE = 0.15  # of the way from guessing to perfect; less than this is a weak model
NEARLY_PERFECT = 0.97  # of that way; with an alarm it is too good to be true
SURE = 1.31  # times as far as the 95 % bound is the 99 % bound: one of 40 noises is too many
FEW = 30  # held-out rows; on fewer, no model is called good


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The headline number, the best that needs no learning and the best simple model."""

    metric: str
    better: Better
    value: float
    interval: tuple[float, float] | None
    rows: int
    trivial: float
    simple: float | None = None

    @property
    def skill(self) -> float:
        """How far the model gets from guessing (0) to perfect (1)."""
        perfect = 1.0 if self.better == "higher" else 0.0
        return (self.value - self.trivial) / (perfect - self.trivial or 1)

    @property
    def beats_guessing(self) -> bool:
        """Whether the whole interval is on the better side of the best trivial baseline."""
        low, high = self.interval or (self.value, self.value)
        return low > self.trivial if self.better == "higher" else high < self.trivial

    @property
    def surely_beats_guessing(self) -> bool:
        """The same for a 99 % interval."""
        low, high = self.interval or (self.value, self.value)
        if self.better == "higher":
            return self.value - SURE * (self.value - low) > self.trivial
        return self.value + SURE * (high - self.value) < self.trivial

    @property
    def beats_simple(self) -> bool:
        """Whether no simple model reaches the same value."""
        if self.simple is None:
            return True
        return self.value > self.simple if self.better == "higher" else self.value < self.simple

    @property
    def told(self) -> str:
        """The figures in words."""
        low, high = self.interval or (self.value, self.value)
        between = f" (95 % interval {low:.3g} to {high:.3g})" if self.interval else ""
        name = self.metric.replace("_", " ")
        return (
            f"{name} {self.value:.3g}{between} on {self.rows} held-out rows,"
            f" where guessing reaches {self.trivial:.3g}"
        )


def judge(score: Score, alarms: Sequence[str]) -> tuple[Level, str]:
    """Level and sentence; `alarms` are reasons why a very good score may not be real."""
    if not score.surely_beats_guessing:
        how = "Not surely" if score.beats_guessing else "No"
        return "none", f"{how} better than guessing: {score.told}."
    if alarms and score.skill >= NEARLY_PERFECT:
        return "suspicious", f"Too good to be trusted as it is: {score.told}. {alarms[0]}"
    if score.rows < FEW:
        return (
            "weak",
            f"Better than guessing, but measured on too few rows to rely on: {score.told}.",
        )
    if score.skill < LITTLE:
        return "weak", f"Only a little better than guessing: {score.told}."
    if not score.beats_simple:
        return "good", f"Good, though a simple model does as well: {score.told}."
    return "good", f"Clearly better than guessing: {score.told}."
