"""Bringing payloads to the app: events again until they are taken, everything else once."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.slack.http_delivery import Answer, Kind, Road
from tests.fakes.slack.workspace import Json

SLACKS_PAUSES = (0.0, 60.0, 300.0)


@dataclass
class Delivery:
    """One payload and what the app said each time."""

    kind: Kind
    payload: Json
    answers: list[Answer] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return any(one.ok for one in self.answers)


@dataclass
class Deliveries:
    """Everything that was brought, in order. `pauses` stand before each redelivery."""

    road: Road
    pauses: tuple[float, ...] = SLACKS_PAUSES
    all: list[Delivery] = field(default_factory=list)
    _running: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def interaction(self, kind: Kind, payload: Json) -> Answer:
        """Bring a click, a form or a command: once, whatever happens."""
        delivery = Delivery(kind, payload)
        self.all.append(delivery)
        delivery.answers.append(await self.road.send(kind, payload))
        return delivery.answers[-1]

    def event(self, payload: Json) -> Delivery:
        """Begin to bring an event, in the background."""
        delivery = Delivery("events_api", payload)
        self.all.append(delivery)
        task = asyncio.get_running_loop().create_task(self._bring(delivery))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return delivery

    async def again(self, payload: Json) -> Answer:
        """Bring an event that was taken before once more, as Slack does when in doubt."""
        return await self.road.send("events_api", payload, 1, "http_timeout")

    async def settle(self) -> None:
        """Wait until every event was taken or given up."""
        while self._running:
            await asyncio.gather(*self._running)

    async def stop(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def lost(self) -> list[Delivery]:
        """Events that were never taken."""
        return [one for one in self.all if one.kind == "events_api" and not one.taken]

    async def _bring(self, delivery: Delivery) -> None:
        for retry, pause in enumerate((0.0, *self.pauses)):
            await asyncio.sleep(pause)
            reason = _reason(delivery.answers[-1]) if delivery.answers else ""
            answer = await self.road.send("events_api", delivery.payload, retry, reason)
            delivery.answers.append(answer)
            if answer.ok or answer.headers.get("X-Slack-No-Retry") == "1":
                return


def _reason(answer: Answer) -> str:
    return "http_error" if answer.status else "http_timeout"
