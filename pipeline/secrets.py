"""References to secrets. A value never enters this room; only `secret:<kind>:<id>` travels."""

import re
from dataclasses import dataclass
from typing import Self

_SHAPE = re.compile(r"secret:(?P<kind>[a-z_]+):(?P<id>[0-9a-f]{8,64})")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """The name of a stored secret. Useless to anybody but its owner."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"secret:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `secret:<kind>:<id>`; ValueError on any other text."""
        match = _SHAPE.fullmatch(text)
        if match is None:
            message = "a secret reference looks like secret:<kind>:<id>"
            raise ValueError(message)
        return cls(match["kind"], match["id"])
