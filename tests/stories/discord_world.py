"""Discord, and how people do there what is done differently elsewhere."""

import re
from collections.abc import Callable, Sequence

from tests.fakes.discord import Person
from tests.stories.chatting import ASK_SECONDS, job_id_of
from tests.stories.somebody import Anyone, Seen, SeenView, Shown
from tests.stories.world import World


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
        assert isinstance(person, Person)
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
