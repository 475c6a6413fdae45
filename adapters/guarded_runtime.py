"""What a training elsewhere prints is a stranger's text, as it is here: its secrets are taken out.

A traceback can quote a cell, and from there it would reach the job's record, its card, the model.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.jobs import Actor
from pipeline.ports.runtime import Offer, RunRequest, RunState, Runtime, StepResult
from pipeline.ports.sanitizer import Sanitizer


class GuardedRuntime:
    """pipeline.ports.runtime.Runtime around another, whose every line of output is cleaned."""

    def __init__(self, runtime: Runtime, sanitizer: Sanitizer) -> None:
        self._runtime = runtime
        self._sanitizer = sanitizer
        self.name: str = runtime.name
        self.account: str | None = runtime.account
        self.poll_seconds: float = runtime.poll_seconds

    @property
    def offer(self) -> Offer:
        """The same."""
        return self._runtime.offer

    async def find(self, name: str, owner: Actor) -> str | None:
        """The same."""
        return await self._runtime.find(name, owner)

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        """The same."""
        return await self._runtime.submit(request, owner)

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        """The same, with what the training printed cleaned."""
        state = await self._runtime.check(handle, lines_read, owner)
        result = None if state.result is None else self._ended(state.result)
        return replace(state, lines=tuple(map(self._clean, state.lines)), result=result)

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        """The same: files are data, and stay as they are."""
        await self._runtime.collect(handle, into, owner)

    async def cancel(self, handle: str, owner: Actor) -> bool:
        """The same."""
        return await self._runtime.cancel(handle, owner)

    def _ended(self, result: StepResult) -> StepResult:
        return replace(result, tail=tuple(map(self._clean, result.tail)))

    def _clean(self, line: str) -> str:
        return self._sanitizer.clean(line).text


def guard(runtimes: Mapping[str, Runtime], sanitizer: Sanitizer) -> Mapping[str, Runtime]:
    """The same places, each behind the door."""
    return {name: GuardedRuntime(one, sanitizer) for name, one in runtimes.items()}
