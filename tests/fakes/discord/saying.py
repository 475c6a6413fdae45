"""What a person on Discord writes: in channels, threads and direct messages, edited and deleted."""

import re
from collections.abc import Sequence

from tests.fakes.discord import acts, mentions
from tests.fakes.discord.limits import LARGEST_FILE
from tests.fakes.discord.looking import Onlooker
from tests.fakes.discord.seeing import Seen, seen
from tests.fakes.discord.world import REPLY, Channel, File, Json, Message
from tests.fakes.people import NotThere, Upload
from tests.fakes.watching import Thread, place_of

LONGEST = 2000
ADDRESS = re.compile(r"(?<!<)https?://\S")


class Writer(Onlooker):
    """Somebody at a Discord client who writes.

    A `thread` is any message of it, or (channel, id of its root).
    """

    def mention(
        self, channel: str, text: str, thread: Thread | None = None, files: Sequence[Upload] = ()
    ) -> Seen:
        """Write "@mltrainer …" in a channel or a thread."""
        return self._write(self._place(thread or channel), f"<@{self._world.bot.id}> {text}", files)

    def mention_role(self, channel: str | Seen, text: str) -> Seen:
        """Choose the role "mltrainer" from the list instead of the bot, as is easily done."""
        place = self._place(channel)
        return self._write(place, f"<@&{int(place.guild) + 1}> {text}", ())

    def say(self, channel: str | Seen, text: str, files: Sequence[Upload] = ()) -> Seen:
        """Write in a channel or a thread without naming the bot."""
        return self._write(self._place(channel), text, files)

    def dm(self, text: str, files: Sequence[Upload] = (), thread: Thread | None = None) -> Seen:
        """Write to the bot in direct messages, where there are no threads."""
        reference = place_of(thread)[1] if thread else ""
        return self._write(self._world.direct(self.id), text, files, reference)

    def reply(self, thread: Thread, text: str, files: Sequence[Upload] = ()) -> Seen:
        """Answer the bot's message, or its last one in this thread; the reply pings it.

        Where the bot said nothing it is a message like any other.
        """
        channel, root = place_of(thread)
        said = thread if isinstance(thread, Seen) else None
        if said is None or said.by != self._world.bot.name:
            known = self.thread(channel, root)
            said = next((one for one in known[::-1] if one.by == self._world.bot.name), None)
        place = self._place(said or thread)
        return self._write(place, text, files, said.ts if said else "")

    def edit(self, message: Seen, text: str) -> None:
        """Change what one wrote; a mention of the bot stays."""
        self.discord.do(lambda: self._edit(self._message(message), text))

    def delete(self, message: Seen) -> None:
        """Take back what one wrote."""
        self.discord.do(lambda: acts.delete(self._world, self._message(message)))

    def _place(self, where: str | Thread) -> Channel:
        """Where one writes: a channel by its name, or the thread of a message."""
        if isinstance(where, str):
            return self._world.channel(where)
        channel, root = place_of(where)
        thread = self._world.thread_of(root)
        if thread is None and isinstance(where, Seen) and where.thread:
            raise NotThere("the thread is gone")
        if thread and thread.locked and thread.guild not in self._account.admin_of:
            raise NotThere("nobody can write in a thread that is locked")
        return thread or self._world.channel(channel)

    def _write(
        self, place: Channel, text: str, files: Sequence[Upload], reference: str = ""
    ) -> Seen:
        if len(text) > LONGEST:
            raise NotThere(f"a message has at most {LONGEST} characters; this one has {len(text)}")
        if large := [one.name for one in files if len(one.content) > LARGEST_FILE]:
            raise NotThere(f"files are too large for Discord: {large}")

        def post() -> Message:
            world = self._world
            kind = REPLY if reference else 0
            said = Message(world.flake(), place.id, self.id, [{"content": text}], kind)
            said.files = [self._attach(one, place) for one in files]
            said.reference = reference
            said.mentions = self._named(place, said.body, reference)
            acts.post(world, said)
            if ADDRESS.search(text):
                acts.unfurl(world, said)
            return said

        return seen(self._world, self.discord.do(post))

    def _named(self, place: Channel, body: Json, reference: str) -> list[str]:
        """Whom it names; only an admin can call everybody, and a reply names whom it answers."""
        named = mentions.named(body)
        if place.guild not in self._account.admin_of:
            named = [one for one in named if one != mentions.EVERYBODY]
        answered = self._world.messages.get(reference)
        return list(dict.fromkeys([*named, *([answered.author] if answered else [])]))

    def _edit(self, message: Message, text: str) -> None:
        named = f"<@{self._world.bot.id}>"
        kept = f"{named} {text}" if named in message.body["content"] and named not in text else text
        body = {**message.body, "content": kept}
        place = self._world.channels[message.channel]
        message.mentions = self._named(place, body, message.reference)
        acts.change(self._world, message, body)

    def _attach(self, upload: Upload, place: Channel | None = None) -> File:
        world = self._world
        channel = place.id if place else ""
        made = File(world.flake(), channel, upload.name, upload.content)
        return world.files.setdefault(made.id, made)
