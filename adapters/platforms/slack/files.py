"""Files between Slack and a folder: what people attach comes in, pictures go out."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from yarl import URL

from adapters.downloads import Download, refused
from adapters.file_names import clean
from adapters.platforms.slack import cards
from adapters.platforms.slack.errors import (
    BAD_BLOCKS,
    FOREIGN,
    code,
    missing_scope,
    translate,
    translated,
)
from adapters.platforms.slack.line import Line
from adapters.platforms.slack.text import cut, plain
from adapters.proxies import proxy
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Attachment, Card

_IDLE_SECONDS = 30.0
_TOTAL_SECONDS = 3600.0
_OK = 200
_SCOPE = "files:read"
_UNREADABLE = {"external", "tombstone", "hidden_by_limit"}
_PAGES = {"text/html", "application/xhtml+xml"}
_GONE = {"file_not_found", "file_deleted"}


class Files:
    """Downloads with the bot's token, which is shown to Slack's own hosts alone."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        """Fetch a file under a safe name; what fails or is cancelled leaves nothing behind."""
        name = clean(attachment.name)
        wanted = Download("Slack", name, largest)
        wanted.check_size(attachment.size)
        described = await self._describe(attachment, name)
        address = _address(described, name)
        if not self._is_slack(address):
            raise refused(f"{name} lies outside of Slack.", "Attach the file itself.")
        wanted.check_size(_size(described.get("size")))
        return await wanted.save(folder, lambda file: self._fetch(address, wanted, file))

    async def upload(
        self, place: Place, card: Card, notify: Actor | None = None, *, key: str = ""
    ) -> str:
        """Send the card's picture as a file into the thread; the id that Slack gives it.

        A file has no metadata: a `key` becomes its name, by which it is found again.
        """
        picture = card.picture
        if picture is None:
            return ""
        file: dict[str, Any] = {
            "channel": place.channel,
            "thread_ts": place.thread,
            "content": await asyncio.to_thread(picture.path.read_bytes),
            "filename": named(key, picture.path.suffix) if key else clean(picture.path.name),
            "title": cut(plain(card.title or picture.alt), cards.LONGEST_HEADER),
            "alt_txt": cut(plain(picture.alt), cards.LONGEST_ALT),
        }
        # Slack formats a comment, and leaves blocks as they are.
        comment = cards.comment(card, notify)
        blocks = json.dumps(comment) if comment else None
        with translated():
            try:
                answer = await self._line.once().files_upload_v2(**file, blocks=blocks)
            except SlackApiError as error:
                if code(error) not in BAD_BLOCKS:
                    raise
                words = cards.text(card, notify)
                answer = await self._line.once().files_upload_v2(**file, initial_comment=words)
        return str((answer.get("file") or {}).get("id") or "")

    async def _describe(self, attachment: Attachment, name: str) -> Mapping[str, object]:
        """What Slack knows of a file now: where it lies, and whether it may be had at all."""
        try:
            answer = await self._line.safe().files_info(file=attachment.id)
        except FOREIGN as error:
            if code(error) in _GONE:
                raise refused(
                    f"{name} is no longer in Slack, or I may not see it.",
                    "Attach the file to a message that mentions me.",
                ) from None
            if attachment.url:  # the download itself says what is wrong, if anything is
                return {"url_private_download": attachment.url}
            raise translate(error) from None
        found = answer.get("file")
        return found if isinstance(found, Mapping) else {}

    def _is_slack(self, address: str) -> bool:
        """Whether the token may be shown at this address."""
        url, api = URL(address), URL(self._line.api_url)
        if (url.scheme, url.host, url.port) == (api.scheme, api.host, api.port):
            return True
        return url.scheme == api.scheme == "https" and f"{url.host}".endswith(f".{api.host}")

    async def _fetch(self, address: str, wanted: Download, file: IO[bytes]) -> None:
        asking = self._line.session.get(
            URL(address, encoded=True),
            headers={**self._line.bearer, "Accept-Encoding": "identity"},
            allow_redirects=False,
            proxy=proxy(address),
            timeout=aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_read=_IDLE_SECONDS),
        )
        await wanted.take(asking, file, lambda response: _check_answer(response, wanted.name))


def named(key: str, suffix: str) -> str:
    """The name of the file that is sent under `key`."""
    return clean(key.replace(":", "-") + suffix)


def _check_answer(response: aiohttp.ClientResponse, name: str) -> None:
    """Raise what an answer other than the file means: without its scope Slack shows a login."""
    is_page = response.content_type in _PAGES and not name.lower().endswith((".html", ".htm"))
    if response.status in {404, 410}:
        raise refused(f"{name} is no longer in Slack.", "Attach it again.")
    if response.status != _OK or is_page:
        raise missing_scope(_SCOPE)


def _address(described: Mapping[str, object], name: str) -> str:
    """Where a file lies; PersonCanFix when Slack only knows of it."""
    mode = described.get("mode")
    if mode in _UNREADABLE or described.get("is_external"):
        why = {
            "tombstone": "was deleted",
            "hidden_by_limit": "is hidden by the limit of this workspace's plan",
        }.get(str(mode), "lies at another service and is only linked")
        raise refused(f"{name} {why}.", "Attach the file itself.")
    address = described.get("url_private_download") or described.get("url_private")
    if not address:
        raise refused(f"Slack does not say where {name} lies.", "Attach it again.")
    return str(address)


def _size(told: object) -> int:
    return told if isinstance(told, int) else 0
