"""A person in Slack: what they type and click, and what they see. Nothing here knows the bot."""

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.people import NotAnswered, NotThere, Upload
from tests.fakes.slack import payloads, view_methods
from tests.fakes.slack.http_delivery import Answer
from tests.fakes.slack.looking import Onlooker
from tests.fakes.slack.response_urls import say
from tests.fakes.slack.seeing import Button, buttons_of, seen
from tests.fakes.slack.typing_in import Filled, filled, labels_of, typed
from tests.fakes.slack.workspace import BOT_USER, Account, File, Json, Message, Value, View
from tests.fakes.watching import Seen, SeenView, Thread, place_of

if TYPE_CHECKING:
    from tests.fakes.slack.fake import FakeSlack


class Person(Onlooker):
    """Somebody at a Slack client. `opened` are the links they followed, `asked` the dialogs seen.

    A `thread` is any message of it, or (channel, ts of its root).
    """

    def __init__(
        self,
        slack: "FakeSlack",
        user: str,
        *,
        name: str = "",
        admin: bool = False,
        bot: bool = False,
    ) -> None:
        super().__init__(slack, user)
        self.opened: list[str] = []
        self.asked: list[str] = []
        workspace = slack.workspace
        workspace.accounts.setdefault(user, Account(user, name or user[1:].lower(), admin, bot))
        for channel in workspace.channels.values():
            if channel.kind != "im":
                channel.members.add(user)

    # Saying

    def mention(
        self, channel: str, text: str, thread: Thread | None = None, files: Sequence[Upload] = ()
    ) -> Seen:
        """Write "@mltrainer …" in a channel or a thread."""
        return self._write(channel, f"<@{BOT_USER}> {typed(text)}", thread, files)

    def say(self, channel: str, text: str, files: Sequence[Upload] = ()) -> Seen:
        """Write in a channel without naming the bot."""
        return self._write(channel, typed(text), None, files)

    def dm(self, text: str, files: Sequence[Upload] = (), thread: Thread | None = None) -> Seen:
        """Write to the bot in direct messages."""
        channel = self._workspace.direct(self.id).id
        return self._write(channel, typed(text), thread, files)

    def reply(self, thread: Thread, text: str, files: Sequence[Upload] = ()) -> Seen:
        """Answer in a thread without naming the bot."""
        return self._write(place_of(thread)[0], typed(text), thread, files)

    def edit(self, message: Seen, text: str) -> None:
        """Change what one wrote."""
        mine = self._workspace.message(message.channel, message.ts)
        self._workspace.change(mine, {**mine.body, "text": typed(text)})

    def delete(self, message: Seen) -> None:
        """Take back what one wrote."""
        self._workspace.delete(self._workspace.message(message.channel, message.ts))

    # Doing

    def click(
        self, where: Seen | SeenView, label: str, *, confirm: bool = True, as_seen: bool = False
    ) -> None:
        """Press a button by its label, on what stands there now, or `as_seen` before a change.

        A dialog that asks once more is answered with `confirm`.
        """
        source = self._source(where)
        body = where.raw if as_seen else source.body
        button = _button(body.get("blocks", []), label)
        if button.confirm:
            self.asked.append(button.confirm)
            if not confirm:
                return
        if button.url:
            self.opened.append(button.url)
        self._interact(
            payloads.block_action(
                self._workspace, self._account, source, button.element, button.block_id
            )
        )

    def command(self, name: str, text: str = "", channel: str | Seen = "C1") -> None:
        """Type a slash command in a channel, or in direct messages with channel "DM".

        Slack takes none in a thread: it is typed in the channel that the thread stands in.
        """
        workspace = self._workspace
        channel = channel.channel if isinstance(channel, Seen) else channel
        place = workspace.direct(self.id) if channel == "DM" else workspace.channel(channel)
        payload = payloads.command(workspace, self._account, place, name, text)
        answer = self._taken(self.slack.deliveries.interaction("slash_commands", payload))
        said = answer.document() or ({"text": answer.body} if answer.body else {})
        if said:
            say(workspace, self.id, place.id, said)

    def shortcut(self, message: Seen | None = None, callback_id: str = "") -> None:
        """Choose "Job actions" in a message's menu, or the global "New training job"."""
        workspace = self._workspace
        if message is None:
            chosen = callback_id or "job_new"
            self._interact(payloads.global_shortcut(workspace, self._account, chosen))
            return
        meant = workspace.message(message.channel, message.ts)
        chosen = callback_id or "job_menu"
        self._interact(payloads.message_shortcut(workspace, self._account, chosen, meant))

    def fill(self, view: SeenView, values: Filled) -> dict[str, str]:
        """Fill a form by its labels and send it; returns inline errors by label, or nothing.

        A file field takes Uploads. Without errors the form is closed, or shows what comes next.
        """
        shown = self._view(view)
        blocks = shown.body.get("blocks", [])
        unknown = set(values) - set(labels_of(blocks).values())
        if unknown:
            raise NotThere(f"no field {sorted(unknown)}; there are {labels_of(blocks)}")
        sent, problems = filled(blocks, {name: self._kept(one) for name, one in values.items()})
        if problems:
            return problems
        payload = payloads.view_submission(self._workspace, self._account, shown, sent)
        return self._follow(shown, self._interact(payload).document())

    def dismiss(self, view: SeenView) -> None:
        """Close a modal with its X."""
        shown = self._view(view)
        shown.open = False
        if shown.body.get("notify_on_close"):
            self._interact(payloads.view_closed(self._workspace, self._account, shown))

    def open_home(self, tab: str = "home") -> None:
        """Look at the bot's Home, or its "messages"."""
        channel = self._workspace.direct(self.id).id
        body: Json = {"type": "app_home_opened", "user": self.id, "channel": channel, "tab": tab}
        self.slack.event(body | {"event_ts": self._workspace.next_ts()})

    # Inside

    def _write(
        self, channel: str, text: str, thread: Thread | None, files: Sequence[Upload]
    ) -> Seen:
        ids = [self._attach(one).id for one in files]
        root = place_of(thread)[1] if thread else ""
        ts = self._workspace.next_ts()
        said = Message(channel, ts, self.id, [{"text": text}], root, ids, robot=self._account.bot)
        return seen(self._workspace, self._workspace.add(said))

    def _attach(self, upload: Upload) -> File:
        file = File(self._workspace.next_id("F"), upload.name, self.id, upload.content, shared=True)
        return self._workspace.files.setdefault(file.id, file)

    def _kept(self, value: Value) -> Value:
        """A field's value; files are uploaded first."""
        if isinstance(value, list | tuple) and any(isinstance(one, Upload) for one in value):
            return self._workspace.shared_files([self._attach(one).id for one in value])
        return value

    def _interact(self, payload: Json) -> Answer:
        return self._taken(self.slack.deliveries.interaction("interactive", payload))

    def _taken(self, delivery: Coroutine[Any, Any, Answer]) -> Answer:
        answer = self.slack.run(delivery)
        if not answer.ok:
            raise NotAnswered(f"the app answered {answer.status or 'nothing'}: {answer.body}")
        return answer

    def _follow(self, view: View, said: Json) -> dict[str, str]:
        """Do with a form what the app's acknowledgement says."""
        match said.get("response_action"):
            case "errors":
                labels = labels_of(view.body.get("blocks", []))
                return {labels[block]: text for block, text in said["errors"].items()}
            case "update":
                view_methods.replace(view, view_methods.checked(said["view"], "modal"))
            case "push":
                body = view_methods.checked(said["view"], "modal")
                view_methods.stack(self._workspace, self.id, body, view)
            case "clear":
                for one in self._workspace.modals(self.id):
                    one.open = False
            case _:
                view.open = False
        return {}


def _button(blocks: list[Json], label: str) -> Button:
    buttons = buttons_of(blocks)
    for one in buttons:
        if one.label == label:
            return one
    raise NotThere(f"no button “{label}”; there are {[one.label for one in buttons]}")
