"""Retrying as a value: how often, after what pause, and whether the error is fed back."""

from datetime import timedelta

from pipeline.jobs import Frozen, Stage

REDOS_PER_JOB = 2  # how often a training that failed sends its job back


class RetryPolicy(Frozen):
    """Attempts a stage has, and the pause between them.

    The n-th pause is `min(first_delay * backoff ** (n - 1), longest_delay)`, in seconds.
    """

    attempts: int
    first_delay: float
    backoff: float
    longest_delay: float
    feeds_back: bool = False

    def delay(self, failures: int, scale: float = 1.0) -> timedelta:
        """Pause after the `failures`-th failed attempt (from 1), times `scale`."""
        seconds = min(self.first_delay * self.backoff ** (failures - 1), self.longest_delay)
        return timedelta(seconds=seconds * scale)

    def allows_another(self, failures: int) -> bool:
        """Tell whether an attempt is left after that many failures."""
        return failures < self.attempts


ASKING = RetryPolicy(attempts=1, first_delay=0, backoff=1, longest_delay=0)
THINKING = RetryPolicy(attempts=3, first_delay=2, backoff=1.5, longest_delay=10, feeds_back=True)
FETCHING = RetryPolicy(attempts=3, first_delay=5, backoff=2, longest_delay=30)
PREPARING = RetryPolicy(attempts=2, first_delay=3, backoff=2, longest_delay=15)
POLLING = RetryPolicy(attempts=10, first_delay=30, backoff=1.2, longest_delay=120)

POLICIES = {
    Stage.INTAKE_MANAGER: ASKING,
    Stage.INTENT_PARSER: THINKING,
    Stage.DATASET: FETCHING,
    Stage.PREPROCESSING: PREPARING,
    Stage.CONFIG: THINKING,
    Stage.ARCHITECTURE: THINKING,
    Stage.CODEGEN: THINKING,
    Stage.MONITOR: POLLING,
    Stage.DEPLOY: FETCHING,
}
