"""Slack, and how people do there what is done differently elsewhere."""

from collections.abc import Callable, Sequence

from tests.fakes.slack import BOT_USER, Person
from tests.stories.chatting import BOT, job_id_of
from tests.stories.somebody import Anyone, Seen, SeenView, Shown
from tests.stories.world import World


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
