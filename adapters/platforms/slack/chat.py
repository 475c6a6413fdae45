"""Slack as a platform of the house: pipeline.ports.chat.ThreadedChat."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.platforms.slack import cards
from adapters.platforms.slack.answering import Answers
from adapters.platforms.slack.errors import (
    BAD_BLOCKS,
    FOREIGN,
    VANISHED,
    code,
    translate,
    translated,
)
from adapters.platforms.slack.files import Files, named
from adapters.platforms.slack.line import Line
from adapters.platforms.slack.listening import HttpEndpoint, Socket, make_app
from adapters.platforms.slack.manifest import PATH
from adapters.platforms.slack.people import People
from adapters.platforms.slack.whispers import Whispers
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Attachment, Card, Decide, Manners, Ref

EVENT_TYPE = "mltrainer"
_PAGE = 200
_MOST_PAGES = 10
_DRAIN_SECONDS = 8.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    """What the operator set; one of `signing_secret` and `app_token` says how Slack reaches us."""

    bot_token: str
    signing_secret: str
    app_token: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class SlackChat:
    """One workspace. Nothing is opened before the first call.

    `web` maps paths to what answers them, and is empty in Socket Mode.
    """

    name = "slack"
    repeats = False
    manners = Manners()

    def __init__(self, credentials: Credentials, api_url: str) -> None:
        self._credentials = credentials
        self._line = Line(credentials.bot_token, api_url)
        self._people = People(self._line)
        self._whispers = Whispers(self._line)
        self._files = Files(self._line)
        self._answers: Answers | None = None
        self._socket: Socket | None = None
        self.web: Mapping[str, HttpEndpoint] = {}
        self.finds = False

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us now."""
        return bool(self.web) or (self._socket is not None and self._socket.connected)

    async def start(self, decide: Decide) -> None:
        """Listen; PersonCanFix names the token that Slack does not accept."""
        signing_secret, app_token = self._credentials.signing_secret, self._credentials.app_token
        if not signing_secret.strip() and not app_token:
            raise PersonCanFix(
                "SLACK_BOT_TOKEN is set, but not how Slack reaches the bot.",
                "Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode); "
                "`mltrainer setup slack` shows where they are.",
            )
        us = await self._line.identity()
        self.finds = us.scopes is not None and "channels:history" in us.scopes
        self._answers = Answers(self._line, decide, self._people, self._whispers)
        app = make_app(self._line, us, self._answers)
        if app_token:
            self._socket = Socket(app, self._line, app_token)
            await self._socket.connect()
        else:
            self.web = {PATH: HttpEndpoint(app, signing_secret)}

    async def open_thread(self, place: Place, title: str, key: str) -> Place:
        """The place itself, or the thread under a new message that says `title`."""
        if place.thread is not None:
            return place
        answer = await self._say(place, Card(title=title), None, metadata=_marked(key))
        return place.model_copy(update={"channel": answer["channel"], "thread": answer["ts"]})

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        """Send a card into a thread; one that is only a picture becomes a file with its text."""
        if card.picture and not card.actions and not card.stages:
            file = await self._files.upload(place, card, notify, key=key)
            self._whispers.spoke(place)
            return Ref(place=place, id=file)
        answer = await self._say(place, card, notify, metadata=_marked(key))
        if card.picture:
            await self._add_picture(place, card.model_copy(update={"title": "", "body": ""}))
        self._whispers.spoke(place)
        return _ref(place, answer)

    async def edit(self, ref: Ref, card: Card) -> Ref:
        """Change a card in place; posted anew where it is gone or may not be changed any more."""
        shown = cards.shown(card)
        try:
            try:
                await self._line.safe().chat_update(channel=ref.place.channel, ts=ref.id, **shown)
            except SlackApiError as error:
                if code(error) not in BAD_BLOCKS:
                    raise
                _tell_bad_blocks(error)
                await self._line.safe().chat_update(
                    channel=ref.place.channel, ts=ref.id, text=shown["text"], blocks=[]
                )
        except FOREIGN as error:
            if code(error) in VANISHED:
                return await self._anew(ref, card)
            raise translate(error) from None
        return ref

    async def _anew(self, ref: Ref, card: Card) -> Ref:
        """Post a card that is gone once more, unless an edit that was cut off has done so."""
        key = f"instead-of-{ref.id}"
        found = await self.find(ref.place, key) if self.finds else None
        return found or await self.post(ref.place, card, key=key)

    async def whisper(self, actor: Actor, place: Place, card: Card) -> None:
        """An ephemeral message in the thread; a direct message where they are not in it."""
        await self._whispers.send(actor, place, card)

    async def direct(self, actor: Actor) -> Place:
        """The person's direct messages with the bot."""
        with translated():
            answer = await self._line.safe().conversations_open(users=actor.id)
        channel = str(answer["channel"]["id"])
        return Place(platform=self.name, space=actor.space, channel=channel)

    async def redact(self, place: Place, message: str) -> bool:
        """A bot may delete its own messages only, so its person has to."""
        del place, message
        return False

    async def find(self, place: Place, key: str) -> Ref | None:
        """Look through the thread for the message with this key."""
        if place.thread is None:
            return None
        cursor = ""
        for _ in range(_MOST_PAGES):
            with translated():
                page = await self._line.safe().conversations_replies(
                    channel=place.channel,
                    ts=place.thread,
                    include_all_metadata=True,
                    limit=_PAGE,
                    cursor=cursor or None,
                )
            for message in page.get("messages") or ():
                if await self._is_ours(message) and _is_under(key, message):
                    return _ref(place, message)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        return None

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        """Fetch a file with the bot's token; PersonCanFix when it cannot be had."""
        return await self._files.download(attachment, folder, largest)

    async def link(self, place: Place) -> str:
        """The permanent address of a thread; empty where Slack gives none."""
        if place.thread is None:
            return ""
        try:
            with translated():
                answer = await self._line.safe().chat_getPermalink(
                    channel=place.channel, message_ts=place.thread
                )
        except MLTrainerError as error:
            _log.info("Slack gave no link to a thread: %s", error)
            return ""
        return str(answer.get("permalink") or "")

    async def stop(self) -> None:
        """Take nothing more, finish what is in hand, then close the socket. Posting still works."""
        if self._answers is not None:
            await self._answers.drain(_DRAIN_SECONDS)
        if self._socket is not None:
            await self._socket.close()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._people.stop()
        await self._line.close()

    async def _say(
        self, place: Place, card: Card, notify: Actor | None, **more: Any
    ) -> Mapping[str, Any]:
        """Post once; blocks that Slack does not take are left out rather than the message."""
        shown = cards.shown(card, notify)
        where = {"channel": place.channel, "thread_ts": place.thread, **_CALM, **more}
        with translated():
            try:
                return await self._posted({**where, **shown})
            except SlackApiError as error:
                if code(error) not in BAD_BLOCKS:
                    raise
                _tell_bad_blocks(error)
                return await self._posted({**where, "text": shown["text"]})

    async def _posted(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._line.once().chat_postMessage(**message)
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def _add_picture(self, place: Place, card: Card) -> None:
        """The message stands already: a picture that cannot follow must not repeat it."""
        try:
            await self._files.upload(place, card)
        except MLTrainerError as error:
            _log.warning("A picture could not be sent to Slack: %s", error)

    async def _is_ours(self, message: Mapping[str, Any]) -> bool:
        us = await self._line.identity()
        return message.get("user") == us.user or message.get("bot_id") == us.bot


_CALM: Mapping[str, bool] = {"unfurl_links": False, "unfurl_media": False}


def _marked(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _is_under(key: str, message: Mapping[str, Any]) -> bool:
    """By its metadata, or by the name of its file."""
    names = (str(file.get("name") or "") for file in message.get("files") or ())
    file = named(key, "")
    return message.get("metadata") == _marked(key) or any(Path(name).stem == file for name in names)


def _ref(place: Place, message: Mapping[str, Any]) -> Ref:
    channel = message.get("channel") or place.channel
    return Ref(place=place.model_copy(update={"channel": channel}), id=str(message["ts"]))


def _tell_bad_blocks(error: SlackApiError) -> None:
    _log.error("Slack did not take the blocks of a card; its text was sent (%s)", code(error))
