"""A person on Discord: what they type and click, and what they see. Nothing here knows the bot."""

from typing import TYPE_CHECKING

from tests.fakes import people
from tests.fakes.discord import interactions as does
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.saying import Writer
from tests.fakes.discord.seeing import Button, Seen, buttons_of, seen
from tests.fakes.discord.typing_in import Filled, filled, offered, typed_command
from tests.fakes.discord.wire import file as file_wire
from tests.fakes.discord.world import (
    EPHEMERAL,
    LOADING,
    Channel,
    Json,
    Message,
    View,
)
from tests.fakes.people import NotAnswered, NotThere, Upload
from tests.fakes.watching import SeenView

if TYPE_CHECKING:
    from tests.fakes.discord.fake import FakeDiscord

EDIT, GO_ON = "Edit", "Go on"
PATIENCE = 15.0


class Person(Writer):
    """Somebody at a Discord client. `opened` are the links they followed, `asked` the questions.

    A `thread` is any message of it, or (channel, id of its root). A question is an answer that only
    they see, with a button of the same label as the one they pressed; they press it again.
    """

    def __init__(self, discord: "FakeDiscord", user: str) -> None:
        super().__init__(discord, user)
        self.opened: list[str] = []
        self.asked: list[str] = []
        self._wrong: dict[str, str] = {}

    def click(
        self, where: Seen | SeenView, label: str, *, confirm: bool = True, as_seen: bool = False
    ) -> None:
        """Press a button by its label, on what stands there now, or `as_seen` before a change.

        A question that comes back is answered with `confirm`.
        """
        if isinstance(where, SeenView):
            raise NotThere(f"a form has no buttons; there are {where.fields}")
        source = self._message(where)
        found = self._press(source, _button(where.raw if as_seen else source.body, label))
        question = self._answer(found) if found else None
        if question is None:
            return
        again = [one for one in buttons_of(question.body) if one.label == label]
        if again and question.id != source.id:
            self.asked.append(" ".join(seen(self._world, question).reads.split()))
            pressed = self._press(question, again[0]) if confirm else None
            if pressed:
                self._answer(pressed)

    def command(self, name: str, text: str = "", where: str | Seen = "C1") -> None:
        """Choose a slash command and type its options, in a channel or a thread, or in "DM"."""
        place = self._world.direct(self.id) if where == "DM" else self._place(where)
        if place.archived:
            raise NotThere("no command can be typed in a thread that is archived")
        if place.guild and not self._world.guilds[place.guild].inside:
            raise NotThere("the bot is not in this guild, so it has no commands here")
        known = offered(self._world.commands, direct=place.kind == "dm")
        data = typed_command(known, name, text)
        self._answer(self._do(does.COMMAND, place, data))

    def suggestions(self, command: str, where: str | Seen = "C1", typed: str = "") -> list[str]:
        """What is offered for the option with suggestions of "/mltrainer status", by its labels."""
        place = self._world.direct(self.id) if where == "DM" else self._place(where)
        name, _, sub = command.strip().partition(" ")
        data = typed_command(self._world.commands, name, sub)
        known = next(one for one in self._world.commands if one["id"] == data["id"])
        options, inside = data["options"], known["options"]
        if sub:
            inside = next(one for one in inside if one["name"] == sub.split()[0])["options"]
            options = options[0]["options"]
        asked = next((one for one in inside if one.get("autocomplete")), None)
        if asked is None:
            raise NotThere(f"{command} suggests nothing; there are {[o['name'] for o in inside]}")
        options.append({"name": asked["name"], "type": 3, "value": typed, "focused": True})
        found = self._do(does.SUGGEST, place, data)
        return [str(one["name"]) for one in (found.answer or {})["data"]["choices"]]

    def fill(self, view: SeenView, values: Filled) -> dict[str, str]:
        """Fill a form by its labels and send it; returns errors by label, or nothing.

        Errors are lines "label: error" of an answer that only this person sees, with a button
        "Edit"; when the same form is filled again it is opened by that button. Where there is a
        button "Go on" instead, it is pressed, and the next form is open.
        """
        shown = self._opened_again(view)
        place = self._world.channels[shown.channel]

        def keep(upload: Upload) -> Json:
            return file_wire(self._world, self._attach(upload, place))

        sent = filled(shown.body, values, keep)
        if sent.problems:
            return sent.problems
        data: Json = {"custom_id": shown.body["custom_id"], "components": sent.components}
        data["resolved"] = {"attachments": sent.attachments} if sent.attachments else {}
        found = self._do(does.SUBMIT, place, data, self._world.messages.get(shown.source))
        shown.open = False
        answer = self._answer(found)
        if answer and (further := [one for one in buttons_of(answer.body) if one.label == GO_ON]):
            self._press(answer, further[0])
        return self._errors(view, answer)

    def dismiss(self, view: SeenView | Seen) -> None:
        """Close a form, or a message that only this person sees; the bot is told of neither."""
        if isinstance(view, Seen):
            self.dismissed.add(self._message(view).id)
        elif view.id in self._wrong:
            self.dismissed.add(self._wrong.pop(view.id))
        else:
            self._view(view).open = False

    # Inside

    def _press(self, source: Message, button: Button) -> Interaction | None:
        """Press a button; one with an address is followed, and nobody is told."""
        if button.url:
            self.opened.append(button.url)
            return None
        place = self._world.channels[source.channel]
        data = {"custom_id": button.custom_id, "component_type": 2, "id": button.element.get("id")}
        return self._do(does.CLICK, place, data, source)

    def _do(
        self, kind: int, place: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        """Do something that the bot has to answer within three seconds."""
        every = self.discord.interactions
        found = self.discord.do(lambda: every.begin(kind, self.id, place, data, source))

        def answered() -> bool | None:
            late = self._world.now() - found.at > every.seconds
            return True if found.answer is not None or late else None

        people.wait_until(answered, "an answer", every.seconds + PATIENCE, self.everything)
        if found.answer is None:
            raise NotAnswered("This interaction failed: the application did not respond in time")
        return found

    def _answer(self, found: Interaction) -> Message | None:
        """What only this person sees as an answer, once the bot has thought."""
        shown = self._world.messages.get(found.original)
        if shown is None or not shown.flags & EPHEMERAL or found.original not in found.said:
            return None

        def thought() -> bool | None:
            return None if shown.flags & LOADING and not shown.gone else True

        people.wait_until(thought, "more than “thinking”", PATIENCE, self.everything)
        return None if shown.gone else shown

    def _errors(self, view: SeenView, answer: Message | None) -> dict[str, str]:
        """The errors of a form that was sent, from the lines of the answer."""
        if answer is None or not any(one.label == EDIT for one in buttons_of(answer.body)):
            return {}
        lines = [one.partition(": ") for one in seen(self._world, answer).reads.splitlines()]
        errors = {label: words for label, _, words in lines if label in view.fields}
        self._wrong[view.id] = answer.id
        return errors or {EDIT: seen(self._world, answer).reads}

    def _opened_again(self, view: SeenView) -> View:
        """The form itself, or what its answer's button opens."""
        if view.id not in self._wrong:
            return self._view(view)
        answer = self._world.messages[self._wrong.pop(view.id)]
        found = self._press(answer, _button(answer.body, EDIT))
        if found is None or found.view is None:
            raise NotThere(f"“{EDIT}” opened no form")
        return found.view


def _button(body: Json, label: str) -> Button:
    buttons = buttons_of(body)
    for one in buttons:
        if one.label == label:
            return one
    raise NotThere(f"no button “{label}”; there are {[one.label for one in buttons]}")
