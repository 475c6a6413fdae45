"""Answers that one person sees."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from adapters.platforms.slack import cards
from adapters.platforms.slack.errors import FOREIGN, translated
from adapters.platforms.slack.events import Payload
from adapters.platforms.slack.line import Line
from adapters.proxies import proxy
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Card, Gone, Inbound

_MOST_REMEMBERED = 5000
_DIRECT = "D"
_log = logging.getLogger(__name__)


class Whispers:
    """Sends a card to one person: beside what they did, in a thread, or in direct messages.

    In a thread that has no reply yet Slack shows no whisper: there it stands in the channel.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._unbegun: dict[str, None] = {}

    def heard(self, place: Place) -> None:
        """A message came that nobody has answered yet."""
        if len(self._unbegun) >= _MOST_REMEMBERED:
            self._unbegun.pop(next(iter(self._unbegun)))
        self._unbegun[place.key] = None

    def spoke(self, place: Place) -> None:
        """The thread has a reply now."""
        self._unbegun.pop(place.key, None)

    async def answer(self, payload: Payload, said: Inbound, card: Card) -> None:
        """Answer what somebody did, at the address Slack gave for that, else as `send` does."""
        url = payload.get("response_url")
        if not url or not await self._respond(str(url), payload, said, card):
            await self.send(said.actor, said.place, card)

    async def send(self, actor: Actor, place: Place, card: Card) -> None:
        """Whisper where the person looks; where they are not there, write to them directly."""
        shown = cards.shown(card, thread=place.thread)
        if place.channel == actor.id or place.channel.startswith(_DIRECT):
            return await self._write(place.channel, place.thread, shown)
        try:
            with translated():
                await self._line.once().chat_postEphemeral(
                    channel=place.channel, user=actor.id, thread_ts=self._thread(place), **shown
                )
        except Gone:
            await self._write(actor.id, None, shown)

    def _thread(self, place: Place) -> str | None:
        return None if place.key in self._unbegun else place.thread

    async def _write(self, channel: str, thread: str | None, shown: Mapping[str, Any]) -> None:
        with translated():
            await self._line.once().chat_postMessage(
                channel=channel,
                thread_ts=thread,
                unfurl_links=False,
                unfurl_media=False,
                **shown,
            )

    async def _respond(self, url: str, payload: Payload, said: Inbound, card: Card) -> bool:
        """Use the address of an interaction: five times in half an hour, and then no more.

        The answer to a button of a whisper takes the place of that whisper.
        """
        body = {
            "response_type": "ephemeral",
            "replace_original": bool((payload.get("container") or {}).get("is_ephemeral")),
            **cards.shown(card, thread=said.place.thread),
        }
        if thread := self._thread(said.place):
            body["thread_ts"] = thread
        try:
            async with self._line.session.post(url, json=body, proxy=proxy(url)) as response:
                return response.status == HTTPStatus.OK
        except FOREIGN as error:
            _log.info("A response address could not be used (%s)", type(error).__name__)
            return False
