"""What can go wrong between a client and the Hub, switched on by a test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Trouble = int | Literal["hang", "cut", "lost", "garbage"]


@dataclass
class Fault:
    """Requests that fit go wrong `times` times: with a status, or as the word says.

    hang: no answer until the switch is off or the client has gone · cut: the connection closes in
    the middle of the body · lost: all is done, and the answer never comes · garbage: a page of
    something in between instead of JSON.
    """

    method: str
    path: str
    trouble: Trouble
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    hits: int = 0

    def fits(self, method: str, path: str) -> bool:
        """Whether this request goes wrong; the first `after` that fit do not."""
        if not re.fullmatch(self.method, method) or not re.search(self.path, path):
            return False
        self.hits += 1
        return self.after < self.hits <= self.after + self.times


@dataclass(frozen=True)
class Heard:
    """A request that was answered."""

    method: str
    path: str
    status: int
    token: str
    headers: Mapping[str, str]
