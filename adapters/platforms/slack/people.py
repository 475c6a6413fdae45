"""What is known of the people who speak: their names, and who administrates the workspace."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.platforms.slack.errors import FOREIGN, code
from adapters.platforms.slack.line import Line
from pipeline.jobs import Actor

_FRESH_SECONDS = 600.0
_PATIENCE = 0.7  # of the three seconds that an answer has
_MOST_KNOWN = 10_000
_SCOPE = "users:read"
_ADMINS = ("is_admin", "is_owner", "is_primary_owner")
_log = logging.getLogger(__name__)


@dataclass
class People:
    """Asks Slack about a person once in ten minutes, and never makes anybody wait long."""

    line: Line
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, str, bool]] = field(default_factory=dict)
    _asking: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _refused: bool = False

    async def recognised(self, actor: Actor) -> Actor:
        """The person with name and rights; as they came where Slack does not say in time."""
        if not self._fresh(actor) and await self._may_ask():
            if actor.id not in self._asking:
                self._asking[actor.id] = asyncio.create_task(self._ask(actor))
                self._asking[actor.id].add_done_callback(lambda _: self._asking.pop(actor.id, None))
            await asyncio.wait({self._asking[actor.id]}, timeout=_PATIENCE)
        _, name, admin = self._known.get(actor.id, (0.0, "", False))
        rights = admin and self._fresh(actor)  # who was an admin may be none any more
        return actor.model_copy(update={"name": name or actor.name, "admin": rights})

    async def stop(self) -> None:
        """Ask no more."""
        asking = [*self._asking.values()]
        for task in asking:
            task.cancel()
        if asking:
            await asyncio.wait(asking)

    def _fresh(self, actor: Actor) -> bool:
        return actor.id in self._known and self._known[actor.id][0] > self.monotonic()

    async def _may_ask(self) -> bool:
        return not self._refused and (await self.line.identity()).granted(_SCOPE)

    async def _ask(self, actor: Actor) -> None:
        try:
            answer = await self.line.safe().users_info(user=actor.id)
        except FOREIGN as error:
            self._refused = code(error) == "missing_scope"
            _log.info("Slack did not say who %s is: %s", actor.id, code(error) or type(error))
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        due = self.monotonic() + _FRESH_SECONDS
        self._known[actor.id] = (due, *_read(answer.get("user") or {}, actor.space))


def _read(user: Mapping[str, object], team: str) -> tuple[str, bool]:
    """Name and rights; an admin of another workspace, met in a shared channel, is none of ours."""
    profile = user.get("profile")
    shown = profile.get("display_name") if isinstance(profile, Mapping) else ""
    name = shown or user.get("real_name") or user.get("name") or ""
    ours = user.get("team_id") in {None, team} and not user.get("is_stranger")
    return str(name), ours and any(user.get(right) for right in _ADMINS)
