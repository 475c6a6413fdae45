"""What reached a provider, read out of its own protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """One message; `calls` are the names of tools that it calls."""

    role: str
    text: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prompt:
    """The question in a body."""

    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[str, ...] = ()
    schema: Json | None = None
    temperature: float | None = None
    max_tokens: int | None = None


NOTHING = Prompt("", "", ())


@dataclass(frozen=True)
class Asked:
    """One request, as it came over the wire and as it was meant."""

    provider: str
    method: str
    path: str
    headers: Mapping[str, str]
    raw: str
    key: str
    prompt: Prompt = NOTHING

    @property
    def body(self) -> Json:
        """The body as JSON."""
        body: Json = json.loads(self.raw)
        return body

    @property
    def model(self) -> str:
        return self.prompt.model

    @property
    def system(self) -> str:
        return self.prompt.system

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.prompt.messages

    @property
    def last(self) -> str:
        """The text of the last message."""
        return self.messages[-1].text if self.messages else ""

    @property
    def text(self) -> str:
        """All words that the model saw."""
        return "\n".join([self.system, *(one.text for one in self.messages)])

    @property
    def everything(self) -> str:
        """All that left the app, for a search of secrets."""
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\n".join([f"{self.method} {self.path}", *lines, self.raw])


def words(content: object) -> str:
    """The text of a content that is a text, a part or a list of parts."""
    if isinstance(content, list):
        return "\n".join(filter(None, map(words, content)))
    if isinstance(content, dict):
        inner = next((content[name] for name in ("text", "content") if name in content), "")
        return words(inner)
    return content if isinstance(content, str) else ""
