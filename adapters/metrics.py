"""The metrics of a process that serves or works, for Prometheus to scrape at `/metrics`.

What happens here is counted as it happens; what the whole house has is counted in the database, at
most every two seconds however often somebody asks. No label names a job, a person or a data set.
"""

import asyncio
import platform
import time
from collections.abc import Callable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client.exposition import generate_latest

from adapters.gauges import Gauges, Sources
from adapters.watch import Sight, Took
from pipeline.attempts import Attempt
from pipeline.events import ModelCalled, ModelReplied

_FRESH_SECONDS = 2.0
_MOST_VALUES = 20  # of a label: a provider or an error that is new to us is `other` from there
_STAGE_BUCKETS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600)
_CHAT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300)
_DATABASE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_MODEL_BUCKETS = (0.5, 1, 2, 5, 10, 20, 40, 80, 160)
_CHAT = {
    "decide": ("chat_decide", "Time to answer a button, a form or a command; they wait 3 s."),
    "first_reply": ("chat_first_reply", "Time from a mention to the first card of its job."),
    "letter": ("chat_letter", "Time from when a message was due until it was sent."),
}


class Metrics:
    """One registry of its own. `note` is what adapters.watch.Watch tells things to."""

    def __init__(self, sources: Sources, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._gauges = Gauges(sources)
        self._counting = asyncio.Lock()
        self._counted_at: float | None = None
        self._values: dict[str, set[str]] = {}
        self.registry.register(self._gauges)
        ProcessCollector(registry=self.registry)
        build = Info("mltrainer_build", "Which version runs.", registry=self.registry)
        build.info({"version": version("mltrainer"), "python": platform.python_version()})
        self._stages = self._histogram(
            "stage", "Working time of a stage, when an attempt ends.", _STAGE_BUCKETS, "outcome"
        )
        self._retries = self._counter("stage_retries", "Attempts that are made again.", "stage")
        self._errors = self._counter("errors", "What ended attempts.", "stage", "kind")
        self._calls = self._counter("llm_calls", "Questions to language models.", "provider")
        self._tokens = self._counter("llm_tokens", "Tokens, in and out.", "provider")
        self._cost = self._counter("llm_cost_dollars", "What language models cost.", "provider")
        self._model = self._histogram(
            "llm_reply", "Time to an answer of a language model.", _MODEL_BUCKETS, first="provider"
        )
        self._database = self._histogram(
            "database", "Time of a transaction.", _DATABASE_BUCKETS, first="kind"
        )
        self._chat = {
            what: self._histogram(name, meaning, _CHAT_BUCKETS, first="platform")
            for what, (name, meaning) in _CHAT.items()
        }

    def note(self, sight: Sight) -> None:
        """Count what happened in this process."""
        match sight:
            case Took("database", kind, seconds):
                self._database.labels(kind).observe(seconds)
            case Took(what, where, seconds):
                self._chat[what].labels(self._few("platform", where)).observe(seconds)
            case Attempt():
                self._note_attempt(sight)
            case ModelCalled():
                self._calls.labels(self._few("provider", sight.provider)).inc()
            case ModelReplied():
                provider = self._few("provider", sight.provider)
                self._tokens.labels(provider).inc(sight.tokens)
                self._cost.labels(provider).inc(sight.cost_usd)
                self._model.labels(provider).observe(sight.seconds)

    async def page(self) -> bytes:
        """All metrics as text. With the database away, all but what is counted there."""
        async with self._counting:
            now = self._clock()
            if self._counted_at is None or now - self._counted_at >= _FRESH_SECONDS:
                await self._gauges.look()
                self._counted_at = self._clock()
        return generate_latest(self.registry)

    def _note_attempt(self, attempt: Attempt) -> None:
        self._stages.labels(attempt.stage, attempt.outcome).observe(attempt.seconds)
        if attempt.outcome == "retried":
            self._retries.labels(attempt.stage).inc()
        if attempt.error:
            self._errors.labels(attempt.stage, self._few("kind", attempt.error)).inc()

    def _few(self, label: str, value: str) -> str:
        """The value, or `other` where there would be too many: each is kept for ever."""
        known = self._values.setdefault(label, set())
        if value not in known and len(known) >= _MOST_VALUES:
            return "other"
        known.add(value)
        return value or "unknown"

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"mltrainer_{name}", meaning, labels, registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, buckets: tuple[float, ...], *more: str, first: str = "stage"
    ) -> Histogram:
        whole = f"mltrainer_{name}_seconds"
        return Histogram(whole, meaning, (first, *more), registry=self.registry, buckets=buckets)
