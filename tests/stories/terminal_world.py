"""A terminal, and how people do there what is done differently elsewhere."""

from collections.abc import Callable, Sequence

from tests.stories.chatting import job_id_of
from tests.stories.seat import Printed, Sitter
from tests.stories.somebody import Anyone, Seen, SeenView, Shown
from tests.stories.world import World, holds


class TerminalWorld(World):
    """A terminal: what is private needs no place of its own, and a shell beside it has commands."""

    in_training = "monitor  "
    what_leaves = "to Hugging Face (private)"
    after_a_paste = "Give it unseen"

    def nowhere(self, value: str) -> None:
        """What the person typed themselves stands before them; it is nowhere else."""
        homes = [one / "home" for one in self.bot.home.iterdir()]
        found = [path for home in homes for path in home.rglob("*") if holds(path, value)]
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

    def account_form(self, person: Anyone, card: Shown, service: str = "Hugging Face") -> SeenView:
        """It is asked for at once, unseen."""
        del card
        return person.wait_for_modal(service)

    def paste(self, person: Anyone, panel: Shown, service: str = "Hugging Face") -> SeenView:
        return self.account_form(person, panel, service)

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
