"""One platform with a bot on it, and how people do there what is done differently elsewhere.

A story is told with the same words everywhere; what differs has a name here, and one class a
platform.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord import Person as Guest
from tests.fakes.slack import BOT_USER, FakeSlack, Person
from tests.stories.chatting import ASK_SECONDS, BOT, job_id_of, replies
from tests.stories.seat import Printed, Seats, Sitter
from tests.stories.serving import Served
from tests.stories.somebody import Anyone, Seen, SeenView, Shown

TRY_IT = "Try it"


class World:
    """What all platforms share. `town` is the fake platform, `bot` the real bot on it."""

    in_training = "monitor  running"
    what_leaves = "the model, to parcel"
    file_named_after_a_key = "waiting for your yes"  # what a form with such a file leads to
    after_a_paste = "delete"  # what is to be done with a message that holds a key

    def __init__(self, town: Shown, bot: Served | Seats) -> None:
        self.town, self.bot = town, bot
        self._met: dict[str, Anyone] = {}

    def person(self, name: str) -> Anyone:
        """Anyone who uses the platform; the same for the same name."""
        if name not in self._met:
            self._met[name] = self.town.person(name)
        return self._met[name]

    # What may differ

    def told_alone(self, person: Anyone, words: str, seconds: float = 30.0) -> Shown:
        """What a person alone is told, where the platform has a place for that."""
        return person.wait_for_whisper(words, seconds)

    def cancel(self, person: Anyone, card: Shown) -> None:
        """Press Cancel and say yes to the question whether it is meant."""
        person.click(card, "Cancel")
        assert any("stops the job for good" in one for one in person.asked)

    def press_cancel(self, person: Anyone, card: Shown) -> None:
        """Press Cancel and mean it, without more."""
        person.click(card, "Cancel")

    def menu(self, person: Anyone, card: Shown) -> Shown:
        """The actions of a job in the menu of a message."""
        raise NotImplementedError

    def command(self, person: Anyone, text: str, words: str, channel: str = "C1") -> Shown:
        """What a command answers its person alone, with these words in it."""
        person.command("/mltrainer", text, channel)
        return person.wait_for_whisper(words)

    def account_form(self, person: Anyone, card: Shown) -> SeenView:
        """The form for the account that a job's card asks for."""
        person.click(card, "Connect accounts")
        return self.paste(person, person.wait_for_whisper("Hugging Face"))

    def paste(self, person: Anyone, panel: Shown) -> SeenView:
        """The form behind Paste, of one account."""
        person.click(panel, "Paste")
        return person.wait_for_modal("Hugging Face")

    def mistype(self, person: Anyone, form: SeenView, label: str, value: str) -> SeenView:
        """Fill a field wrongly, read what is wrong, and have the form again."""
        assert label in person.fill(form, {label: value})
        return form

    def predict(self, person: Anyone, said: Seen, text: str) -> Shown:
        """What the model says of a text, asked for in words."""
        person.mention("C1", f"predict {text}", thread=said)
        return person.wait_for("Prediction", ASK_SECONDS, thread=said)

    def doors(self, person: Anyone, said: Seen) -> Sequence[Callable[[Shown], object]]:
        """Every way in which a failed job is told to go on; each takes its card."""
        raise NotImplementedError

    def new_job_form(self, person: Anyone) -> SeenView:
        """The form that asks for a new job."""
        raise NotImplementedError

    def told_of_failures(self, person: Anyone, said: Seen) -> int:
        """How often the person was told that the job failed."""
        return len([one for one in replies(person, said) if "The job failed" in one])

    def connect_directly(self, person: Anyone) -> SeenView:
        """The form for an account, with nobody else about."""
        person.dm("connect hf")
        return self.paste(person, person.wait_for("Your accounts", ASK_SECONDS))

    def went_on_once(self, person: Anyone, said: Seen) -> None:
        """A job that was interrupted said once that it goes on, and once that it is done."""
        told = replies(person, said)
        assert len([one for one in told if "ready and proven" in one]) <= 2  # card and reply
        assert len([one for one in told[1:] if "resumed" in one.lower()]) == 1
        assert len([one for one in told if ": done" in one]) == 1

    def nowhere(self, value: str) -> None:
        """It is in no file of the home, in nothing printed, and in nothing that was sent."""
        found = [path for path in self.bot.home.rglob("*") if _holds(path, value)]
        assert found == []
        assert value not in self.bot.printed()
        assert value not in self.town.everything_sent()

    def told_directly(self, person: Anyone, words: str, seconds: float) -> Shown:
        """What the bot wrote to a person alone, in direct messages."""

        def find() -> Shown | None:
            return next((one for one in person.dms() if words in one), None)

        return person.wait_until(find, f"“{words}” in direct messages", seconds)

    def pasted_is_gone(self, said: Seen) -> None:
        """A message with a key in it was deleted, where that can be."""

    def thread_of(self, person: Anyone, said: Seen) -> Seen:
        """What a job's thread began with."""
        del person
        return said

    def speak_where_edits_are_heard(self, person: Anyone, words: str) -> Shown:
        """Say something that the bot will be told of when it is changed."""
        raise NotImplementedError

    def listed(self) -> str:
        """What `mltrainer list` says on the bot's machine."""
        assert isinstance(self.bot, Served)
        return self.bot.run("list").stdout

    def suggested(self, person: Anyone, command: str, typed: str) -> list[str]:
        """The jobs that are suggested for a command while somebody types."""
        raise NotImplementedError

    def half_typed(self, person: Anyone, command: str, text: str) -> None:
        """Type something behind a command, where the bot is told of it before it is sent."""

    def rename_the_thread(self, said: Seen, name: str) -> None:
        """Give a thread another name, where threads have names."""

    def drop_the_line(self) -> None:
        """Cut the bot's connection to the platform, where it has one."""
        raise NotImplementedError

    def shut_out(self, channel: str) -> None:
        """Close a channel to the bot."""
        raise NotImplementedError

    def let_in(self, channel: str) -> None:
        """Open it again."""
        raise NotImplementedError


