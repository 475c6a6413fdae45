"""One platform with a bot on it, and how people do there what is done differently elsewhere.

A story is told with the same words everywhere; what differs has a name here, and one class a
platform beside it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.stories.chatting import ASK_SECONDS, replies
from tests.stories.seat import Seats
from tests.stories.serving import Served
from tests.stories.somebody import Anyone, Seen, SeenView, Shown

TRY_IT = "Try it"


class World:
    """What all platforms share. `town` is the fake platform, `bot` the real bot on it."""

    in_training = "monitor  running"
    what_leaves = "the model with its held-out rows, to Hugging Face"
    file_named_after_a_key = "waiting for your yes"  # what a form with such a file leads to
    after_a_paste = "delete"  # what is to be done with a message that holds a key

    def __init__(self, town: Shown, bot: Served | Seats) -> None:
        self.town, self.bot = town, bot
        self._met: dict[str, Anyone] = {}

    def person(self, name: str) -> Anyone:
        """Somebody who uses the platform; the same for the same name."""
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

    def account_form(self, person: Anyone, card: Shown, service: str = "Hugging Face") -> SeenView:
        """The form for the account that a job's card asks for."""
        person.click(card, "Connect accounts")
        return self.paste(person, person.wait_for_whisper(service), service)

    def paste(self, person: Anyone, panel: Shown, service: str = "Hugging Face") -> SeenView:
        """The form behind Paste, of one account."""
        person.click(panel, "Paste")
        return person.wait_for_modal(service)

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
        found = [path for path in self.bot.home.rglob("*") if holds(path, value)]
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


def holds(path: Path, value: str) -> bool:
    """Whether a file holds a value."""
    return path.is_file() and value.encode() in path.read_bytes()
