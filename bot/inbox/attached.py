"""The files of a message: fetched into the folder of their job, and searched for keys there."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from bot import phrases
from bot.inbox.uploads import keys_in
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.folders import JobFolder, flush, fresh
from pipeline.jobs import JobId
from pipeline.ports.chat import Attachment, Mention, ThreadedChat
from pipeline.ports.sanitizer import Sanitizer

_MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where files lie now. `names` are those that held keys of these `kinds` and were thrown away.

    `failed` is why what follows is not there.
    """

    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    failed: MLTrainerError | None = None


class Attached:
    """Fetches files of at most `largest` bytes."""

    def __init__(self, home: Path, sanitizer: Sanitizer, largest: int) -> None:
        self._home = home
        self._sanitizer = sanitizer
        self._largest = largest

    async def fetch(self, chat: ThreadedChat, mention: Mention, job_id: JobId) -> Fetched:
        """Each file in a folder of its own; those that hold keys are not kept for a moment."""
        if len(mention.attachments) > _MOST_FILES:
            why = PersonCanFix(phrases.too_many_files(_MOST_FILES), phrases.ONE_ARCHIVE)
            return Fetched(failed=why)
        name = hashlib.sha256(mention.key.encode()).hexdigest()[:12]
        uploads = JobFolder.of(self._home, job_id).uploads / name
        fetched = Fetched()
        for number, attachment in enumerate(mention.attachments, 1):
            fetched = await self._one_more(chat, attachment, uploads / str(number), fetched)
            if fetched.failed is not None:
                break
        if fetched.files:  # the message counts as handled from here, whatever happens
            await asyncio.to_thread(flush, uploads)
        return fetched

    async def _one_more(
        self, chat: ThreadedChat, attachment: Attachment, place: Path, so_far: Fetched
    ) -> Fetched:
        try:
            folder = await asyncio.to_thread(fresh, place)
            path = await chat.download(attachment, folder, self._largest)
        except MLTrainerError as error:
            return replace(so_far, failed=error)
        found = await self._keys_in(path)
        if not found:
            return replace(so_far, files=(*so_far.files, str(path)))
        kinds = tuple(dict.fromkeys((*so_far.kinds, *found)))
        return replace(so_far, names=(*so_far.names, attachment.name), kinds=kinds)

    async def _keys_in(self, path: Path) -> tuple[str, ...]:
        """The kinds of keys in a file, which is gone then."""
        found: tuple[str, ...] = ("unread",)
        try:
            found = await keys_in(path, self._sanitizer)
        finally:
            if found:
                await asyncio.to_thread(path.unlink, missing_ok=True)
        return found