class SlackWorld(World):
    """Slack: message shortcuts, and no commands in threads."""

    def told_alone(self, person: Anyone, words: str, seconds: float = 30.0) -> Shown:
        """A whisper; in direct messages a message like any other."""

        def find() -> Shown | None:
            both = [*person.whispers(), *(one for one in person.dms() if one.by == BOT)]
            return next((one for one in reversed(both) if words in one), None)

        return person.wait_until(find, f"“{words}”, told alone", seconds)

    def speak_where_edits_are_heard(self, person: Anyone, words: str) -> Shown:
        return person.dm(words)

    def drop_the_line(self) -> None:
        if self.town.socket_mode:
            self.town.drop_sockets()

    def shut_out(self, channel: str) -> None:
        self.town.remove_bot(channel)

    def let_in(self, channel: str) -> None:
        self.town.workspace.channels[channel].members.add(BOT_USER)

    def doors(self, person: Anyone, said: Seen) -> Sequence[Callable[[Shown], object]]:
        def by_shortcut(card: Shown) -> None:
            person.click(self.menu(person, card), "Resume")

        return (
            lambda card: person.click(card, "Retry"),
            lambda card: person.command("/mltrainer", f"resume {job_id_of(card)}", "C2"),
            by_shortcut,
            lambda card: person.mention(card.channel, "resume", thread=said),
        )

    def menu(self, person: Anyone, card: Shown) -> Shown:
        assert isinstance(person, Person)
        before = {one.ts for one in person.whispers()}
        person.shortcut(card)

        def find() -> Shown | None:
            fresh = [one for one in person.whispers() if one.ts not in before]
            return next((one for one in fresh if f"Job {job_id_of(card)}" in one), None)

        return person.wait_until(find, "the actions of the job")

    def new_job_form(self, person: Anyone) -> SeenView:
        assert isinstance(person, Person)
        person.shortcut()
        return person.wait_for_modal("New training job")


