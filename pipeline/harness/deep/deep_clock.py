"""The time of one training: how long steps, looks and checkpoints take, and what is left."""

import math
import time
from dataclasses import dataclass, field

WARM = 3  # steps until a step's time is known: the first ones are slow
FRESH = 0.2  # weight of the newest step in the average


@dataclass(slots=True)
class Clock:
    """Seconds on the clock of time.monotonic; `ends` is the last moment of the whole script.

    `look` is what looking at the unseen rows takes, `save` what a checkpoint does, and `after`
    what the caller does when the training is over.
    """

    ends: float
    after: float = 0.0
    look: float = 0.0
    save: float = 0.0
    step: float = 0.0
    taken: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds for more steps; a last look, its checkpoint and reading it back come after."""
        return self.ends - time.monotonic() - self.after - 1.2 * self.look - 2 * self.save

    @property
    def out(self) -> bool:
        """Whether another step would be too much."""
        return self.left < 1.2 * self.step

    @property
    def room(self) -> float:
        """How many more steps there is time for; endless until a step's time is known."""
        if self.taken < WARM or not self.step:
            return math.inf
        return max(0.0, self.left / self.step)

    def stepped(self, seconds: float) -> None:
        """Count the step that was just taken."""
        self.taken += 1
        known = self.taken > WARM
        self.step = (1 - FRESH) * self.step + FRESH * seconds if known else seconds
