"""A chat whose messages outlive the process that wrote them, so that a death can double none."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.ports.chat import Manners
from tests.fakes.chat import FakeThreadedChat, Message

_MESSAGES = TypeAdapter(list[Message])


@dataclass
class LastingChat(FakeThreadedChat):
    """Messages are kept in `file`; what is posted twice is there twice, but keys can be found."""

    file: Path = Path()
    manners: Manners = field(default_factory=lambda: Manners(post_seconds=0.0, edit_seconds=0.0))

    def __post_init__(self) -> None:
        if self.file.exists():
            self.messages = _MESSAGES.validate_json(self.file.read_bytes())

    async def _answered(self, call: str, about: str) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_bytes(_MESSAGES.dump_json(self.messages))
        draft.replace(self.file)
        await super()._answered(call, about)

    def posted(self) -> list[tuple[str, str]]:
        """Every message as it was first written: (key, text)."""
        return [(one.key, str(one.cards[0])) for one in self.messages]