class DiscordWorld(World):
    """Discord: commands in threads too, messages that the bot can delete, names of threads.

    A file of a form is found by its address alone, which has its name in it: one that is named
    after a key cannot be fetched without keeping the key.
    """

    file_named_after_a_key = "Attach the file to a message"

    def doors(self, person: Anyone, said: Seen) -> Sequence[Callable[[Shown], object]]:
        return (
            lambda card: person.click(card, "Retry"),
            lambda card: person.command("/mltrainer", f"resume {job_id_of(card)}", "C2"),
            lambda card: person.command("/mltrainer", "resume", card),
            lambda card: person.mention(card.channel, "resume", thread=said),
        )

    def new_job_form(self, person: Anyone) -> SeenView:
        person.command("/mltrainer", "new")
        return person.wait_for_modal("New training job")

    def pasted_is_gone(self, said: Seen) -> None:
        assert not any(one.ts == said.ts for one in self.town.messages("C1"))

    def thread_of(self, person: Anyone, said: Seen) -> Shown:
        """A message that was deleted begins no thread: the bot begins it with words of its own."""

        def find() -> Shown | None:
            later = [one for one in self.town.messages("C1") if int(one.ts) > int(said.ts)]
            return next((one for one in later if re.match(r"j-\w{8}: ", one.text)), None)

        return person.wait_until(find, "a thread of the bot's own", ASK_SECONDS)

    def speak_where_edits_are_heard(self, person: Anyone, words: str) -> Shown:
        return person.mention("C1", words)

    def suggested(self, person: Anyone, command: str, typed: str) -> list[str]:
        assert isinstance(person, Guest)
        return person.suggestions(f"/mltrainer {command}", "C1", typed)

    def half_typed(self, person: Anyone, command: str, text: str) -> None:
        self.suggested(person, command, text)

    def rename_the_thread(self, said: Seen, name: str) -> None:
        self.town.rename(said, name)

    def drop_the_line(self) -> None:
        self.town.drop_gateway()

    def shut_out(self, channel: str) -> None:
        self.town.revoke("VIEW_CHANNEL", channel)

    def let_in(self, channel: str) -> None:
        self.town.world.channel(channel).denied.clear()


class TerminalWorld(World):
    """A terminal: what is private needs no place of its own, and a shell beside it has commands."""

    in_training = "monitor  "
    what_leaves = "published to parcel"
    after_a_paste = "Give it unseen"

    def nowhere(self, value: str) -> None:
        """What the person typed themselves stands before them; it is nowhere else."""
        homes = [one / "home" for one in self.bot.home.iterdir()]
        found = [path for home in homes for path in home.rglob("*") if _holds(path, value)]
        assert found == []
        lines = self.bot.printed().splitlines()
        assert not any(value in line for line in lines if not line.startswith("You: "))

    def connect_directly(self, person: Anyone) -> SeenView:
        person.mention("", "connect hf")
        return person.wait_for_modal("Hugging Face")

    def went_on_once(self, person: Anyone, said: Seen) -> None:
        del said
        told = person.everything().partition("Previous session found")[2]
        assert told.lower().count("resumed at") == 1
        assert told.count("Agent: The model is ready and proven") == 1

    def cancel(self, person: Anyone, card: Shown) -> None:
        """The word is enough between two turns, a shell beside it while the job is at work."""
        assert isinstance(person, Sitter)
        if "Agent: " in person.now.text:
            person.click(card, "Cancel")
        else:
            person.run("cancel", job_id_of(card))

    def command(self, person: Anyone, text: str, words: str, channel: str = "C1") -> Shown:
        del channel
        assert isinstance(person, Sitter)
        said = person.run(*text.split())
        assert words in said, said
        return Printed(said)

    def account_form(self, person: Anyone, card: Shown) -> SeenView:
        """It is asked for at once, unseen."""
        del card
        return person.wait_for_modal("Hugging Face")

    def paste(self, person: Anyone, panel: Shown) -> SeenView:
        return self.account_form(person, panel)

    def predict(self, person: Anyone, said: Seen, text: str) -> Shown:
        assert isinstance(person, Sitter)
        del said
        job = job_id_of(Printed(person.transcript))
        return Printed("Prediction\n" + person.run("predict", job, "--text", text))

    def doors(self, person: Anyone, said: Seen) -> Sequence[Callable[[Shown], object]]:
        assert isinstance(person, Sitter)
        del said
        job = job_id_of(Printed(person.transcript))
        return (
            lambda _: person.run("retry", job),
            lambda card: person.click(card, "Retry"),
            lambda _: person.run("resume", job),
            lambda card: person.click(card, "Resume"),
        )

    def told_of_failures(self, person: Anyone, said: Seen) -> int:
        assert isinstance(person, Sitter)
        del said
        return "".join([person.transcript, *person.beside]).count("Agent: The job failed")


@contextlib.contextmanager
def world_of(platform: str, folder: Path, environments: Path, **settings: str) -> Iterator[World]:
    """A bot on a platform, at work until the block ends."""
    if platform == "terminal":
        with Seats(folder, environments, **settings) as seats:
            yield TerminalWorld(seats, seats)
        return
    town = FakeDiscord() if platform == "discord" else FakeSlack(socket_mode="socket" in platform)
    kind = DiscordWorld if platform == "discord" else SlackWorld
    with town, Served(town, folder, environments, **settings) as bot:
        yield kind(town, bot)


def _holds(path: Path, value: str) -> bool:
    return path.is_file() and value.encode() in path.read_bytes()
